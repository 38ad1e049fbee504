// What stands behind a person: soft shapes out of focus, in linear light. Fixed in the scene, not to the face.
import type { Random } from "../../../src/core/base/index.ts";
import { linearColour } from "../look/look.ts";
import type { Colour } from "../look/look.ts";
import { mix, smoothstep, valueNoise } from "../look/noise.ts";

export type Backdrop = {
  readonly upper: Colour;
  readonly lower: Colour;
  readonly accent: Colour;
  readonly lumpsPerWidth: number;
  readonly accentRatio: number;
  readonly noiseSeed: number;
};

/** Muted colours: rooms, walls, streets. */
export function drawBackdrop(random: Random): Backdrop {
  const between = (low: number, high: number) => mix(low, high, random.uniform());
  const muted = (): Colour => {
    const grey = between(15, 200);
    return linearColour(grey + between(-22, 22), grey + between(-14, 14), grey + between(-24, 24)).map((value) =>
      Math.max(0.002, value),
    ) as unknown as Colour;
  };
  return {
    upper: muted(),
    lower: muted(),
    accent: muted(),
    lumpsPerWidth: between(1, 5),
    accentRatio: between(0, 1),
    noiseSeed: random.uint32(),
  };
}

/** Colour at a place of the scene; x and y in widths of the scene, from its corner. */
export function backdropAt(backdrop: Backdrop, x: number, y: number, colour: Float32Array): void {
  const { upper, lower, accent, lumpsPerWidth, accentRatio, noiseSeed } = backdrop;
  const down = smoothstep(0, 1, y);
  const lump = smoothstep(0.05, 0.5, valueNoise(x * lumpsPerWidth, y * lumpsPerWidth, 0, noiseSeed)) * accentRatio;
  const shade = 1 + 0.15 * valueNoise(x * lumpsPerWidth * 2.7, y * lumpsPerWidth * 2.7, 9, noiseSeed);
  for (let channel = 0; channel < 3; channel++) {
    const wall = mix(upper[channel] ?? 0, lower[channel] ?? 0, down);
    colour[channel] = mix(wall, accent[channel] ?? 0, lump) * shade;
  }
}
