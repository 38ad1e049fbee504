// Rules of byte ranges, after RFC 9110.
import fc from "fast-check";
import { expect, test } from "vitest";
import { answerRange } from "./byte-range.ts";

const answer = (range: string | undefined, ifRange?: string) =>
  answerRange({ range, ifRange, etag: '"v1"', sizeBytes: 1000 });

test.each([
  ["bytes=0-0", 0, 0],
  ["bytes=0-", 0, 999],
  ["bytes=500-", 500, 999],
  ["bytes=999-", 999, 999],
  ["bytes=10-19", 10, 19],
  ["bytes=990-2000", 990, 999],
  ["bytes=-1", 999, 999],
  ["bytes=-5000", 0, 999],
  ["Bytes=1-2", 1, 2],
])("%s is bytes %i to %i of a thousand", (range, firstByte, lastByte) => {
  expect(answer(range)).toEqual({ status: 206, firstByte, lastByte });
});

test.each(["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999-"])(
  "%s lies outside a thousand bytes",
  (range) => {
    expect(answer(range)).toEqual({ status: 416 });
  },
);

test.each([
  undefined,
  "bytes=",
  "bytes=-",
  "bytes=5-4",
  "bytes=a-b",
  "bytes=0x1-2",
  "items=0-1",
  "bytes=0-1,5-6",
  "0-1",
])("%s is answered with the whole file", (range) => {
  expect(answer(range)).toEqual({ status: 200 });
});

test("a range made for another version of the file is answered with the whole file", () => {
  expect(answer("bytes=0-1", '"v1"')).toMatchObject({ status: 206 });
  expect(answer("bytes=0-1", '"v0"')).toEqual({ status: 200 });
  expect(answer("bytes=0-1", 'W/"v1"')).toEqual({ status: 200 });
  expect(answer("bytes=0-1", "Wed, 21 Oct 2026 07:28:00 GMT")).toEqual({ status: 200 });
});

test("no range of an empty file can be given", () => {
  for (const range of ["bytes=0-", "bytes=0-0", "bytes=-1"])
    expect(answerRange({ range, ifRange: undefined, etag: '""', sizeBytes: 0 })).toEqual({ status: 416 });
});

test("whatever is asked, a part lies within the file", () => {
  const ranges = fc.tuple(fc.option(fc.bigInt({ min: 0n })), fc.option(fc.bigInt({ min: 0n })), fc.nat(1e12));
  fc.assert(
    fc.property(ranges, ([first, last, sizeBytes]) => {
      const found = answerRange({
        range: `bytes=${first ?? ""}-${last ?? ""}`,
        ifRange: undefined,
        etag: "",
        sizeBytes,
      });
      if (found.status !== 206) return;
      expect(found.firstByte).toBeGreaterThanOrEqual(0);
      expect(found.lastByte).toBeGreaterThanOrEqual(found.firstByte);
      expect(found.lastByte).toBeLessThan(sizeBytes);
    }),
  );
});
