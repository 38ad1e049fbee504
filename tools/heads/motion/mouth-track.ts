// From timed phones to the mouth at every frame: neighbours blend, closures close, the mouth leads the sound a little.
import type { ExpressionWeights } from "../model/morph.ts";
import type { TimedPhone } from "../speech/phones.ts";
import { smoothstep } from "../look/noise.ts";
import { visemes } from "./visemes.ts";

/** A speaker's way: how far the mouth goes, and how loudness opens it. */
export type SpeakerManner = {
  /** 0.75..1.2. */
  readonly gain: number;
  readonly leadSeconds: number;
  /** Loudness of the speech against its mean at a time, about 0.7..1.1; vowels open by it. */
  readonly loudnessAt: (seconds: number) => number;
};

export type MouthMoment = { readonly weights: ExpressionWeights; readonly phone: string };

const sealed = new Set(["p", "b", "m"]);
/** Lips stay shut at least this long around the middle of a closure, so that one frame at 25 per second sees it. */
const shutSeconds = 0.05;
const sealRampSeconds = 0.035;

/** 1 while the lips must be shut for a p, b or m, falling to 0 beside it. */
function sealAt(all: readonly TimedPhone[], seconds: number): number {
  let seal = 0;
  for (const { phone, fromSeconds, toSeconds } of all) {
    if (!sealed.has(phone)) continue;
    const middle = (fromSeconds + toSeconds) / 2;
    const half = Math.max(shutSeconds / 2, 0.4 * (toSeconds - fromSeconds));
    seal = Math.max(seal, 1 - smoothstep(half, half + sealRampSeconds, Math.abs(seconds - middle)));
  }
  return seal;
}

/** Beyond this the pull of a phone is nothing. */
const reachSeconds = 0.3;

/**
 * The mouth at `seconds` of the sound, as dominance functions have it (Cohen and Massaro 1993): every phone near pulls
 * with a Gaussian around its interval; the weights are the mean by pull. Then closures take away what holds lips open.
 */
export function mouthAt(all: readonly TimedPhone[], seconds: number, manner: SpeakerManner): MouthMoment {
  const soundSeconds = seconds + manner.leadSeconds;
  const near = all.filter(
    ({ fromSeconds, toSeconds }) =>
      toSeconds > soundSeconds - reachSeconds && fromSeconds < soundSeconds + reachSeconds,
  );
  const sums = new Map<string, number>();
  let pulled = 1e-6;
  for (const { phone, fromSeconds, toSeconds } of near) {
    const { weights, dominance, spreadSeconds } = visemes[phone] ??
      visemes["sil"] ?? { weights: {}, dominance: 1, spreadSeconds: 0.05 };
    // Flat over the inner half of the interval, Gaussian beyond it.
    const middle = (fromSeconds + toSeconds) / 2;
    const off = Math.max(0, Math.abs(soundSeconds - middle) - 0.25 * (toSeconds - fromSeconds));
    const pull = dominance * Math.exp(-((off / spreadSeconds) ** 2) / 2);
    pulled += pull;
    for (const [name, weight] of Object.entries(weights)) sums.set(name, (sums.get(name) ?? 0) + pull * weight);
  }
  const seal = sealAt(near, soundSeconds);
  const loudness = manner.loudnessAt(soundSeconds);
  const weights: Record<string, number> = {};
  for (const [name, sum] of sums) {
    const opens = opening.has(name);
    const scaled = (sum / pulled) * manner.gain * (name === "jawOpen" ? loudness : 1);
    weights[name] = opens ? scaled * (1 - seal) : scaled;
  }
  const sounding = all.find(({ fromSeconds, toSeconds }) => fromSeconds <= seconds && seconds < toSeconds);
  return { weights, phone: sounding?.phone ?? "sil" };
}

const opening = new Set(["jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel", "mouthStretch"]);
