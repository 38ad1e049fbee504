// The face unrolled: for every texel of a square texture, which point of the skin it shows. Made once for all people.
import { maskOf } from "../model/head-file.ts";
import type { HeadModel } from "../model/head-file.ts";
import { clearSamples, drawTriangles, visibleSamples } from "../render/rasterise.ts";

export type FaceAtlas = {
  readonly sizePx: number;
  /** 1 where the texel lies on the face. */
  readonly isFace: Uint8Array;
  /** [texel, xyz] on the average face at rest, in centimetres. */
  readonly place: Float32Array;
  /** Each 0..1 per texel. */
  readonly lips: Float32Array;
  readonly brows: Float32Array;
  readonly beard: Float32Array;
  readonly scalp: Float32Array;
};

/** 1 inside the outline (even-odd rule), 0 outside, softened by `softPx`. Row 0 is v = 1. */
function outlineMask(outline: readonly (readonly [number, number])[], sizePx: number, softPx: number): Float32Array {
  const mask = new Float32Array(sizePx * sizePx);
  for (let y = 0; y < sizePx; y++) {
    const v = 1 - (y + 0.5) / sizePx;
    const crossings: number[] = [];
    for (const [at, [u0, v0]] of outline.entries()) {
      const [u1, v1] = outline[(at + 1) % outline.length] ?? [u0, v0];
      if (v0 > v !== v1 > v) crossings.push((u0 + ((v - v0) / (v1 - v0)) * (u1 - u0)) * sizePx);
    }
    crossings.sort((left, right) => left - right);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.ceil((crossings[pair] ?? 0) - 0.5);
      const to = Math.floor((crossings[pair + 1] ?? 0) - 0.5);
      for (let x = from; x <= to; x++) mask[y * sizePx + x] = 1;
    }
  }
  return soften(soften(mask, sizePx, softPx), sizePx, softPx);
}

/** A box blur along both axes; twice is nearly a Gaussian. */
function soften(mask: Float32Array, sizePx: number, radiusPx: number): Float32Array {
  const pass = (source: Float32Array, step: number, lineStep: number): Float32Array => {
    const result = new Float32Array(source.length);
    for (let line = 0; line < sizePx; line++) {
      let sum = 0;
      const at = (place: number) => source[line * lineStep + Math.min(sizePx - 1, Math.max(0, place)) * step] ?? 0;
      for (let place = -radiusPx; place <= radiusPx; place++) sum += at(place);
      for (let place = 0; place < sizePx; place++) {
        result[line * lineStep + place * step] = sum / (2 * radiusPx + 1);
        sum += at(place + radiusPx + 1) - at(place - radiusPx);
      }
    }
    return result;
  };
  return pass(pass(mask, 1, sizePx), sizePx, 1);
}

export function faceAtlas(head: HeadModel, sizePx: number): FaceAtlas {
  const face = head.regions.find(({ name }) => name === "face");
  if (face === undefined) throw new Error("the head has no region named face");
  const xy = new Float32Array(head.renderVertexCount * 2);
  for (let corner = 0; corner < head.renderVertexCount; corner++) {
    xy[corner * 2] = (head.uv[corner * 2] ?? 0) * sizePx;
    xy[corner * 2 + 1] = (1 - (head.uv[corner * 2 + 1] ?? 0)) * sizePx;
  }
  const samples = visibleSamples(sizePx, sizePx);
  clearSamples(samples);
  drawTriangles(
    samples,
    { xy, nearness: new Float32Array(head.renderVertexCount) },
    { triangles: head.triangles, firstTriangle: face.triangles[0], triangleCount: face.triangles[1], sides: "both" },
  );
  const texels = sizePx * sizePx;
  const place = new Float32Array(texels * 3);
  const isFace = new Uint8Array(texels);
  const [beard, scalp] = [new Float32Array(texels), new Float32Array(texels)];
  const [beardMask, scalpMask] = [maskOf(head, "beard"), maskOf(head, "scalp")];
  for (let texel = 0; texel < texels; texel++) {
    const triangle = samples.triangle[texel] ?? -1;
    if (triangle < 0) continue;
    isFace[texel] = 1;
    const weights = [
      1 - (samples.second[texel] ?? 0) - (samples.third[texel] ?? 0),
      samples.second[texel] ?? 0,
      samples.third[texel] ?? 0,
    ];
    for (const [corner, weight] of weights.entries()) {
      const vertex = head.renderToVertex[head.triangles[triangle * 3 + corner] ?? 0] ?? 0;
      for (let axis = 0; axis < 3; axis++) {
        const at = texel * 3 + axis;
        place[at] = (place[at] ?? 0) + weight * (head.positions[vertex * 3 + axis] ?? 0);
      }
      beard[texel] = (beard[texel] ?? 0) + (weight * (beardMask[vertex] ?? 0)) / 255;
      scalp[texel] = (scalp[texel] ?? 0) + (weight * (scalpMask[vertex] ?? 0)) / 255;
    }
  }
  const { lips, browLeft, browRight } = head.outlinesUV;
  const rightBrow = outlineMask(browRight, sizePx, Math.round(sizePx / 256));
  return {
    sizePx,
    isFace,
    place,
    beard,
    scalp,
    lips: outlineMask(lips, sizePx, Math.max(1, Math.round(sizePx / 340))),
    brows: outlineMask(browLeft, sizePx, Math.round(sizePx / 256)).map(
      (value, texel) => value + (rightBrow[texel] ?? 0),
    ),
  };
}
