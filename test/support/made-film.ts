// A made film with everything that films do to faces, and what is true in each of its frames: cuts, dissolves, who is where,
// and why a frame cannot be re-synced.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomFrom } from "../../src/core/base/index.ts";
import { drawHead, readHeadStills } from "./head-stills.ts";
import { ffmpegProgram } from "./media.ts";
import type { Canvas, HeadStills, HeadView, Person } from "./head-stills.ts";

export const filmSize = { widthPx: 640, heightPx: 360 } as const;

type Actor = {
  readonly who: Person;
  readonly view: (frame: number) => HeadView;
  readonly x: (frame: number) => number;
  readonly y: (frame: number) => number;
  readonly heightPx: number;
};

type Scene = {
  readonly name: string;
  readonly frames: number;
  readonly place: number;
  /** Drawn in order, so that the last is in front. */
  readonly actors: readonly Actor[];
  readonly dissolveFrames?: number;
  /** How far the hand has come up before the first actor's mouth, 0..1. */
  readonly hand?: (frame: number) => number;
  /** Light that is added, 0..1. */
  readonly flash?: (frame: number) => number;
  /** How far out of focus, in pixels. */
  readonly blurPx?: (frame: number) => number;
  /** What must be told of this actor's frames, where it is beyond doubt. */
  readonly reasons?: (who: Person, frame: number) => string | undefined;
};

const mouths = ["shut", "ee", "ah", "ee", "shut", "ah"] as const;
/** Talks: another mouth every three frames. */
const talking = (frame: number): HeadView => mouths[Math.floor(frame / 3) % mouths.length] ?? "shut";
const sway = (middle: number, widthPx: number, periodFrames: number) => (frame: number) =>
  middle + widthPx * Math.sin((2 * Math.PI * frame) / periodFrames);
const still = (place: number) => () => place;
const within = (from: number, to: number) => (frame: number) => frame >= from && frame < to;
const ramp = (frame: number, [from, to]: readonly [number, number], stepFrames: number): number =>
  Math.max(0, Math.min(1, (frame - from) / stepFrames, (to - frame) / stepFrames));

const turns: readonly HeadView[] = ["shut", 12, 25, 40, 55, 70, 85];
const turnOf = (frame: number): HeadView => turns[Math.round(6 * ramp(frame, [14, 76], 20))] ?? "shut";

export const scenes: readonly Scene[] = [
  {
    name: "one talks, a hand before the mouth",
    frames: 100,
    place: 1,
    actors: [{ who: "anna", view: talking, x: sway(300, 14, 70), y: sway(160, 4, 45), heightPx: 280 }],
    hand: (frame) => ramp(frame, [44, 74], 6),
    reasons: (_, frame) => (within(51, 67)(frame) ? "mouth-hidden" : undefined),
  },
  {
    name: "two cross",
    frames: 90,
    place: 2,
    actors: [
      { who: "carla", view: talking, x: (frame) => 560 - 5.3 * frame, y: sway(170, 3, 40), heightPx: 225 },
      { who: "boris", view: talking, x: (frame) => 90 + 5.3 * frame, y: sway(182, 3, 33), heightPx: 250 },
    ],
  },
  { name: "nobody", frames: 50, place: 3, actors: [] },
  {
    name: "one leaves and returns",
    frames: 130,
    place: 4,
    dissolveFrames: 20,
    actors: [
      {
        who: "deng",
        view: talking,
        x: (frame) => 420 + 420 * Math.max(0, ramp(frame, [40, 105], 22)),
        y: sway(165, 4, 60),
        heightPx: 250,
      },
    ],
  },
  {
    name: "a head turns away",
    frames: 90,
    place: 5,
    actors: [{ who: "anna", view: turnOf, x: still(320), y: sway(165, 3, 50), heightPx: 270 }],
    reasons: (_, frame) => (within(34, 56)(frame) ? "turned-away" : undefined),
  },
  {
    name: "a flash",
    frames: 60,
    place: 6,
    actors: [{ who: "boris", view: talking, x: sway(360, 10, 50), y: still(170), heightPx: 260 }],
    flash: (frame) => (within(28, 31)(frame) ? 0.75 : 0),
  },
  {
    name: "a wide shot",
    frames: 60,
    place: 7,
    actors: [
      { who: "deng", view: talking, x: (frame) => 180 + 0.6 * frame, y: still(200), heightPx: 96 },
      { who: "carla", view: talking, x: sway(430, 6, 55), y: still(190), heightPx: 90 },
    ],
    reasons: () => "too-small",
  },
  {
    name: "four frames",
    frames: 4,
    place: 8,
    actors: [{ who: "boris", view: talking, x: still(300), y: still(170), heightPx: 260 }],
    reasons: () => "short-run",
  },
  {
    name: "out of focus",
    frames: 80,
    place: 9,
    actors: [{ who: "carla", view: talking, x: sway(330, 12, 60), y: still(170), heightPx: 270 }],
    blurPx: (frame) => 7 * ramp(frame, [25, 60], 8),
    reasons: (_, frame) => (within(34, 52)(frame) ? "blurred" : undefined),
  },
  {
    name: "the first again",
    frames: 60,
    place: 10,
    dissolveFrames: 12,
    actors: [
      { who: "anna", view: talking, x: sway(250, 12, 50), y: still(165), heightPx: 250 },
      { who: "deng", view: talking, x: sway(470, 8, 40), y: still(175), heightPx: 220 },
    ],
  },
];

export type TrueFace = {
  readonly who: Person;
  /** The middle of the face, in pixels of the frame. */
  readonly x: number;
  readonly y: number;
  /** About the height of a detector's box. */
  readonly sizePx: number;
  readonly reason?: string;
};

export type TrueCut = { readonly frameIndex: number; readonly kind: "cut" | "dissolve" };

export type FilmTruth = {
  readonly frameCount: number;
  readonly cuts: readonly TrueCut[];
  /** Who is where in each frame. In a dissolve both shots' people are. */
  readonly faces: readonly (readonly TrueFace[])[];
};

/** A face's share of its still's height. */
const faceRatio = 0.53;

function facesOf({ actors, reasons }: Scene, frame: number): readonly TrueFace[] {
  return actors.map(({ who, x, y, heightPx }) => {
    const reason = reasons?.(who, frame);
    const face = { who, x: x(frame), y: y(frame), sizePx: faceRatio * heightPx };
    return reason === undefined ? face : { ...face, reason };
  });
}

/** First frame of each scene in the film; a dissolve's scenes overlap. */
function startsOf(): readonly number[] {
  let next = 0;
  return scenes.map(({ frames, dissolveFrames = 0 }) => {
    const start = next - dissolveFrames;
    next = start + frames;
    return start;
  });
}

export function truthOfFilm(): FilmTruth {
  const starts = startsOf();
  const frameCount = (starts.at(-1) ?? 0) + (scenes.at(-1)?.frames ?? 0);
  const faces: TrueFace[][] = Array.from({ length: frameCount }, () => []);
  for (const [index, scene] of scenes.entries())
    for (let frame = 0; frame < scene.frames; frame++)
      faces[(starts[index] ?? 0) + frame]?.push(...facesOf(scene, frame));
  const cuts = scenes.flatMap(({ dissolveFrames = 0 }, index): readonly TrueCut[] => {
    if (index === 0) return [];
    const frameIndex = (starts[index] ?? 0) + dissolveFrames / 2;
    return [{ frameIndex, kind: dissolveFrames > 0 ? "dissolve" : "cut" }];
  });
  return { frameCount, cuts, faces };
}

const blank = (): Canvas => ({
  ...filmSize,
  rgb: new Uint8ClampedArray(3 * filmSize.widthPx * filmSize.heightPx),
});

/** A place of its own: blotches with an upright or two, as a room out of focus. */
function paintPlace(seed: number): Canvas {
  const canvas = blank();
  const random = randomFrom(100 + seed);
  const shades = Array.from({ length: 7 * 5 }, () => [0, 1, 2].map(() => 25 + 150 * random.uniform()));
  const tint = [0, 1, 2].map(() => 0.5 + 0.7 * random.uniform());
  const uprights = Array.from({ length: 3 }, () => [filmSize.widthPx * random.uniform(), 12 + 40 * random.uniform()]);
  for (let y = 0; y < filmSize.heightPx; y++)
    for (let x = 0; x < filmSize.widthPx; x++) {
      const [u, v] = [(6 * x) / filmSize.widthPx, (4 * y) / filmSize.heightPx];
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const shade = (dx: number, dy: number, channel: number) => shades[(j + dy) * 7 + i + dx]?.[channel] ?? 0;
      const dark = uprights.some(([left = 0, width = 0]) => x > left && x < left + width) ? 0.55 : 1;
      for (let channel = 0; channel < 3; channel++) {
        const upper = shade(0, 0, channel) + (u - i) * (shade(1, 0, channel) - shade(0, 0, channel));
        const lower = shade(0, 1, channel) + (u - i) * (shade(1, 1, channel) - shade(0, 1, channel));
        canvas.rgb[3 * (y * filmSize.widthPx + x) + channel] =
          dark * (tint[channel] ?? 1) * (upper + (v - j) * (lower - upper));
      }
    }
  return canvas;
}

/** A hand, from below: four fingers side by side and the back of it, skin like the face's. `tip` is where its middle finger ends. */
function drawHand(canvas: Canvas, tip: { readonly x: number; readonly y: number }, sizePx: number): void {
  const lengths = [0.8, 1, 0.94, 0.7];
  const width = 0.2 * sizePx;
  for (let y = Math.max(0, Math.floor(tip.y - 0.3 * sizePx)); y < canvas.heightPx; y++)
    for (let x = Math.max(0, Math.floor(tip.x - sizePx)); x < Math.min(canvas.widthPx, tip.x + sizePx); x++) {
      const across = (x - tip.x) / width + 2;
      const finger = Math.floor(across);
      const round = 2 * (across - finger) - 1;
      const top = tip.y + sizePx * (1 - (lengths[finger] ?? 0)) + 0.5 * width * (1 - Math.sqrt(1 - round * round));
      const isBack = y > tip.y + 0.75 * sizePx && Math.abs(x - tip.x) < 2 * width;
      if (!(isBack || (finger >= 0 && finger < 4 && y >= top))) continue;
      const light = isBack ? 0.86 : 0.95 - 0.45 * round ** 4 - 0.12 * round;
      const to = 3 * (y * canvas.widthPx + x);
      for (const [channel, skin] of [205, 150, 122].entries()) canvas.rgb[to + channel] = light * skin;
    }
}

/** Means over squares of about this reach, twice: out of focus. */
function blur({ widthPx, heightPx, rgb }: Canvas, reachPx: number): void {
  const reach = Math.round(reachPx / 2);
  if (reach < 1) return;
  for (let pass = 0; pass < 2; pass++) {
    for (let row = 0; row < 3 * heightPx; row++)
      blurLine(rgb, { first: Math.floor(row / 3) * 3 * widthPx + (row % 3), stride: 3, length: widthPx }, reach);
    for (let column = 0; column < 3 * widthPx; column++)
      blurLine(rgb, { first: column, stride: 3 * widthPx, length: heightPx }, reach);
  }
}

type Line = { readonly first: number; readonly stride: number; readonly length: number };

function blurLine(rgb: Uint8ClampedArray, { first, stride, length }: Line, reach: number): void {
  const line = Float32Array.from({ length }, (_, place) => rgb[first + place * stride] ?? 0);
  const read = (place: number) => line[Math.min(length - 1, Math.max(0, place))] ?? 0;
  let sum = 0;
  for (let place = -reach; place <= reach; place++) sum += read(place);
  for (let place = 0; place < length; place++) {
    rgb[first + place * stride] = sum / (2 * reach + 1);
    sum += read(place + reach + 1) - read(place - reach);
  }
}

function paint(scene: Scene, frame: number, { stills, place }: { stills: HeadStills; place: Canvas }): Canvas {
  const canvas = { ...filmSize, rgb: place.rgb.slice() };
  for (const { who, view, x, y, heightPx } of scene.actors)
    drawHead(canvas, stills(who, view(frame)), {
      x: x(frame),
      y: y(frame),
      heightPx,
      leanRadians: 0.04 * Math.sin(frame / 9),
    });
  const [first] = scene.actors;
  const raised = scene.hand?.(frame) ?? 0;
  if (first && raised > 0) {
    const size = 0.42 * first.heightPx;
    const below = first.y(frame) + 0.06 * first.heightPx + (1 - raised) * (filmSize.heightPx - first.y(frame));
    drawHand(canvas, { x: first.x(frame) + 3, y: below }, size);
  }
  blur(canvas, scene.blurPx?.(frame) ?? 0);
  const flash = scene.flash?.(frame) ?? 0;
  if (flash > 0) for (const [index, value] of canvas.rgb.entries()) canvas.rgb[index] = value + flash * (250 - value);
  return canvas;
}

/** Every frame of the film in order, with a little grain. */
async function* framesOfFilm(): AsyncGenerator<Uint8Array> {
  const stills = await readHeadStills();
  const starts = startsOf();
  const places = scenes.map(({ place }) => paintPlace(place));
  const random = randomFrom(9);
  const grain = Int8Array.from({ length: 2 ** 18 }, () => Math.round(5 * (random.uniform() - random.uniform())));
  const { frameCount } = truthOfFilm();
  for (let frame = 0; frame < frameCount; frame++) {
    let seen: Canvas | undefined;
    for (const [index, scene] of scenes.entries()) {
      const own = frame - (starts[index] ?? 0);
      const place = places[index];
      if (own < 0 || own >= scene.frames || !place) continue;
      const picture = paint(scene, own, { stills, place });
      const mix = (own + 1) / ((scene.dissolveFrames ?? 0) + 1);
      if (seen && mix < 1)
        for (const [at, value] of picture.rgb.entries())
          picture.rgb[at] = (seen.rgb[at] ?? 0) + mix * (value - (seen.rgb[at] ?? 0));
      seen = picture;
    }
    const offset = Math.floor(random.uniform() * grain.length);
    const { rgb } = seen ?? blank();
    for (let at = 0; at < rgb.length; at++)
      rgb[at] = (rgb[at] ?? 0) + (grain[(offset + at * 7) & (grain.length - 1)] ?? 0);
    yield new Uint8Array(rgb.buffer);
  }
}

/** Writes the film and tells what is true in it. */
export async function writeMadeFilm(file: string): Promise<FilmTruth> {
  const size = `${filmSize.widthPx}x${filmSize.heightPx}`;
  const input = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", "25", "-i", "-"];
  const output = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-pix_fmt", "yuv420p", file];
  const encoder = spawn(ffmpegProgram, ["-v", "error", "-y", ...input, ...output], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(encoder, "close");
  for await (const frame of framesOfFilm()) if (!encoder.stdin.write(frame)) await once(encoder.stdin, "drain");
  encoder.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
  return truthOfFilm();
}
