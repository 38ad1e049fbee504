// Samplers: from noise to picture along a time grid, asking a denoiser at each point. One function each.
import type { GridPoint, TimeGrid } from "./noise-schedule.ts";
import { rootsOf } from "./prediction.ts";
import type { Decomposition } from "./prediction.ts";

/** Latents at a grid point, taken apart into clean latents and noise. */
export type Denoiser = (latents: Float32Array, point: GridPoint) => Promise<Decomposition>;

export type SampleOptions = {
  readonly grid: TimeGrid;
  readonly signal?: AbortSignal;
  /** After each step, with the latents at the next point. */
  readonly onStep?: (stepIndex: number, latents: Float32Array) => void;
};

/** A solver of dx/dt from the first point of the grid to the last; `start` is left as it is. */
export type Sampler = (denoise: Denoiser, start: Float32Array, options: SampleOptions) => Promise<Float32Array>;

type Step = {
  readonly from: GridPoint;
  readonly to: GridPoint;
  readonly isLast: boolean;
};

async function walk(
  start: Float32Array,
  { grid, signal, onStep }: SampleOptions,
  step: (latents: Float32Array, place: Step) => Promise<Float32Array>,
): Promise<Float32Array> {
  let latents = start;
  for (const [index, from] of grid.slice(0, -1).entries()) {
    signal?.throwIfAborted();
    const to = grid[index + 1] ?? from;
    latents = await step(latents, { from, to, isLast: index === grid.length - 2 });
    onStep?.(index, latents);
  }
  return latents;
}

/** a x + b y, elementwise. */
function blend([a, x]: readonly [number, Float32Array], [b, y]: readonly [number, Float32Array]): Float32Array {
  const result = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = a * (x[i] ?? 0) + b * (y[i] ?? 0);
  return result;
}

/** DDIM with eta 0 (Song et al. 2021, equation 12): x' = sqrt(alphaBar') clean + sqrt(1 - alphaBar') noise. */
export const sampleDdim: Sampler = (denoise, start, options) =>
  walk(start, options, async (latents, { from, to }) => {
    const { clean, noise } = await denoise(latents, from);
    const next = rootsOf(to.alphaBar);
    return blend([next.signal, clean], [next.noise, noise]);
  });

/** Half the logarithm of the signal-to-noise ratio: log(sqrt(alphaBar) / sqrt(1 - alphaBar)). */
const lambdaOf = ({ alphaBar }: GridPoint): number => 0.5 * Math.log(alphaBar / (1 - alphaBar));

/**
 * DPM-Solver++ 2M (Lu et al. 2022, algorithm 2): second order from the clean prediction of the step before. The first step
 * has none, and the last is taken at first order when it is long, because the noise level falls off a cliff there.
 */
export const sampleDpmSolver2M: Sampler = (denoise, start, options) => {
  let earlier: { readonly clean: Float32Array; readonly lambda: number } | undefined;
  const isShortRun = options.grid.length - 1 < 15;
  return walk(start, options, async (latents, { from, to, isLast }) => {
    const { clean } = await denoise(latents, from);
    const [lambda, lambdaNext] = [lambdaOf(from), lambdaOf(to)];
    const stretch = lambdaNext - lambda; // h
    const useFirstOrder = earlier === undefined || (isLast && isShortRun);
    const target =
      useFirstOrder || !earlier ? clean : extrapolate(clean, earlier.clean, (lambda - earlier.lambda) / stretch);
    earlier = { clean, lambda };
    const [now, next] = [rootsOf(from.alphaBar), rootsOf(to.alphaBar)];
    return blend([next.noise / now.noise, latents], [-next.signal * Math.expm1(-stretch), target]);
  });
};

/** D = (1 + 1/2r) clean - 1/2r earlier, r the ratio of the last stretch to this one. */
const extrapolate = (clean: Float32Array, earlier: Float32Array, ratio: number): Float32Array =>
  blend([1 + 1 / (2 * ratio), clean], [-1 / (2 * ratio), earlier]);

/**
 * UniPC of second order, B(h) = e^h - 1 form (Zhao et al. 2023, algorithms 7 and 8, data prediction): the step of
 * DPM-Solver++ 2M, corrected at the next point by the prediction made there, which costs no further evaluation.
 */
export const sampleUniPc: Sampler = (denoise, start, options) => {
  let last: Corrected | undefined;
  const isShortRun = options.grid.length - 1 < 15;
  return walk(start, options, async (latents, { from, to, isLast }) => {
    const guess = await denoise(latents, from);
    const here = last ? correct(last, guess.clean, from) : latents;
    const earlier = last;
    last = {
      latents: here,
      clean: guess.clean,
      point: from,
      earlier: earlier && { clean: earlier.clean, point: earlier.point },
    };
    return predict(last, to, isLast && isShortRun ? "first" : "second");
  });
};

type Corrected = {
  readonly latents: Float32Array;
  readonly clean: Float32Array;
  readonly point: GridPoint;
  readonly earlier: { readonly clean: Float32Array; readonly point: GridPoint } | undefined;
};

/** x' = (sigma'/sigma) x - alpha' (e^-h - 1) (clean + half the slope towards the earlier clean). */
function predict(
  { latents, clean, point, earlier }: Corrected,
  to: GridPoint,
  order: "first" | "second",
): Float32Array {
  const stretch = lambdaOf(to) - lambdaOf(point);
  const [now, next] = [rootsOf(point.alphaBar), rootsOf(to.alphaBar)];
  const ratio = earlier ? (lambdaOf(point) - lambdaOf(earlier.point)) / stretch : 1;
  const target = earlier && order === "second" ? extrapolate(clean, earlier.clean, ratio) : clean;
  return blend([next.noise / now.noise, latents], [-next.signal * Math.expm1(-stretch), target]);
}

/**
 * The step from `last` to `here` again, now that the clean prediction at `here` is known. With the earlier prediction the
 * weights solve R(r) rho = b of the paper for r = (earlier, 1); without it rho = 1/2.
 */
function correct(last: Corrected, cleanHere: Float32Array, here: GridPoint): Float32Array {
  const stretch = lambdaOf(here) - lambdaOf(last.point);
  const [now, next] = [rootsOf(last.point.alphaBar), rootsOf(here.alphaBar)];
  const decay = Math.expm1(-stretch); // B(h), data prediction
  const base = blend([next.noise / now.noise, last.latents], [-next.signal * decay, last.clean]);
  const towards = blend([1, cleanHere], [-1, last.clean]);
  if (!last.earlier) return blend([1, base], [-next.signal * decay * 0.5, towards]);
  const ratio = (lambdaOf(last.earlier.point) - lambdaOf(last.point)) / stretch; // negative: behind
  const slope = blend([1 / ratio, last.earlier.clean], [-1 / ratio, last.clean]);
  const [behind, ahead] = correctorWeights(ratio, -stretch);
  const correction = blend([behind, slope], [ahead, towards]);
  return blend([1, base], [-next.signal * decay, correction]);
}

/** Solves [[1, 1], [r, 1]] rho = b with b_k = k! phi_{k+1}(h) h / B(h), for h negative in data prediction. */
function correctorWeights(ratio: number, h: number): readonly [behind: number, ahead: number] {
  const decay = Math.expm1(h);
  const phi2 = decay / h - 1; // h phi_2
  const phi3 = phi2 / h - 0.5; // h phi_3
  const [first, second] = [phi2 / decay, (2 * phi3) / decay];
  const behind = (first - second) / (1 - ratio);
  return [behind, first - behind];
}

export const samplers = {
  ddim: sampleDdim,
  "dpm-solver++-2m": sampleDpmSolver2M,
  unipc: sampleUniPc,
} as const satisfies Record<string, Sampler>;

export type SamplerName = keyof typeof samplers;
