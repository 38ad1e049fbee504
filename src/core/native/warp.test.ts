// Resampling: what it must do by its definition, and the addon against its twin to the last bit.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Kernels } from "../../../native/index.d.ts";
import { randomFrom } from "../base/index.ts";
import { servedKernels } from "./load-addon.ts";
import { twinKernels } from "./twin-kernels.ts";
import { blendInto, planarSource, rgbToCodes, warpSamples, warpToRgb } from "./warp-pictures.ts";
import { blendField, planWarp, warpField } from "./warp-plan.ts";
import type { PictureAffine, WarpFilter, WarpTarget } from "./warp-plan.ts";
import { allocateYuvPlanes, yuvToRgbFloats } from "./yuv-pictures.ts";
import type { YuvFormat } from "./yuv-plan.ts";

const served = servedKernels();
if (served.serves === "twin") console.warn(`NOT CHECKED: the addon's resampling against its twin. ${served.reason}`);

const addonSets: readonly (readonly [string, Kernels])[] =
  served.baseline === undefined
    ? []
    : [
        [`addon ${served.baseline.simd}`, served.baseline],
        [`addon ${served.simd}`, served.kernels],
      ];

const noiseOf = (seed: number) => {
  const random = randomFrom(seed);
  return (kind: "byte" | "word" | "real", length: number) => {
    if (kind === "byte") return Uint8Array.from({ length }, () => random.uint32() & 255);
    if (kind === "word") return Uint16Array.from({ length }, () => random.uint32() & 65535);
    return Float32Array.from({ length }, () => random.uniform() - 0.5);
  };
};

const filters = ["lanczos", "cubic", "linear"] as const satisfies readonly WarpFilter[];

const warps = fc.record({
  kind: fc.constantFrom("byte", "word", "real"),
  sizePx: fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 70 })),
  targetPx: fc.tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 75 })),
  channels: fc.integer({ min: 1, max: 3 }),
  isInterleaved: fc.boolean(),
  turn: fc.double({ min: -7, max: 7, noNaN: true }),
  scales: fc.tuple(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.double({ min: 0.05, max: 1, noNaN: true })),
  largest: fc.constantFrom(0.5, 1, 4, 40),
  shift: fc.tuple(fc.double({ min: -40, max: 90, noNaN: true }), fc.double({ min: -40, max: 90, noNaN: true })),
  outside: fc.constantFrom<"edge" | number>("edge", 0, 16.5),
  filter: fc.constantFrom(...filters),
  seed: fc.integer(),
});

type Warp = typeof warps extends fc.Arbitrary<infer T> ? T : never;

function runWarp(made: Warp, kernels: Kernels): Float32Array {
  const { sizePx, targetPx, channels, turn, largest, shift, scales } = made;
  const [widthPx, heightPx] = sizePx;
  const samples = noiseOf(made.seed)(made.kind, widthPx * heightPx * channels);
  const planar = planarSource(samples, { channels, widthPx, heightPx });
  const interleaved = { ...planar, rowStep: channels * widthPx, sampleStep: channels, channelStep: 1 };
  const [across, down] = [scales[0] * largest, scales[1] * largest];
  const targetToSource: PictureAffine = [
    across * Math.cos(turn),
    -down * Math.sin(turn),
    shift[0],
    across * Math.sin(turn),
    down * Math.cos(turn),
    shift[1],
  ];
  return warpSamples(made.isInterleaved ? interleaved : planar, {
    targetToSource,
    widthPx: targetPx[0],
    heightPx: targetPx[1],
    outside: made.outside,
    filter: made.filter,
    kernels,
  });
}

describe.skipIf(served.serves === "twin")("the addon's resampling", () => {
  test.each(addonSets)("%s gives the twin's bits under any turn, scale, step and edge", (_name, kernels) => {
    fc.assert(
      fc.property(warps, (made) => {
        expect(runWarp(made, kernels)).toEqual(runWarp(made, twinKernels));
      }),
      { numRuns: 250 },
    );
  });

  test.each(addonSets)("%s mixes and blends as the twin does", (_name, kernels) => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom("byte", "word"), (seed, kind) => {
        const noise = noiseOf(seed);
        const format: YuvFormat = {
          widthPx: 1,
          heightPx: 1,
          depthBits: kind === "byte" ? 8 : 12,
          sampling: "4:4:4",
          matrix: "bt709",
          range: "limited",
        };
        const rgb = Float32Array.from(noise("real", 3 * 77));
        const codes = [kernels, twinKernels].map((set) => rgbToCodes(rgb, format, { range: [-1, 1], kernels: set }));
        expect(codes[0]).toEqual(codes[1]);
        const box = { xPx: 3, yPx: 2, widthPx: 31, heightPx: 9 };
        const layers = Float32Array.from(noise("real", 4 * 31 * 9), (value, at) =>
          at < 558 ? Math.max(0, 2 * value) : value * 9000,
        );
        const samples = kind === "byte" ? noise("byte", 40 * 12) : noise("word", 40 * 12);
        const blended = [kernels, twinKernels].map((set) => {
          const own = samples instanceof Uint8Array ? samples.slice() : Uint16Array.from(samples);
          blendInto(
            { samples: own, planeWidthPx: 40, planeHeightPx: 12, depthBits: format.depthBits, box },
            layers,
            set,
          );
          return own;
        });
        expect(blended[0]).toEqual(blended[1]);
      }),
    );
  });

  test.each(addonSets)("%s refuses what would read or write out of bounds, and writes nothing", (_name, kernels) => {
    const target: WarpTarget = {
      targetToSource: [1, 0, 0, 0, 1, 0],
      widthPx: 4,
      heightPx: 4,
      outside: "edge",
      filter: "cubic",
    };
    const samples = new Uint8Array(16);
    const source = planarSource(samples, { channels: 1, widthPx: 4, heightPx: 4 });
    const { plan, place, taps } = planWarp(source, target);
    const out = new Float32Array(16);
    expect(() => kernels.warp(plan, place, taps, [samples.subarray(1), out])).toThrow("source");
    expect(() => kernels.warp(plan, place, taps, [samples, out.subarray(1)])).toThrow("target");
    expect(() => kernels.warp(plan, place, [taps[0], taps[1].subarray(8)], [samples, out])).toThrow("taps");
    expect(() => kernels.warp(plan, Float64Array.from(place).fill(NaN), taps, [samples, out])).toThrow("place");
    expect(() => kernels.warp(plan, Float64Array.from(place).fill(1e12), taps, [samples, out])).toThrow("place");
    for (const [field, value] of [
      [warpField.rowStep, 3],
      [warpField.channels, 5],
      [warpField.halfDown, 0],
      [warpField.reductionBits, 9],
    ] as const)
      expect(() => kernels.warp(plan.with(field, value), place, taps, [samples, out])).toThrow("plan");
    const blend = Int32Array.of(4, 4, 1, 255, 0, 0, 4, 4);
    const layers = new Float32Array(64);
    expect(() => kernels.blendInto(blend.with(blendField.boxXPx, 1), layers, samples)).toThrow("plan");
    expect(() => kernels.blendInto(blend, layers.subarray(1), samples)).toThrow("layers");
    expect(() => kernels.blendInto(blend, layers, new Uint16Array(16))).toThrow("samples");
    expect(() => kernels.mixChannels(new Float32Array(13), out, out)).toThrow("plan");
    expect(() => kernels.mixChannels(new Float32Array(14), new Float32Array(4), new Float32Array(4))).toThrow(
      "channels",
    );
    expect([...out, ...samples]).toEqual(Array.from({ length: 32 }, () => 0));
  });
});

describe.each([["twin", twinKernels] as const, ...addonSets.slice(1)])("resampling by the %s", (_name, kernels) => {
  const identity: PictureAffine = [1, 0, 0, 0, 1, 0];
  const flat = { widthPx: 30, heightPx: 20 };

  test.each(filters)("whole steps are exact to the bit (%s)", (filter) => {
    const samples = noiseOf(1)("word", 600);
    const source = planarSource(samples, { channels: 1, ...flat });
    const same = warpSamples(source, { targetToSource: identity, ...flat, outside: "edge", filter, kernels });
    expect(same).toEqual(Float32Array.from(samples));
    const moved = warpSamples(source, {
      targetToSource: [1, 0, 3, 0, 1, -2],
      ...flat,
      outside: 7,
      filter,
      kernels,
    });
    expect(moved[5 * 30 + 4]).toBe(samples[3 * 30 + 7]);
    expect([moved[0], moved[5 * 30 + 29]]).toEqual([7, 7]);
  });

  test.each(filters)("a flat picture stays flat, however it is turned, grown or shrunk (%s)", (filter) => {
    const source = planarSource(new Uint8Array(90_000).fill(200), { channels: 1, widthPx: 300, heightPx: 300 });
    for (const scale of [0.21, 1, 3.3, 11, 39]) {
      const [cos, sin] = [Math.cos(0.6) * scale, Math.sin(0.6) * scale];
      const target = { widthPx: 23, heightPx: 17, outside: "edge", filter, kernels } as const;
      for (const value of warpSamples(source, { ...target, targetToSource: [cos, -sin, 4.2, sin, cos, 9.7] }))
        expect(Math.abs(value - 200)).toBeLessThan(2e-4);
    }
  });

  test.each(filters)("a slope keeps its places, to a thousandth of a pixel where it is not shrunk (%s)", (filter) => {
    const samples = Float32Array.from({ length: 120 * 120 }, (_, at) => (at % 120) + 0.5 - 0.7 * Math.floor(at / 120));
    const source = planarSource(samples, { channels: 1, widthPx: 120, heightPx: 120 });
    for (const scale of [0.4, 1, 2.3]) {
      const [cos, sin] = [Math.cos(-0.4) * scale, Math.sin(-0.4) * scale];
      const targetToSource: PictureAffine = [cos, -sin, 50.3, sin, cos, 60.1];
      const values = warpSamples(source, {
        targetToSource,
        widthPx: 12,
        heightPx: 12,
        outside: "edge",
        filter,
        kernels,
      });
      for (const [at, value] of values.entries()) {
        const [x, y] = [(at % 12) + 0.5, Math.floor(at / 12) + 0.5];
        const exact = cos * x - sin * y + 50.3 - 0.7 * (sin * x + cos * y + 60.1 - 0.5);
        // Lanczos' weights, and any stretched ones, are no exact slope.
        const tolerance = filter === "lanczos" || scale > 1 ? 0.05 : 0.001;
        expect(Math.abs(value - exact)).toBeLessThan(tolerance);
      }
    }
  });

  test.each([3.1, 9, 33])("nothing is skipped when a picture shrinks %d times: a chequerboard turns grey", (scale) => {
    const side = 400;
    const samples = Uint8Array.from(
      { length: side * side },
      (_, at) => 255 * (((at % side) + Math.floor(at / side)) % 2),
    );
    const source = planarSource(samples, { channels: 1, widthPx: side, heightPx: side });
    const widthPx = Math.floor(side / scale);
    const size = { widthPx, heightPx: widthPx, outside: "edge", filter: "lanczos", kernels } as const;
    for (const value of warpSamples(source, { ...size, targetToSource: [scale, 0, 0, 0, scale, 0] }))
      expect(Math.abs(value - 127.5)).toBeLessThan(13);
  });

  const sampled = (["4:2:0", "4:2:2", "4:4:4"] as const).flatMap((sampling) =>
    ([8, 10, 12] as const).map((depthBits) => ({ sampling, depthBits })),
  );

  test.each(sampled)(
    "a frame's colours stand where they belong: $sampling, $depthBits bit",
    ({ sampling, depthBits }) => {
      const format: YuvFormat = {
        widthPx: 96,
        heightPx: 64,
        depthBits,
        sampling,
        matrix: "bt709",
        range: "limited",
      };
      const planes = allocateYuvPlanes(format);
      const unit = 2 ** (depthBits - 8);
      const [stepX, stepY] = [sampling === "4:4:4" ? 1 : 2, sampling === "4:2:0" ? 2 : 1];
      for (const [index, samples] of planes.entries()) {
        const widthPx = index === 0 ? 96 : 96 / stepX;
        for (const at of samples.keys()) {
          // Luma's centres lie at .5; chroma's on even columns, and between rows in 4:2:0.
          const x = index === 0 ? (at % widthPx) + 0.5 : (at % widthPx) * stepX + 0.5;
          const y = index === 0 ? Math.floor(at / widthPx) + 0.5 : (Math.floor(at / widthPx) + 0.5) * stepY;
          samples[at] = Math.round(unit * (index === 0 ? 60 + x : 100 + index * 5 + 0.3 * x + 0.2 * y));
        }
      }
      const picture = { format, planes };
      const size = { widthPx: 96, heightPx: 64, range: [-1, 1], outside: "edge", filter: "linear", kernels } as const;
      const same = warpToRgb(picture, { ...size, targetToFrame: identity });
      const expected = yuvToRgbFloats(picture, { kernels });
      const last = { x: 90, y: 60 };
      for (const [at, value] of same.entries()) {
        const [x, y] = [at % 96, Math.floor(at / 96) % 64];
        if (x < last.x && y < last.y && x > 2 && y > 2)
          expect(Math.abs(value - (expected[at] ?? NaN))).toBeLessThan(0.012 / unit + 0.001);
      }
    },
  );

  test("bytes and the same picture's planes give the same crop, and grey beyond the frame", () => {
    const rgb = Uint8Array.from({ length: 3 * 64 * 48 }, (_, at) => [200, 120, 90][at % 3] ?? 0);
    const crop = warpToRgb(
      { widthPx: 64, heightPx: 48, rgb },
      {
        targetToFrame: [2, 0, -20, 0, 2, 4],
        widthPx: 20,
        heightPx: 20,
        range: [-1, 1],
        outside: 0.25,
        filter: "cubic",
        kernels,
      },
    );
    expect([crop[0], crop[400], crop[800]]).toEqual([0.25, 0.25, 0.25].map((value) => expect.closeTo(value, 5)));
    const inside = [200, 120, 90].map((code) => expect.closeTo(code / 127.5 - 1, 5));
    expect([crop[5 * 20 + 15], crop[400 + 5 * 20 + 15], crop[800 + 5 * 20 + 15]]).toEqual(inside);
  });
});
