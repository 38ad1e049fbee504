// Reads the packed morphable head: `head.json` names what lies where in `head.bin` (format "head-v1").
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const namedRange = z.tuple([z.number(), z.number()]);
const headLayout = z.object({
  format: z.literal("head-v1"),
  endianness: z.literal("little"),
  counts: z.object({ vertices: z.int(), renderVertices: z.int(), triangles: z.int(), identityModes: z.int() }),
  regions: z.array(
    z.object({
      name: z.string(),
      material: z.string(),
      vertices: namedRange,
      renderVertices: namedRange,
      triangles: namedRange,
    }),
  ),
  positions: z.object({ offset: z.int() }),
  renderToVertex: z.object({ offset: z.int() }),
  uv: z.object({ offset: z.int() }),
  triangles: z.object({ offset: z.int() }),
  identity: z.object({ offset: z.int() }),
  expressions: z.object({
    items: z.array(z.object({ name: z.string(), count: z.int(), indexOffset: z.int(), deltaOffset: z.int() })),
  }),
  masks: z.object({ items: z.array(z.object({ name: z.string(), offset: z.int() })) }),
  landmarks68: z.array(z.int()).length(68),
  outlinesUV: z.object({
    lips: z.array(namedRange),
    browLeft: z.array(namedRange),
    browRight: z.array(namedRange),
  }),
  eye: z.object({ irisRadiusUV: z.number(), pupilRadiusUV: z.number() }),
  binBytes: z.int(),
});

/** A run of triangles drawn with one material, and the vertices they stand on. Both are `[first, count]`. */
export type HeadRegion = {
  readonly name: string;
  readonly material: string;
  readonly vertices: readonly [number, number];
  readonly renderVertices: readonly [number, number];
  readonly triangles: readonly [number, number];
};

/** A shape that moves only some vertices: `offsets` is [count, 3], in units per unit of weight. */
export type SparseShape = { readonly vertices: Uint16Array; readonly offsets: Float32Array };

export type MaskName =
  | "lips"
  | "brows"
  | "scalp"
  | "beard"
  | "ears"
  | "tongue"
  | "ambientOcclusion"
  | "ambientOcclusionOpen";

/** Units are about a centimetre; x to the subject's left, y up, z out of the face. */
export type HeadModel = {
  readonly vertexCount: number;
  readonly renderVertexCount: number;
  readonly triangleCount: number;
  readonly regions: readonly HeadRegion[];
  /** [vertex, xyz] of the average face at rest. */
  readonly positions: Float32Array;
  readonly renderToVertex: Uint32Array;
  /** [render vertex, uv]. */
  readonly uv: Float32Array;
  /** [triangle, 3] render vertices, counter-clockwise from outside. */
  readonly triangles: Uint32Array;
  /** One [vertex, xyz] per identity mode, for a weight of 1. */
  readonly identityModes: readonly Float32Array[];
  readonly expressions: ReadonlyMap<string, SparseShape>;
  /** Per vertex, 0..255. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
  /** Vertices of the usual 68 landmarks; 48..59 outer lips, 60..67 inner lips. */
  readonly landmarks68: readonly number[];
  readonly outlinesUV: {
    readonly lips: readonly (readonly [number, number])[];
    readonly browLeft: readonly (readonly [number, number])[];
    readonly browRight: readonly (readonly [number, number])[];
  };
  readonly irisRadiusUV: number;
};

/** IEEE 754 binary16 to binary32, by value. */
export function floatFromHalf(half: number): number {
  const sign = half >> 15 === 0 ? 1 : -1;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * 2 ** (exponent - 15) * (1 + mantissa / 1024);
}

const floatsFromHalves = (halves: Uint16Array): Float32Array => Float32Array.from(halves, floatFromHalf);

/** The head in `folder`, which holds `head.json` and `head.bin`. Throws when either is not what its layout says. */
export function readHead(folder: string): HeadModel {
  const layout = headLayout.parse(JSON.parse(readFileSync(join(folder, "head.json"), "utf8")));
  const file = readFileSync(join(folder, "head.bin"));
  if (file.length !== layout.binBytes) {
    throw new Error(`head.bin holds ${file.length} bytes, its layout says ${layout.binBytes}`);
  }
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
  const { vertices, renderVertices, triangles, identityModes } = layout.counts;
  const halves = (offset: number, count: number) => new Uint16Array(bytes, offset, count);
  return {
    vertexCount: vertices,
    renderVertexCount: renderVertices,
    triangleCount: triangles,
    regions: layout.regions,
    positions: new Float32Array(bytes, layout.positions.offset, vertices * 3),
    renderToVertex: new Uint32Array(bytes, layout.renderToVertex.offset, renderVertices),
    uv: new Float32Array(bytes, layout.uv.offset, renderVertices * 2),
    triangles: new Uint32Array(bytes, layout.triangles.offset, triangles * 3),
    identityModes: Array.from({ length: identityModes }, (_, mode) =>
      floatsFromHalves(halves(layout.identity.offset + mode * vertices * 6, vertices * 3)),
    ),
    expressions: new Map(
      layout.expressions.items.map(({ name, count, indexOffset, deltaOffset }) => [
        name,
        { vertices: halves(indexOffset, count), offsets: floatsFromHalves(halves(deltaOffset, count * 3)) },
      ]),
    ),
    masks: new Map(layout.masks.items.map(({ name, offset }) => [name, new Uint8Array(bytes, offset, vertices)])),
    landmarks68: layout.landmarks68,
    outlinesUV: layout.outlinesUV,
    irisRadiusUV: layout.eye.irisRadiusUV,
  };
}

/** The mask of that name, 0..255 per vertex. */
export function maskOf(head: HeadModel, name: MaskName): Uint8Array {
  const mask = head.masks.get(name);
  if (mask === undefined) throw new Error(`the head has no mask "${name}", only ${[...head.masks.keys()].join(", ")}`);
  return mask;
}
