// The cepstral coefficients against an independent evaluation of the published recipe in NumPy, double precision.
import { expect, test } from "vitest";
import { mfcc, mfccColumns } from "./mfcc.ts";

const tone = Float32Array.from({ length: 5000 }, (_, n) => 0.3 * Math.sin(0.05 * n) + 0.1 * Math.sin(0.31 * n + 1));

const column = ({ values, columns }: ReturnType<typeof mfcc>, index: number) =>
  Array.from({ length: 13 }, (_, row) => values[row * columns + index] ?? NaN);

test("two tones give the coefficients of the reference, first column and last, which is half silence", () => {
  const found = mfcc(tone);
  expect(found).toMatchObject({ cepstra: 13, columns: 30 });
  const expected = [
    [18.71172, 12.92507, 4.0668, -12.24419, -5.26895, 14.26068, 32.11988, 27.77953, 4.22139, -22.65073, -32.26536],
    [18.60615, 24.13871, 1.11735, -12.1372, -4.40444, 19.1898, 39.69832, 37.29542, 13.40832, -14.82436, -26.99168],
  ];
  for (const [index, values] of [0, 29].entries())
    column(found, values)
      .slice(0, 11)
      .forEach((value, row) => expect(value).toBeCloseTo(expected[index]?.[row] ?? NaN, 4));
  expect(Math.hypot(...found.values)).toBeCloseTo(403.503349, 3);
});

test("silence has the least energy there is and no shape", () => {
  const [energy, ...shape] = column(mfcc(new Float32Array(1000)), 0);
  expect(energy).toBeCloseTo(-36.04365, 4);
  for (const value of shape) expect(value).toBeCloseTo(0, 6);
});

test("a column stands for every 10 ms that begin with a window or a part of one", () => {
  expect([0, 1, 400, 401, 560, 561, 16_000].map(mfccColumns)).toEqual([1, 1, 1, 2, 2, 3, 99]);
});

test("sound that comes 160 samples later gives the same columns one later", () => {
  const later = new Float32Array(tone.length + 160);
  later.set(tone, 160);
  const [early, late] = [mfcc(tone), mfcc(later)];
  for (const index of [3, 17])
    column(early, index).forEach((value, row) => expect(column(late, index + 1)[row]).toBeCloseTo(value, 4));
});
