// The ruler's marks: round labels at their exact frames, never so dense that they touch.
import { expect, test } from "vitest";
import { frameRates, parseTimecode, timecodeBase } from "../../shared/time/index.ts";
import { rulerTicks } from "./ruler-ticks.ts";
import { frameAtPx } from "./viewport.ts";

const labelsOf = (ticks: ReturnType<typeof rulerTicks>): readonly string[] =>
  ticks.flatMap(({ label }) => (label === undefined ? [] : [label]));

test("every labelled mark stands at the frame that carries its label, drop-frame too", () => {
  const base = { ...timecodeBase(frameRates["29.97"], "drop"), startLabelFrames: 107_892 };
  for (const framesPerPx of [0.05, 0.5, 2, 20, 150]) {
    const view = { startFrame: 1700, framesPerPx, widthPx: 1200 };
    for (const { px, label } of rulerTicks(view, base))
      if (label !== undefined) expect(frameAtPx(px, view)).toBeCloseTo(parseTimecode(label, base), 6);
  }
});

test("labels are at least 112 pixels apart at every zoom", () => {
  const base = timecodeBase(frameRates["23.976"], "non-drop");
  for (let framesPerPx = 1 / 48; framesPerPx < 200; framesPerPx *= 1.7) {
    const marks = rulerTicks({ startFrame: 500, framesPerPx, widthPx: 1400 }, base).filter(({ label }) => label);
    const gaps = marks.slice(1).map(({ px }, index) => px - (marks[index]?.px ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(111.9);
  }
});

test("labels are round: whole seconds when seconds are shown", () => {
  const base = { ...timecodeBase(frameRates["25"], "non-drop"), startLabelFrames: 90_000 };
  const labels = labelsOf(rulerTicks({ startFrame: 3, framesPerPx: 0.5, widthPx: 600 }, base));
  expect(labels).toContain("01:00:05:00");
  for (const label of labels) expect(label).toMatch(/:00$/);
});
