// Paints one person's face on the atlas: colour in linear light, and how rough and how wet the surface is.
import type { Colour, Look } from "./look.ts";
import type { FaceAtlas } from "./face-atlas.ts";
import { latticeNoise, mix, smoothstep, valueNoise } from "./noise.ts";

/** [texel, 4]: red, green, blue (linear light), roughness. */
export type FaceTexture = { readonly sizePx: number; readonly values: Float32Array };

const blobAt = (x: number, y: number, z: number, [cx, cy, cz, radius]: readonly [number, number, number, number]) =>
  Math.exp(-((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2) / (radius * radius));

/** Where blood shows: cheeks, the tip of the nose, chin; x mirrored. In centimetres on the average face. */
const flushed = [
  [4.3, 0.2, 9, 2.4],
  [0, 0.2, 12.8, 1.3],
  [0, -6.2, 11.2, 1.6],
] as const;

type Texel = { readonly x: number; readonly y: number; readonly z: number };

/** Multiplies skin per channel: blotches, flush, pores, freckles, the shadow under the eyes. */
function skinAt({ x, y, z }: Texel, look: Look): [number, number, number] {
  const { noiseSeed, skinVariation, frecklesRatio } = look;
  const broad = valueNoise(x * 0.45, y * 0.45, z * 0.45, noiseSeed);
  const middle = valueNoise(x * 1.7, y * 1.7, z * 1.7, noiseSeed + 1);
  const pores = valueNoise(x * 9, y * 9, z * 9, noiseSeed + 2);
  const across = Math.abs(x);
  const flush = flushed.reduce((sum, blob) => sum + blobAt(across, y, z, blob), 0) * skinVariation;
  const tired = blobAt(across, y, z, [3.1, 1.7, 9.6, 1.5]) * skinVariation;
  const even = 1 + 0.05 * skinVariation * broad + 0.035 * middle + 0.035 * pores - 0.12 * tired;
  const freckle =
    frecklesRatio > 0 && latticeNoise(x * 5, y * 5, z * 5, noiseSeed + 3) < 0.2 * frecklesRatio
      ? 0.28 * smoothstep(0, 0.6, valueNoise(x * 5, y * 5, z * 5, noiseSeed + 4)) * smoothstep(-5, 1, y)
      : 0;
  return [
    even * (1 + 0.06 * flush - freckle * 0.7),
    even * (1 - 0.13 * flush - freckle),
    even * (1 - 0.11 * flush - freckle * 1.1),
  ];
}

/** Hairs of brow, stubble and beard stand in a fine grain; the finer, the denser they are. */
const hairCover = ({ x, y, z }: Texel, density: number, seed: number): number =>
  density * (0.82 + 0.25 * valueNoise(x * 7, y * 4, z * 7, seed) + 0.2 * valueNoise(x * 17, y * 10, z * 17, seed + 1));

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

function colourAt(point: Texel, atlas: FaceAtlas, texel: number, look: Look): readonly [...Colour, number] {
  const { skin, lips, hair, noiseSeed } = look;
  const shade = skinAt(point, look);
  const onLips = atlas.lips[texel] ?? 0;
  // Fine upright creases, and lips darken towards the inside of the mouth.
  const crease = 1 + 0.1 * valueNoise(point.x * 8, point.y * 1.2, 0, noiseSeed + 7);
  const lid = look.eyeMakeUp * blobAt(Math.abs(point.x), point.y, point.z, [3.2, 4.3, 9.6, 0.9]);
  const brow = clamped(hairCover(point, 1.25 * look.browDensity, noiseSeed + 11)) * (atlas.brows[texel] ?? 0);
  const beard =
    clamped(hairCover(point, look.beardDensity, noiseSeed + 13)) *
    (atlas.beard[texel] ?? 0) *
    smoothstep(0.1, 0.75, (atlas.beard[texel] ?? 0) + 0.2 * valueNoise(point.x * 3, point.y * 3, 0, noiseSeed + 15));
  const channel = (index: 0 | 1 | 2): number => {
    const bare = mix(skin[index] * shade[index], lips[index] * crease, onLips);
    const madeUp = bare * (1 - 0.6 * lid);
    const browed = mix(madeUp, hair[index] * 0.45, brow);
    return mix(browed, hair[index] * 0.7, beard * (1 - onLips));
  };
  const oily = 0.06 * blobAt(point.x, point.y, point.z, [0, 1, 12, 3]);
  const roughness =
    mix(look.skinRoughness - oily, mix(0.45, 0.24, look.lipGloss), onLips) + 0.2 * clamped(brow + beard);
  return [channel(0), channel(1), channel(2), roughness];
}

/** The texture of `look` on every texel of the face; about a tenth of a second for 512 x 512. */
export function paintFace(atlas: FaceAtlas, look: Look): FaceTexture {
  const values = new Float32Array(atlas.sizePx * atlas.sizePx * 4);
  for (let texel = 0; texel < atlas.isFace.length; texel++) {
    if (atlas.isFace[texel] === 0) continue;
    const point = {
      x: atlas.place[texel * 3] ?? 0,
      y: atlas.place[texel * 3 + 1] ?? 0,
      z: atlas.place[texel * 3 + 2] ?? 0,
    };
    values.set(colourAt(point, atlas, texel, look), texel * 4);
  }
  return { sizePx: atlas.sizePx, values };
}
