// The contract of the addon. Only src/core/native reads it; src/core/native/yuv-twin.ts is the same in TypeScript.

/** Samples of one plane, tight rows: bytes at 8 bits, 16-bit words (value in the low bits) above. */
export type Samples = Uint8Array | Uint16Array;

/** Y', Cb, Cr. Chroma planes are ceil(width / 2) wide (4:2:0, 4:2:2) and ceil(height / 2) high (4:2:0). */
export type YuvPlanes = readonly [luma: Samples, chromaBlue: Samples, chromaRed: Samples];

/**
 * A plan is an Int32Array laid out by src/core/native/yuv-plan.ts, polyphase.ts, peaks.ts or warp-plan.ts and the header
 * of that name here; an argument that does not fit its plan throws a TypeError and nothing is written.
 */
export type Kernels = {
  /** "avx2", "sse2" or "neon"; the twin says "none". */
  readonly simd: string;
  /** Into interleaved R G B bytes of the plan's box: height x width x 3. */
  readonly yuvToRgb8: (plan: Int32Array, planes: YuvPlanes, rgb: Uint8Array) => void;
  /** Into planar float32 of the plan's box, -1..1: 3 x height x width. */
  readonly yuvToRgbFloats: (plan: Int32Array, planes: YuvPlanes, rgb: Float32Array) => void;
  /** From interleaved R G B bytes of the whole picture. */
  readonly rgb8ToYuv: (plan: Int32Array, rgb: Uint8Array, planes: YuvPlanes) => void;
  /** From planar float32 -1..1 of the whole picture; values outside are clamped, NaN becomes black. */
  readonly rgbFloatsToYuv: (plan: Int32Array, rgb: Float32Array, planes: YuvPlanes) => void;
  /** A FIR filter at a rational step; taps are [phase, tap], at least as many samples as the last output needs. */
  readonly polyphase: (plan: Int32Array, taps: Float32Array, samples: Float32Array, output: Float32Array) => void;
  /** [minimum, maximum] per channel of each bucket of interleaved samples; the last bucket may be shorter. */
  readonly peaks: (plan: Int32Array, samples: Int16Array, buckets: Int16Array) => void;
  /**
   * Resamples channels through an affine into planar float32. `place` is the affine from the target to the source and the
   * value of what lies beyond; `taps` are weights between two samples, [phase, tap], across and down.
   */
  readonly warp: (
    plan: Int32Array,
    place: Float64Array,
    taps: readonly [across: Float32Array, down: Float32Array],
    pictures: readonly [source: Samples | Float32Array, target: Float32Array],
  ) => void;
  /** Three channels as weighted sums of three, plus a bias, clamped. In place when source and target are the same. */
  readonly mixChannels: (plan: Float32Array, source: Float32Array, target: Float32Array) => void;
  /** Changes the samples of a plane under a box by four layers of the box's size: alpha, drop, shift, fresh. */
  readonly blendInto: (plan: Int32Array, layers: Float32Array, samples: Samples) => void;
  /** Adds noise to float samples of a box, by the place of each sample and a seed; `shape` is [scale, side]. */
  readonly addGrain: (plan: Int32Array, shape: Float32Array, values: Float32Array) => void;
};

/** What `require("dubwright.node")` gives. */
export type Addon = {
  /** The widest instruction set that this machine has. */
  readonly best: Kernels;
  /** What every machine of this architecture has; tests run it beside the best one. */
  readonly baseline: Kernels;
};
