// A person as one mesh: the head, its hair or cap, and a shirt, with everything that stays the same from frame to frame.
import { maskOf } from "../model/head-file.ts";
import type { HeadModel } from "../model/head-file.ts";
import type { Person } from "../model/morph.ts";
import { vertexNormals } from "../model/morph.ts";
import type { FaceAtlas } from "./face-atlas.ts";
import type { HairStyle, Look } from "./look.ts";
import { smoothstep, valueNoise } from "./noise.ts";
import { paintFace } from "./paint-face.ts";
import type { FaceTexture } from "./paint-face.ts";

export const materials = ["skin", "mouth", "gums", "teeth", "eye", "lash", "hair", "cap", "cloth"] as const;
export type Material = (typeof materials)[number];

/** Triangles of one material. Corners below `head.vertexCount` move with the face; the others ride on head or trunk. */
export type Patch = {
  readonly material: Material;
  readonly firstTriangle: number;
  readonly triangleCount: number;
  readonly sides: "front" | "both";
};

export type Figure = {
  readonly person: Person;
  readonly look: Look;
  readonly faceTexture: FaceTexture;
  /** Corners are render vertices of the head first, then those of hair and cloth. */
  readonly cornerCount: number;
  readonly cornerToVertex: Uint32Array;
  readonly vertexCount: number;
  /** [vertex, xyz] of hair and cloth at rest, after the head's own. */
  readonly extraPositions: Float32Array;
  /** 1 rides with the head, 0 stays with the trunk, per extra vertex. */
  readonly extraRides: Float32Array;
  /** 0 beyond the edge of hair or cap, 1 where it covers, per extra vertex. */
  readonly extraEdge: Float32Array;
  readonly uv: Float32Array;
  readonly triangles: Uint32Array;
  readonly patches: readonly Patch[];
  /** [vertex, xyz] where textures that are not unrolled are looked up: the average person at rest. */
  readonly restPlace: Float32Array;
  /** How much of the skin's own colour shows, 0..1, per vertex of the head: scalp under cropped hair is darker. */
  readonly scalpCover: Float32Array;
};

type Extra = {
  readonly positions: number[];
  readonly rides: number[];
  readonly edge: number[];
  readonly triangles: number[];
};

/** How far hair stands off the scalp, in centimetres, and how far down it reaches. */
const hairShapes: Readonly<
  Record<HairStyle, { readonly thicknessCm: number; readonly minimumScalp: number; readonly material: Material }>
> = {
  bald: { thicknessCm: 0, minimumScalp: 2, material: "hair" },
  cropped: { thicknessCm: 0, minimumScalp: 2, material: "hair" },
  short: { thicknessCm: 0.9, minimumScalp: 0.42, material: "hair" },
  medium: { thicknessCm: 1.5, minimumScalp: 0.4, material: "hair" },
  long: { thicknessCm: 1.4, minimumScalp: 0.4, material: "hair" },
  bun: { thicknessCm: 0.6, minimumScalp: 0.4, material: "hair" },
  cap: { thicknessCm: 1.2, minimumScalp: 0.55, material: "cap" },
  scarf: { thicknessCm: 1.1, minimumScalp: 0.3, material: "cap" },
};

/** The scalp's triangles pushed out along their normals, in lumps as hair lies. */
function growHair(head: HeadModel, person: Person, look: Look): Extra & { readonly material: Material } {
  const { thicknessCm, minimumScalp, material } = hairShapes[look.hairStyle];
  const extra = {
    positions: [] as number[],
    rides: [] as number[],
    edge: [] as number[],
    triangles: [] as number[],
    material,
  };
  if (thicknessCm === 0) return extra;
  const scalp = maskOf(head, "scalp");
  const normals = new Float32Array(person.neutral.length);
  vertexNormals({ triangles: head.triangles, cornerToVertex: head.renderToVertex }, person.neutral, normals);
  const grown = new Map<number, number>();
  const vertexOf = (corner: number): number => {
    const vertex = head.renderToVertex[corner] ?? 0;
    const known = grown.get(vertex);
    if (known !== undefined) return known;
    const [x, y, z] = [0, 1, 2].map((axis) => person.neutral[vertex * 3 + axis] ?? 0) as [number, number, number];
    const lump = material === "hair" ? 0.35 * valueNoise(x * 0.5, y * 0.5, z * 0.5, look.noiseSeed + 31) : 0;
    const rootRatio = smoothstep(minimumScalp - 0.12, minimumScalp + 0.4, (scalp[vertex] ?? 0) / 255);
    const offCm = thicknessCm * (rootRatio * (1 + lump) + 0.02);
    for (const [axis, place] of [x, y, z].entries()) {
      extra.positions.push(place + offCm * (normals[vertex * 3 + axis] ?? 0));
    }
    extra.rides.push(1);
    extra.edge.push(rootRatio);
    grown.set(vertex, extra.rides.length - 1);
    return extra.rides.length - 1;
  };
  for (let triangle = 0; triangle < head.triangleCount; triangle++) {
    const corners = [0, 1, 2].map((corner) => head.triangles[triangle * 3 + corner] ?? 0);
    // One ring of triangles beyond the hairline: the edge is drawn within them, by `extraEdge`.
    const isScalp = corners.some(
      (corner) => (scalp[head.renderToVertex[corner] ?? 0] ?? 0) / 255 >= minimumScalp - 0.12,
    );
    if (isScalp) extra.triangles.push(...corners.map(vertexOf));
  }
  if (look.hairStyle === "long" || look.hairStyle === "scarf") hangCurtain(extra, look);
  return extra;
}

/** Long hair and scarves: a sheet round the back and sides of the head, from ear height down to the shoulders. */
function hangCurtain(extra: Extra, look: Look): void {
  const [columns, rows] = [40, 14];
  const widthCm = 8.6 + 0.4 * valueNoise(1, 2, 3, look.noiseSeed);
  const first = extra.rides.length;
  for (let row = 0; row <= rows; row++) {
    const down = row / rows;
    for (let column = 0; column <= columns; column++) {
      // From beside one cheek round the back to the other; 0 is the subject's left.
      const angle = -0.32 + (Math.PI + 0.64) * (column / columns);
      const wave = 0.45 * valueNoise(column * 0.9, row * 0.25, 0, look.noiseSeed + 41);
      const radius = widthCm * (1 + 0.1 * Math.sin(Math.PI * down)) + wave;
      extra.positions.push(Math.cos(angle) * radius, 7 - 24 * down, 0.2 - Math.sin(angle) * radius * 0.95);
      extra.rides.push(1 - 0.6 * down);
      extra.edge.push(1 - 0.8 * smoothstep(0.8, 1, down));
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = first + row * (columns + 1) + column;
      extra.triangles.push(at, at + 1, at + columns + 1, at + 1, at + columns + 2, at + columns + 1);
    }
  }
}

/** Shoulders and a collar: rings from the neck outwards and down. */
function sewShirt(extra: Extra, look: Look): void {
  const columns = 48;
  const collarCm = 6.6;
  const rings: readonly (readonly [radiusX: number, radiusZ: number, y: number, z: number])[] = [
    [collarCm, 6.2, -13.2, -1.2],
    [collarCm + 0.8, 6.9, -13.6, -1.2],
    [8.6, 7.6, -15.2, -1.4],
    [13, 8.6, -17.2, -1.8],
    [18.5, 9.6, -19.2, -2.2],
    [21.5, 10.4, -22.5, -2.4],
    [22.5, 11, -32, -2.4],
    [22.5, 11, -60, -2.4],
  ];
  const first = extra.rides.length;
  for (const [radiusX, radiusZ, y, z] of rings) {
    for (let column = 0; column < columns; column++) {
      const angle = (2 * Math.PI * column) / columns;
      const fold = 0.3 * valueNoise(Math.cos(angle) * 2, y * 0.3, Math.sin(angle) * 2, look.noiseSeed + 51);
      extra.positions.push(Math.cos(angle) * (radiusX + fold), y + fold, z + Math.sin(angle) * (radiusZ + fold));
      extra.rides.push(0);
      extra.edge.push(1);
    }
  }
  for (let ring = 0; ring + 1 < rings.length; ring++) {
    for (let column = 0; column < columns; column++) {
      const at = first + ring * columns + column;
      const next = first + ring * columns + ((column + 1) % columns);
      extra.triangles.push(at, next, at + columns, next, next + columns, at + columns);
    }
  }
}

/** What of the published mesh is drawn, as what. The iris is painted on the sclera; lower lashes only disturb. */
const drawnRegions: Readonly<Record<string, Material>> = {
  skin: "skin",
  mouth: "mouth",
  gums: "gums",
  teeth: "teeth",
  eye: "eye",
  lash: "lash",
};

export function makeFigure(
  head: HeadModel,
  atlas: FaceAtlas,
  { person, look }: { person: Person; look: Look },
): Figure {
  const hair = growHair(head, person, look);
  const hairTriangles = hair.triangles.length / 3;
  sewShirt(hair, look);
  const extraCount = hair.rides.length;
  const triangles = new Uint32Array(head.triangleCount * 3 + hair.triangles.length);
  triangles.set(head.triangles);
  triangles.set(
    hair.triangles.map((corner) => corner + head.renderVertexCount),
    head.triangleCount * 3,
  );
  const cornerToVertex = new Uint32Array(head.renderVertexCount + extraCount);
  cornerToVertex.set(head.renderToVertex);
  for (let extra = 0; extra < extraCount; extra++) {
    cornerToVertex[head.renderVertexCount + extra] = head.vertexCount + extra;
  }
  const uv = new Float32Array(cornerToVertex.length * 2);
  uv.set(head.uv);
  const restPlace = new Float32Array((head.vertexCount + extraCount) * 3);
  restPlace.set(head.positions);
  restPlace.set(hair.positions, head.vertexCount * 3);
  const isUnderHair = look.hairStyle !== "bald" && hairShapes[look.hairStyle].material === "hair";
  const bareBelow = look.hairStyle === "cropped" ? 0.35 : hairShapes[look.hairStyle].minimumScalp + 0.15;
  return {
    person,
    look,
    faceTexture: paintFace(atlas, look),
    cornerCount: cornerToVertex.length,
    cornerToVertex,
    vertexCount: head.vertexCount + extraCount,
    extraPositions: Float32Array.from(hair.positions),
    extraRides: Float32Array.from(hair.rides),
    extraEdge: Float32Array.from(hair.edge),
    uv,
    triangles,
    patches: [
      ...head.regions.flatMap(({ material, triangles: [firstTriangle, triangleCount] }): Patch[] => {
        const drawn = drawnRegions[material];
        if (drawn === undefined) return [];
        return [{ material: drawn, firstTriangle, triangleCount, sides: drawn === "mouth" ? "both" : "front" }];
      }),
      { material: hair.material, firstTriangle: head.triangleCount, triangleCount: hairTriangles, sides: "both" },
      {
        material: "cloth",
        firstTriangle: head.triangleCount + hairTriangles,
        triangleCount: hair.triangles.length / 3 - hairTriangles,
        sides: "both",
      },
    ],
    restPlace,
    scalpCover: Float32Array.from(maskOf(head, "scalp"), (value) =>
      isUnderHair ? smoothstep(bareBelow, bareBelow + 0.4, value / 255) : 0,
    ),
  };
}
