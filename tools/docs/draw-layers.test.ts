// The picture in docs/architecture.md is the table of shelves, drawn.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sharedOnly, shelves } from "../lint/layers.mjs";
import { drawLayers, picturePath } from "./draw-layers.mjs";

test("docs/layers.svg is current (else run node tools/docs/draw-layers.mjs)", () => {
  expect(readFileSync(picturePath, "utf8")).toBe(drawLayers());
});

test("every room of the table is in the picture, once", () => {
  const named = [...drawLayers().matchAll(/class="room"[^>]*>([^<]+)</g)].map(([, name]) => name);
  const rooms = [...shelves.flat(), ...sharedOnly].map((room) => room.replace(/^core\//, ""));
  expect(named).toHaveLength(rooms.length);
  expect(new Set(named)).toEqual(new Set(rooms));
});
