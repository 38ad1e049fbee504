// How steady the lower face of a take is beside that of the source: flicker is what eyes forgive least.
import type { FaceMask } from "../faces/index.ts";

export type SteadinessMeter = {
  /** Aligned crops [3, side, side] of one frame, of the source and of the take; in order, and without gaps. */
  readonly push: (source: Float32Array, take: Float32Array) => void;
  /** What came before belongs to another shot. */
  readonly restart: () => void;
  /** The take's unsteadiness over the source's; undefined before three frames, and where the source never changes. */
  readonly ratio: () => number | undefined;
};

/**
 * Measured by the second difference in time: a movement at even speed has none, a tremble from frame to frame has. Only what
 * the mask holds counts: the rest is the same in both.
 */
export function createSteadinessMeter({ values: mask }: FaceMask): SteadinessMeter {
  const places = [...mask.keys()].filter((at) => (mask[at] ?? 0) > 0.5);
  const planeLength = mask.length;
  const sums = { source: 0, take: 0 };
  let history: { readonly source: Float32Array; readonly take: Float32Array }[] = [];
  const add = (name: keyof typeof sums, newest: Float32Array) => {
    const [older, old] = [history[0]?.[name], history[1]?.[name]];
    if (!older || !old) return;
    let sum = 0;
    for (let channel = 0; channel < 3; channel++)
      for (const place of places) {
        const at = channel * planeLength + place;
        sum += ((newest[at] ?? 0) - 2 * (old[at] ?? 0) + (older[at] ?? 0)) ** 2;
      }
    sums[name] += sum;
  };
  return {
    push: (source, take) => {
      add("source", source);
      add("take", take);
      history = [...history.slice(-1), { source: source.slice(), take: take.slice() }];
    },
    restart: () => {
      history = [];
    },
    ratio: () => (sums.source > 0 ? Math.sqrt(sums.take / sums.source) : undefined),
  };
}
