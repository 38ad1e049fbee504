// Rules of what a server's answer means for a download.
import { expect, test } from "vitest";
import { parseContentRange, planTransfer, strongEtag } from "./transfer-plan.ts";

const answer = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  header: (name: string) => headers[name] ?? null,
});
const fresh = { haveBytes: 0, sizeBytes: 100, etag: undefined };
const half = { haveBytes: 50, sizeBytes: 100, etag: '"v1"' };

test.each([
  ["the whole file begins anew", half, answer(200, { "content-length": "100" }), { type: "restart", totalBytes: 100 }],
  ["a file of unknown length is taken", fresh, answer(200), { type: "restart", totalBytes: undefined }],
  [
    "the rest is appended",
    half,
    answer(206, { "content-range": "bytes 50-99/100", etag: '"v1"' }),
    { type: "append", totalBytes: 100 },
  ],
  [
    "a complete file is complete",
    { ...half, haveBytes: 100 },
    answer(416, { "content-range": "bytes */100" }),
    { type: "complete" },
  ],
  [
    "too many requests wait as long as they say",
    fresh,
    answer(429, { "retry-after": "7" }),
    { type: "wait", waitMs: 7000 },
  ],
  ["a server in trouble is waited for", fresh, answer(503), { type: "wait", waitMs: undefined }],
  [
    "no wait is longer than two minutes",
    fresh,
    answer(503, { "retry-after": "86400" }),
    { type: "wait", waitMs: 120_000 },
  ],
  ["a missing file is given up", fresh, answer(404), { type: "give-up" }],
  ["a forbidden file is given up", fresh, answer(403), { type: "give-up" }],
  [
    "a file of another length is given up",
    fresh,
    answer(200, { "content-length": "99" }),
    { type: "give-up", isWrongLength: true },
  ],
  ["packed bytes are given up", fresh, answer(200, { "content-encoding": "gzip" }), { type: "give-up" }],
  [
    "a part that nobody asked for is discarded",
    fresh,
    answer(206, { "content-range": "bytes 0-99/100" }),
    { type: "discard" },
  ],
  ["another part is discarded", half, answer(206, { "content-range": "bytes 0-99/100" }), { type: "discard" }],
  [
    "a part that ends early is discarded",
    half,
    answer(206, { "content-range": "bytes 50-80/100" }),
    { type: "discard" },
  ],
  ["a part that is not named is discarded", half, answer(206), { type: "discard" }],
  [
    "a part of another version is discarded",
    half,
    answer(206, { "content-range": "bytes 50-99/100", etag: '"v2"' }),
    { type: "discard" },
  ],
  [
    "the rest of a file of another length is given up",
    half,
    answer(206, { "content-range": "bytes 50-98/99" }),
    { type: "give-up" },
  ],
  [
    "a beginning that is too long is discarded",
    { ...half, haveBytes: 300 },
    answer(416, { "content-range": "bytes */100" }),
    { type: "discard" },
  ],
])("%s", (_rule, wanted, head, step) => {
  expect(planTransfer(wanted, head)).toMatchObject(step);
});

test("a content range is three whole numbers in order, or it is none", () => {
  expect(parseContentRange("bytes 2-4/9")).toEqual({ startBytes: 2, endBytes: 5, totalBytes: 9 });
  for (const bad of [null, "", "bytes 4-2/9", "bytes -2/9", "items 0-1/2", "bytes 0-1/2, bytes 3-4/9", "bytes 0x1-2/9"])
    expect(parseContentRange(bad)).toBeUndefined();
});

test("a weak entity tag is no ground to continue on", () => {
  expect(strongEtag('"abc"')).toBe('"abc"');
  expect(strongEtag('W/"abc"')).toBeUndefined();
  expect(strongEtag(null)).toBeUndefined();
});
