// The kernels, addon against TypeScript twin; pictures at 1080p also against copying the RGB bytes once.
import { randomFrom } from "../../src/core/base/index.ts";
import {
  allocateYuvPlanes,
  describeNative,
  polyphaseCount,
  rgb8ToYuv,
  rgbFloatsToYuv,
  runPolyphase,
  twinKernels,
  yuvToRgb8,
  yuvToRgbFloats,
} from "../../src/core/native/index.ts";
import type { Kernels, YuvFormat } from "../../src/core/native/index.ts";

type Conversion = { readonly name: string; readonly run: (options: { readonly kernels?: Kernels }) => void };

/** Median of `rounds` runs after one to warm up. */
function medianMs(run: () => void, rounds: number): number {
  run();
  const times = Array.from({ length: rounds }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  return times.toSorted((a, b) => a - b)[rounds >> 1] ?? NaN;
}

function conversionsOf(format: YuvFormat): readonly Conversion[] {
  const planes = allocateYuvPlanes(format);
  const random = randomFrom(1);
  for (const plane of planes) for (let i = 0; i < plane.length; i++) plane[i] = random.uint32() % 2 ** format.depthBits;
  const picture = { format, planes };
  const bytes = yuvToRgb8(picture);
  const floats = yuvToRgbFloats(picture);
  const into = allocateYuvPlanes(format);
  return [
    { name: "yuv to rgb8", run: (options) => yuvToRgb8(picture, { ...options, into: bytes }) },
    { name: "yuv to floats", run: (options) => yuvToRgbFloats(picture, { ...options, into: floats }) },
    { name: "rgb8 to yuv", run: (options) => rgb8ToYuv(format, bytes, { ...options, into }) },
    { name: "floats to yuv", run: (options) => rgbFloatsToYuv(format, floats, { ...options, into }) },
  ];
}

const native = describeNative();
console.log(`native: ${native.serves} (${native.simd}). ${native.reason}`);
for (const depthBits of [8, 10] as const) {
  const format = {
    widthPx: 1920,
    heightPx: 1080,
    depthBits,
    sampling: "4:2:0",
    matrix: "bt709",
    range: "limited",
  } as const;
  const source = new Uint8Array(1920 * 1080 * 3);
  const target = new Uint8Array(source.length);
  const copyMs = medianMs(() => target.set(source), 31);
  for (const { name, run } of conversionsOf(format)) {
    const twinMs = medianMs(() => run({ kernels: twinKernels }), 5);
    const servedMs = medianMs(() => run({}), 31);
    console.log(
      `${depthBits} bit ${name}: twin takes ${(twinMs / servedMs).toFixed(1)} x the ${native.serves}; ` +
        `the ${native.serves} takes ${(servedMs / copyMs).toFixed(1)} x a copy of the RGB bytes`,
    );
  }
}

// 48 kHz to 16 kHz at full quality: 384 taps.
const filter = { up: 1, down: 3, tapCount: 384, taps: new Float32Array(384).fill(1 / 384) };
const samples = new Float32Array(480_000).fill(0.5);
const output = new Float32Array(polyphaseCount(filter, 0, samples.length));
const twinMs = medianMs(() => runPolyphase(filter, 0, samples, { output, kernels: twinKernels }), 5);
const servedMs = medianMs(() => runPolyphase(filter, 0, samples, { output }), 15);
console.log(`resampling filter: twin takes ${(twinMs / servedMs).toFixed(1)} x the ${native.serves}`);
