// Contrast, computed from the tokens: 4.5 : 1 for text, 3 : 1 for what must be seen to be used (WCAG 2.2, 1.4.3 and 1.4.11).
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(path.join(import.meta.dirname, "tokens.css"), "utf8");

function tokensOf(theme: "dark" | "light"): ReadonlyMap<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map(
    [...block.matchAll(/(--[a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}

/** Relative luminance of sRGB, as WCAG defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [darker = 0, lighter = 0] = [luminance(left), luminance(right)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ["--ground", "--panel", "--raised", "--field"];
const texts = ["--text", "--text-dim", "--text-faint", "--good", "--notice", "--bad"];

test.each(["dark", "light"] as const)("%s: every text is readable on every ground it may stand on", (theme) => {
  const tokens = tokensOf(theme);
  const of = (name: string) => tokens.get(name) ?? expect.unreachable(`there is no ${name}`);
  for (const text of texts)
    for (const ground of grounds)
      expect(contrast(of(text), of(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  expect(contrast(of("--on-accent"), of("--accent"))).toBeGreaterThanOrEqual(4.5);
  expect(contrast(of("--on-accent"), of("--accent-strong"))).toBeGreaterThanOrEqual(4.5);
  for (const text of ["--selected-text", "--text-dim", "--notice", "--bad"])
    expect(contrast(of(text), of("--selected")), `${text} on --selected`).toBeGreaterThanOrEqual(4.5);
});

test.each(["dark", "light"] as const)("%s: focus, edges of fields, playhead and waveform can be seen", (theme) => {
  const tokens = tokensOf(theme);
  const of = (name: string) => tokens.get(name) ?? expect.unreachable(`there is no ${name}`);
  for (const mark of [
    "--focus",
    "--line-strong",
    "--playhead",
    "--wave",
    "--accent",
    "--face-good",
    "--face-bad",
    "--face-out",
  ])
    for (const ground of ["--panel", "--field"])
      expect(contrast(of(mark), of(ground)), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3);
});
