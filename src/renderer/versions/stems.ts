// What laid-in sound can be, and how its fields are offered.
import type { AudioTrack } from "../../shared/project/index.ts";

export type Stem = AudioTrack["stem"];

export const stems = ["dialogue", "mix", "music-and-effects"] as const satisfies readonly Stem[];

export const stemNames = {
  dialogue: "versions.stemDialogue",
  mix: "versions.stemMix",
  "music-and-effects": "versions.stemEffects",
} as const satisfies Record<Stem, string>;
