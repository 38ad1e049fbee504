// Names of exports: patterns are filled, and what no disk takes is told.
import { describe, expect, test } from "vitest";
import { endingOf, exportPresets, presetIds } from "./presets.ts";
import { fileNameOf, nameProblem, nameTokens } from "./file-name.ts";

const values = {
  project: "Night",
  reel: "R1",
  version: "German",
  language: "pt-BR",
  preset: "prores",
  codec: "prores-422-hq",
  size: "1920x1080",
  rate: "23.976",
};

describe("a file's name", () => {
  test("is its pattern with every token filled in", () => {
    expect(fileNameOf("{project}_{reel}_{language}_{preset}", values)).toBe("Night_R1_pt-BR_prores");
    expect(fileNameOf(nameTokens.map((token) => `{${token}}`).join(" "), values)).not.toMatch(/[{}]/u);
    expect(fileNameOf("{reel}", { ...values, reel: "{project}" })).toBe("{project}");
  });

  test("is refused where some disk would not take it", () => {
    for (const name of ["Night_R1", "Nacht über Köln", "夜", "a.b", "x".repeat(200)])
      expect(nameProblem(name), name).toBeUndefined();
    const refusedNames = ["", " ", "R1/2", "R1\\2", "a\nb", "who?", "a:b", "end.", "end ", ".hidden", "-y", "NUL"];
    for (const name of [...refusedNames, "com1.mov", "夜".repeat(90)]) expect(nameProblem(name), name).toBeDefined();
  });

  test("of every preset is a file's where its values are", () => {
    for (const id of presetIds) {
      expect(exportPresets[id].id).toBe(id);
      expect(nameProblem(fileNameOf(exportPresets[id].fileName, values) + endingOf(exportPresets[id]))).toBeUndefined();
    }
  });
});
