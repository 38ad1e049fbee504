// What moves besides the mouth: sway and nods, blinks, gaze, brows. Smooth, seeded, a pure function of time.
import type { Random } from "../../../src/core/base/index.ts";
import { mix, smoothstep, valueNoise } from "../look/noise.ts";
import type { ExpressionWeights } from "../model/morph.ts";
import type { HeadShift, HeadTurn } from "../render/camera.ts";

export type Manner = {
  readonly turnAt: (seconds: number) => HeadTurn;
  readonly shiftAt: (seconds: number) => HeadShift;
  /** Eyes, lids and brows. */
  readonly weightsAt: (seconds: number) => ExpressionWeights;
};

export type MannerRange = {
  /** Greatest mean turn to a side, radians. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** How far the head sways about its mean, radians. */
  readonly sway: number;
};

export const frontal: MannerRange = { yaw: 0.45, pitch: 0.18, roll: 0.12, sway: 0.07 };

/** Length of a blink: shut fast, opened slower. */
const blinkSeconds = 0.18;

function drawBlinks(random: Random, lengthSeconds: number): readonly number[] {
  const blinks: number[] = [];
  for (let at = random.uniform() * 3; at < lengthSeconds; at += mix(1.8, 6, random.uniform())) blinks.push(at);
  return blinks;
}

function blinkAt(blinks: readonly number[], seconds: number): number {
  const near = blinks.find((blink) => seconds >= blink && seconds < blink + blinkSeconds);
  if (near === undefined) return 0;
  const ratio = (seconds - near) / blinkSeconds;
  return smoothstep(0, 0.3, ratio) * (1 - smoothstep(0.45, 1, ratio));
}

export function drawManner(random: Random, lengthSeconds: number, range: MannerRange): Manner {
  const signed = () => 2 * random.uniform() - 1;
  const mean = { yaw: range.yaw * signed(), pitch: range.pitch * signed(), roll: range.roll * signed() };
  const seed = random.uint32();
  const drift = (channel: number, speedHz: number) => (seconds: number) =>
    valueNoise(seconds * speedHz, channel * 7.3, 0.5, seed);
  const [swayYaw, swayPitch, swayRoll] = [drift(1, 0.5), drift(2, 0.8), drift(3, 0.4)];
  const [shiftX, shiftY, shiftZ] = [drift(4, 0.35), drift(5, 0.3), drift(6, 0.2)];
  const [gazeX, gazeY, brows, squint] = [drift(7, 0.9), drift(8, 0.7), drift(9, 0.6), drift(10, 0.3)];
  const blinks = drawBlinks(random, lengthSeconds);
  const smile = Math.max(0, 0.2 * signed());
  return {
    turnAt: (seconds) => ({
      yaw: mean.yaw + 1.6 * range.sway * swayYaw(seconds),
      pitch: mean.pitch + range.sway * swayPitch(seconds),
      roll: mean.roll + 0.7 * range.sway * swayRoll(seconds),
    }),
    shiftAt: (seconds) => [1.2 * shiftX(seconds), 0.8 * shiftY(seconds), 1.5 * shiftZ(seconds)],
    weightsAt: (seconds) => {
      const [sideways, upwards] = [0.6 * gazeX(seconds), 0.4 * gazeY(seconds)];
      const brow = brows(seconds);
      return {
        eyeBlink: blinkAt(blinks, seconds),
        eyeLookIn_L: Math.max(0, -sideways),
        eyeLookOut_R: Math.max(0, -sideways),
        eyeLookOut_L: Math.max(0, sideways),
        eyeLookIn_R: Math.max(0, sideways),
        eyeLookUp: Math.max(0, upwards),
        eyeLookDown: Math.max(0, -upwards),
        browInnerUp: Math.max(0, 0.5 * brow),
        browOuterUp: Math.max(0, 0.35 * brow),
        browDown: Math.max(0, -0.4 * brow),
        eyeSquint: Math.max(0, 0.4 * squint(seconds)),
        mouthSmile: smile,
      };
    },
  };
}
