// What each material is at a point: its colour, its shine. One entry per material of a figure.
import type { Figure, Material } from "../look/figure.ts";
import { mix, smoothstep, valueNoise } from "../look/noise.ts";
import { wraps } from "./light.ts";
import type { SurfacePoint } from "./light.ts";

/** A sample's place on the figure, interpolated; reused from sample to sample. */
export type Place = {
  u: number;
  v: number;
  /** On the average person at rest, in centimetres. */
  restX: number;
  restY: number;
  restZ: number;
  /** 0..1 from the baked occlusion. */
  openness: number;
  /** 0..1: scalp under hair. */
  scalpCover: number;
};

/** Writes the colour of the place into `colour`, and sets roughness, wrap, mirrored and openness of `point`. */
type Surface = (place: Place, point: SurfacePoint, figure: Figure, colour: Float32Array) => void;

function paint(colour: Float32Array, red: number, green: number, blue: number): void {
  colour[0] = red;
  colour[1] = green;
  colour[2] = blue;
}

function setPoint(point: SurfacePoint, roughness: number, mirrored: number): void {
  point.roughness = roughness;
  point.mirrored = mirrored;
  point.wrap = wraps.firm;
}

/** Inside the mouth light comes through the lips only; the power keeps teeth and tongue readable. */
const inMouth = (openness: number): number => openness ** 0.4;

const skin: Surface = (place, point, { look, faceTexture }, colour) => {
  setPoint(point, look.skinRoughness, 0.028);
  point.wrap = wraps.skin;
  if (place.u < 1) {
    sampleTexture(faceTexture, place, point, colour);
  } else {
    const { restX: x, restY: y, restZ: z } = place;
    const even = 1 + 0.05 * valueNoise(x * 0.45, y * 0.45, z * 0.45, look.noiseSeed);
    paint(colour, look.skin[0] * even, look.skin[1] * even, look.skin[2] * even);
  }
  if (place.scalpCover > 0) {
    const cover = place.scalpCover * (0.8 + 0.2 * valueNoise(place.restX * 5, place.restY * 5, place.restZ * 5, 7));
    for (let channel = 0; channel < 3; channel++) {
      colour[channel] = mix(colour[channel] ?? 0, (look.hair[channel] ?? 0) * 0.8, cover);
    }
  }
};

/** Bilinear, row 0 at v = 1. */
function sampleTexture(
  { sizePx, values }: Figure["faceTexture"],
  { u, v }: Place,
  point: SurfacePoint,
  colour: Float32Array,
): void {
  const x = Math.min(sizePx - 1.001, Math.max(0, u * sizePx - 0.5));
  const y = Math.min(sizePx - 1.001, Math.max(0, (1 - v) * sizePx - 0.5));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const at = (top * sizePx + left) * 4;
  const below = at + sizePx * 4;
  for (let channel = 0; channel < 4; channel++) {
    const above = (values[at + channel] ?? 0) * (1 - right) + (values[at + 4 + channel] ?? 0) * right;
    const under = (values[below + channel] ?? 0) * (1 - right) + (values[below + 4 + channel] ?? 0) * right;
    const value = above * (1 - down) + under * down;
    if (channel < 3) colour[channel] = value;
    else if (value > 0) point.roughness = value;
  }
}

const mouth: Surface = ({ openness }, point, _figure, colour) => {
  setPoint(point, 0.4, 0.03);
  point.openness = inMouth(openness);
  paint(colour, 0.2, 0.05, 0.05);
};

const gums: Surface = ({ openness, restX, restY, restZ }, point, _figure, colour) => {
  setPoint(point, 0.32, 0.04);
  point.wrap = wraps.skin;
  point.openness = inMouth(openness);
  const lump = 1 + 0.12 * valueNoise(restX * 4, restY * 4, restZ * 4, 3);
  paint(colour, 0.47 * lump, 0.15 * lump, 0.15 * lump);
};

const teeth: Surface = ({ openness, restZ }, point, { look }, colour) => {
  setPoint(point, 0.22, 0.045);
  // Side teeth lie in the shade of the cheeks: without this they are the brightest part of a turned head.
  const deep = smoothstep(3.5, 10.6, restZ) ** 1.5;
  point.openness = inMouth(openness) * mix(0.25, 1, deep);
  paint(colour, look.teeth[0], look.teeth[1], look.teeth[2]);
};

const eye: Surface = ({ u, v }, point, { look }, colour) => {
  setPoint(point, 0.12, 0.03);
  const off = Math.hypot(u - 0.5, v - 0.5);
  const angle = Math.atan2(v - 0.5, u - 0.5);
  const onIris = 1 - smoothstep(0.128, 0.142, off);
  const onPupil = 1 - smoothstep(0.042, 0.05, off);
  const fibres = 1 + 0.3 * valueNoise(Math.cos(angle) * 9, Math.sin(angle) * 9, off * 14, look.noiseSeed);
  const ring = 1 - 0.6 * smoothstep(0.1, 0.137, off);
  const veins = 1 - 0.12 * smoothstep(0.25, 0.5, off);
  for (let channel = 0; channel < 3; channel++) {
    const white = [0.66, 0.6, 0.56][channel] ?? 0;
    const tinge = channel === 0 ? 1 : veins;
    const iris = (look.iris[channel] ?? 0) * fibres * ring * 1.5;
    colour[channel] = mix(mix(white * tinge, iris, onIris), 0.004, onPupil);
  }
};

const lash: Surface = (_place, point, _figure, colour) => {
  setPoint(point, 0.6, 0.02);
  paint(colour, 0.012, 0.01, 0.009);
};

/** Strands hang down: the noise is stretched along y, and shines in a band. */
const hair: Surface = ({ restX: x, restY: y, restZ: z }, point, { look }, colour) => {
  setPoint(point, 0.42, 0.04);
  point.wrap = wraps.skin;
  const strand = valueNoise(x * 5, y * 0.7, z * 5, look.noiseSeed + 61);
  const fine = valueNoise(x * 14, y * 1.5, z * 14, look.noiseSeed + 62);
  const value = 0.85 + 0.35 * strand + 0.3 * fine;
  point.openness = 0.75 + 0.25 * strand;
  paint(colour, look.hair[0] * value, look.hair[1] * value, look.hair[2] * value);
};

/** Knit or weave, by fine noise. */
const cloth: Surface = ({ restX: x, restY: y, restZ: z }, point, { look }, colour) => {
  setPoint(point, 0.85, 0.02);
  const value = 0.94 + 0.1 * valueNoise(x * 6, y * 6, z * 6, look.noiseSeed + 71);
  paint(colour, look.cloth[0] * value, look.cloth[1] * value, look.cloth[2] * value);
};

const cap: Surface = (place, point, figure, colour) => {
  cloth(place, point, figure, colour);
  // A cap is of another stuff than the shirt: the same dye, turned round.
  paint(colour, colour[2] ?? 0, colour[0] ?? 0, colour[1] ?? 0);
};

export const surfaces: Readonly<Record<Material, Surface>> = { skin, mouth, gums, teeth, eye, lash, hair, cap, cloth };
