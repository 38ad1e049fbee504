// Fourier transform of real frames of any even length, in double precision: Stockham's autosort form with mixed radices.
import { assert } from "../../shared/failure/index.ts";

export type RealFft = {
  readonly size: number;
  /** Bins 0 (mean) to size / 2 (Nyquist). */
  readonly binCount: number;
  /** Transforms `size` real values; `re` and `im` get `binCount` values of sum x[n] exp(-2 pi i k n / size). */
  readonly transform: (input: Float64Array, re: Float64Array, im: Float64Array) => void;
};

type Stage = {
  readonly radix: number;
  /** Sub-transforms left after this stage, and how many values lie between neighbours of one. */
  readonly blocks: number;
  readonly stride: number;
  /** exp(-2 pi i p j / (blocks * radix)) at [p * radix + j]. */
  readonly twiddleRe: Float64Array;
  readonly twiddleIm: Float64Array;
  /** exp(-2 pi i j k / radix) at [j * radix + k]. */
  readonly rootRe: Float64Array;
  readonly rootIm: Float64Array;
};

type Complex = { readonly re: Float64Array; readonly im: Float64Array };

const complex = (length: number): Complex => ({ re: new Float64Array(length), im: new Float64Array(length) });

/** Factors of 4 first, which take the fewest operations, then primes. A stage costs its radix per value. */
function radicesOf(size: number): readonly number[] {
  const radices: number[] = [];
  let left = size;
  for (const radix of [4, ...Array.from({ length: size }, (_, k) => k + 2)]) {
    for (; left % radix === 0 && left > 1; left /= radix) radices.push(radix);
  }
  return radices;
}

/** exp(-2 pi i row column / period) for all rows and columns. */
function rootTable(rows: number, columns: number, period: number): Complex {
  const table = complex(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      // The product is reduced first: large angles lose digits.
      const angle = (-2 * Math.PI * ((row * column) % period)) / period;
      table.re[row * columns + column] = Math.cos(angle);
      table.im[row * columns + column] = Math.sin(angle);
    }
  }
  return table;
}

function planStages(size: number): readonly Stage[] {
  let length = size;
  let stride = 1;
  return radicesOf(size).map((radix) => {
    const blocks = length / radix;
    const twiddle = rootTable(blocks, radix, length);
    const root = rootTable(radix, radix, radix);
    const stage = {
      radix,
      blocks,
      stride,
      twiddleRe: twiddle.re,
      twiddleIm: twiddle.im,
      rootRe: root.re,
      rootIm: root.im,
    };
    length = blocks;
    stride *= radix;
    return stage;
  });
}

function runStage(stage: Stage, from: Complex, to: Complex, taken: Complex): void {
  const { radix, blocks, stride, twiddleRe, twiddleIm, rootRe, rootIm } = stage;
  for (let p = 0; p < blocks; p++) {
    for (let q = 0; q < stride; q++) {
      for (let k = 0; k < radix; k++) {
        const at = q + stride * (p + blocks * k);
        taken.re[k] = from.re[at] ?? 0;
        taken.im[k] = from.im[at] ?? 0;
      }
      for (let j = 0; j < radix; j++) {
        let sumRe = 0;
        let sumIm = 0;
        for (let k = 0; k < radix; k++) {
          const rRe = rootRe[j * radix + k] ?? 0;
          const rIm = rootIm[j * radix + k] ?? 0;
          const aRe = taken.re[k] ?? 0;
          const aIm = taken.im[k] ?? 0;
          sumRe += aRe * rRe - aIm * rIm;
          sumIm += aRe * rIm + aIm * rRe;
        }
        const tRe = twiddleRe[p * radix + j] ?? 0;
        const tIm = twiddleIm[p * radix + j] ?? 0;
        const at = q + stride * (radix * p + j);
        to.re[at] = sumRe * tRe - sumIm * tIm;
        to.im[at] = sumRe * tIm + sumIm * tRe;
      }
    }
  }
}

/** A transform with its tables and its own scratch: use it from one place at a time. */
export function createRealFft(size: number): RealFft {
  assert(Number.isInteger(size) && size >= 2 && size % 2 === 0, `a real transform's size is even, not ${size}`);
  // Even samples as real and odd ones as imaginary parts: one complex transform of half the size does.
  const half = size / 2;
  const stages = planStages(half);
  const taken = complex(Math.max(0, ...stages.map(({ radix }) => radix)));
  let [current, next] = [complex(half), complex(half)];
  const turn = rootTable(2, half + 1, size);

  const transform = (input: Float64Array, re: Float64Array, im: Float64Array): void => {
    for (let k = 0; k < half; k++) {
      current.re[k] = input[2 * k] ?? 0;
      current.im[k] = input[2 * k + 1] ?? 0;
    }
    for (const stage of stages) {
      runStage(stage, current, next, taken);
      [current, next] = [next, current];
    }
    for (let k = 0; k <= half; k++) {
      const [low, high] = [k % half, (half - k) % half];
      const [aRe, aIm] = [current.re[low] ?? 0, current.im[low] ?? 0];
      const [bRe, bIm] = [current.re[high] ?? 0, -(current.im[high] ?? 0)];
      const [evenRe, evenIm] = [(aRe + bRe) / 2, (aIm + bIm) / 2];
      const [oddRe, oddIm] = [(aIm - bIm) / 2, (bRe - aRe) / 2];
      const tRe = turn.re[half + 1 + k] ?? 0;
      const tIm = turn.im[half + 1 + k] ?? 0;
      re[k] = evenRe + oddRe * tRe - oddIm * tIm;
      im[k] = evenIm + oddRe * tIm + oddIm * tRe;
    }
  };
  return { size, binCount: half + 1, transform };
}
