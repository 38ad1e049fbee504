// The light of a scene, and how surfaces answer it. Directions are in the camera's frame: x right, y up, z to the camera.
import type { Random } from "../../../src/core/base/index.ts";
import type { Colour } from "../look/look.ts";
import { mix } from "../look/noise.ts";

export type Lamp = { readonly towards: readonly [number, number, number]; readonly colour: Colour };

export type Lighting = {
  readonly lamps: readonly Lamp[];
  readonly sky: Colour;
  readonly ground: Colour;
};

const towards = (azimuth: number, height: number): readonly [number, number, number] => [
  Math.sin(azimuth) * Math.cos(height),
  Math.sin(height),
  Math.cos(azimuth) * Math.cos(height),
];

/** Colour of light by warmth: -1 the blue of shade, 1 the orange of a lamp. */
const tinted = (strength: number, warmth: number): Colour => [
  strength * (1 + 0.22 * warmth),
  strength,
  strength * (1 - 0.3 * warmth),
];

/** A key, a fill, often a rim, and what sky and ground throw back. */
export function drawLighting(random: Random): Lighting {
  const between = (low: number, high: number) => mix(low, high, random.uniform());
  const side = random.uniform() < 0.5 ? -1 : 1;
  const warmth = between(-0.6, 0.9);
  const key = between(0.9, 1.9);
  const ambient = between(0.22, 0.55);
  const lamps: Lamp[] = [
    { towards: towards(side * between(0.15, 1.15), between(0.1, 0.85)), colour: tinted(key, warmth) },
    {
      towards: towards(-side * between(0.5, 1.3), between(-0.1, 0.4)),
      colour: tinted(between(0.08, 0.5), -0.5 * warmth),
    },
  ];
  if (random.uniform() < 0.5) {
    lamps.push({
      towards: towards(-side * between(2, 2.7), between(0.1, 0.5)),
      colour: tinted(between(0.3, 1.2), between(-0.8, 0.8)),
    });
  }
  return {
    lamps,
    sky: tinted(ambient, -0.4 * warmth),
    ground: tinted(ambient * between(0.3, 0.7), 0.5),
  };
}

/** A point of a surface as the camera sees it. Reused from sample to sample. */
export type SurfacePoint = {
  normalX: number;
  normalY: number;
  normalZ: number;
  /** 0..1: how much of the surroundings the point sees. */
  openness: number;
  roughness: number;
  /** How far light creeps round the edge of shadow, per channel: blood scatters red widest. */
  wrap: Colour;
  /** Part of light that the surface mirrors when seen straight on. */
  mirrored: number;
};

const firmWrap: Colour = [0, 0, 0];
const skinWrap: Colour = [0.35, 0.16, 0.11];
export const wraps = { firm: firmWrap, skin: skinWrap };

/**
 * Light that leaves the point for the camera: the scattered part per unit of the surface's colour, and the mirrored
 * part by the GGX lobe (Walter et al. 2007) with Schlick's Fresnel term. Written to `scattered` and returned.
 */
export function lightOf(point: SurfacePoint, { lamps, sky, ground }: Lighting, scattered: Float32Array): number {
  const { normalX, normalY, normalZ, openness, roughness, wrap } = point;
  const up = 0.5 + 0.5 * normalY;
  const direct = 0.45 + 0.55 * openness;
  let gloss = 0;
  for (let channel = 0; channel < 3; channel++) {
    scattered[channel] = mix(ground[channel] ?? 0, sky[channel] ?? 0, up) * openness;
  }
  const alpha = roughness * roughness;
  const alpha2 = alpha * alpha;
  for (const { towards: lamp, colour } of lamps) {
    const facing = normalX * lamp[0] + normalY * lamp[1] + normalZ * lamp[2];
    for (let channel = 0; channel < 3; channel++) {
      const round = wrap[channel] ?? 0;
      const lit = Math.max(0, (facing + round) / (1 + round));
      scattered[channel] = (scattered[channel] ?? 0) + lit * (colour[channel] ?? 0) * direct;
    }
    if (facing <= 0) continue;
    const halfLength = Math.sqrt(2 + 2 * lamp[2]);
    const half = Math.max(0, (facing + normalZ) / halfLength);
    const spread = half * half * (alpha2 - 1) + 1;
    const grazing = (1 - Math.sqrt((1 + lamp[2]) / 2)) ** 5;
    const fresnel = point.mirrored + (1 - point.mirrored) * grazing;
    const seen = Math.max(0.15, normalZ);
    gloss +=
      ((alpha2 / (Math.PI * spread * spread)) * fresnel * 0.25 * facing * colour[1]) / Math.max(0.3, facing + seen);
  }
  return gloss * direct * openness;
}
