// The meter against the signals of EBU Tech 3341 and the tables of BS.1770.
import { describe, expect, test } from "vitest";
import { createLoudnessMeter, loudnessWeights } from "./index.ts";
import type { LoudnessReading } from "./index.ts";
import { kWeighting } from "./loudness.ts";

type Stretch = { readonly seconds: number; readonly levelDbfs: number };

const stereo = [1, 1] as const;

/** A 1 kHz sine of stretches at given peak levels, the same in every channel, fed in blocks of odd size. */
function readTone(
  stretches: readonly Stretch[],
  channelWeights: readonly number[],
  sampleRateHz = 48_000,
): LoudnessReading {
  const meter = createLoudnessMeter({ sampleRateHz, channelWeights });
  let n = 0;
  for (const { seconds, levelDbfs } of stretches) {
    const gain = 10 ** (levelDbfs / 20);
    for (let left = Math.round(seconds * sampleRateHz); left > 0;) {
      const block = new Float32Array(Math.min(left, 7919));
      for (let k = 0; k < block.length; k++) block[k] = gain * Math.sin((2 * Math.PI * 1000 * n++) / sampleRateHz);
      meter.push(channelWeights.map(() => block));
      left -= block.length;
    }
  }
  return meter.read();
}

/** The document's signals last four times as long; the gate looks at proportions only. */
describe("EBU Tech 3341", () => {
  test.each([
    ["1: -23 dBFS in stereo", [{ seconds: 5, levelDbfs: -23 }], -23],
    ["2: -33 dBFS in stereo", [{ seconds: 5, levelDbfs: -33 }], -33],
    [
      "3: the gate leaves out what is more than 10 LU quieter",
      [
        { seconds: 2.5, levelDbfs: -36 },
        { seconds: 15, levelDbfs: -23 },
        { seconds: 2.5, levelDbfs: -36 },
      ],
      -23,
    ],
    [
      "4: the gate leaves out what is below -70 LUFS before it looks for the mean",
      [
        { seconds: 2.5, levelDbfs: -72 },
        { seconds: 2.5, levelDbfs: -36 },
        { seconds: 15, levelDbfs: -23 },
        { seconds: 2.5, levelDbfs: -36 },
        { seconds: 2.5, levelDbfs: -72 },
      ],
      -23,
    ],
    [
      "5: three levels within the gate",
      [
        { seconds: 5, levelDbfs: -26 },
        { seconds: 5.025, levelDbfs: -20 },
        { seconds: 5, levelDbfs: -26 },
      ],
      -23,
    ],
  ] as const)("signal %s", (_name, stretches, expectedLufs) => {
    expect(Math.abs(readTone(stretches, stereo).integratedLufs - expectedLufs)).toBeLessThan(0.1);
  });

  test("signal 6: 5.0 with -28 in front, -24 in the centre and -30 at the sides reads -23", () => {
    const meter = createLoudnessMeter({ sampleRateHz: 48_000, channelWeights: loudnessWeights("5.0", 5) });
    const channels = [-28, -28, -24, -30, -30].map((levelDbfs) =>
      Float32Array.from({ length: 240_000 }, (_, n) => 10 ** (levelDbfs / 20) * Math.sin((2 * Math.PI * n) / 48)),
    );
    meter.push(channels);
    expect(Math.abs(meter.read().integratedLufs + 23)).toBeLessThan(0.1);
  });

  test("momentary and short-term of a steady tone are its loudness, and wait for their first 0.4 s and 3 s", () => {
    const steady = readTone([{ seconds: 4, levelDbfs: -23 }], stereo);
    expect(steady.momentaryLufs).toBeCloseTo(-23, 1);
    expect(steady.shortTermLufs).toBeCloseTo(-23, 1);
    const short = readTone([{ seconds: 1, levelDbfs: -23 }], stereo);
    expect([short.shortTermLufs, short.momentaryLufs > -24]).toEqual([-Infinity, true]);
  });

  test.each([
    ["15: fs / 4 at phase 0", { amplitude: 0.5, turnsPerSample: 1 / 4, phase: 0 }, -6],
    [
      "16: fs / 4 at 45 degrees, whose samples stay 3 dB below the peak",
      { amplitude: 0.5, turnsPerSample: 1 / 4, phase: Math.PI / 4 },
      -6,
    ],
    ["17: fs / 6 at 60 degrees", { amplitude: 0.5, turnsPerSample: 1 / 6, phase: Math.PI / 3 }, -6],
    ["18: fs / 8 at 67.5 degrees", { amplitude: 0.5, turnsPerSample: 1 / 8, phase: (67.5 / 180) * Math.PI }, -6],
    ["19: fs / 4 at 45 degrees, over full scale", { amplitude: 1.41, turnsPerSample: 1 / 4, phase: Math.PI / 4 }, 3],
  ] as const)("true peak signal %s", (_name, { amplitude, turnsPerSample, phase }, expectedDbtp) => {
    const meter = createLoudnessMeter({ sampleRateHz: 48_000, channelWeights: [1] });
    // Faded in and out: a sine switched on has a higher peak of its own.
    const envelope = (n: number) => Math.min(1, n / 2400, (48_000 - n) / 2400);
    meter.push([
      Float32Array.from(
        { length: 48_000 },
        (_, n) => envelope(n) * amplitude * Math.sin(2 * Math.PI * turnsPerSample * n + phase),
      ),
    ]);
    const errorDb = meter.read().truePeakDbtp - expectedDbtp;
    expect(errorDb).toBeLessThan(0.2);
    expect(errorDb).toBeGreaterThan(-0.4);
  });
});

describe("the meter", () => {
  test("at 48 kHz the filters are those of the standard's table", () => {
    const table = [
      [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
      [1, -2, 1, -1.99004745483398, 0.99007225036621],
    ];
    for (const [k, filter] of kWeighting(48_000).entries()) {
      for (const [i, coefficient] of filter.entries()) expect(coefficient).toBeCloseTo(table[k]?.[i] ?? NaN, 12);
    }
  });

  test.each([44_100, 96_000, 192_000])("reads the same at %i Hz", (sampleRateHz) => {
    const { integratedLufs, truePeakDbtp } = readTone([{ seconds: 3, levelDbfs: -23 }], stereo, sampleRateHz);
    expect(integratedLufs).toBeCloseTo(-23, 1);
    expect(truePeakDbtp).toBeCloseTo(-23, 1);
  });

  test("silence reads -Infinity and never NaN", () => {
    const meter = createLoudnessMeter({ sampleRateHz: 48_000, channelWeights: stereo });
    meter.push([new Float32Array(96_000), new Float32Array(96_000)]);
    expect(Object.values(meter.read())).toEqual([-Infinity, -Infinity, -Infinity, -Infinity, -Infinity, -Infinity]);
  });

  test("LFE does not count towards loudness but towards true peak", () => {
    const meter = createLoudnessMeter({ sampleRateHz: 48_000, channelWeights: loudnessWeights("2.1", 3) });
    const silence = new Float32Array(48_000);
    meter.push([silence, silence, silence.map((_, n) => Math.sin(n / 100))]);
    expect(meter.read().integratedLufs).toBe(-Infinity);
    expect(meter.read().truePeakDbtp).toBeGreaterThan(-0.1);
  });

  test("a block with a missing channel is refused", () => {
    const meter = createLoudnessMeter({ sampleRateHz: 48_000, channelWeights: stereo });
    expect(() => meter.push([new Float32Array(3)])).toThrow("2 channels");
  });
});
