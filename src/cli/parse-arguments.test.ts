// Rules of the command line's spelling.
import { describe, expect, test } from "vitest";
import { operationNames } from "../shared/contract/index.ts";
import { isOperation } from "./commands.ts";
import { fieldsOf } from "./fields.ts";
import { helpText } from "./help.ts";
import { parseArguments } from "./parse-arguments.ts";
import { UsageError } from "./usage-error.ts";

const parse = (line: string) => parseArguments(line.split(" ").filter((word) => word !== ""));

test.each([
  ["media probe film.mov", "media.probe", [{ path: "film.mov" }]],
  ["media probe --path film.mov", "media.probe", [{ path: "film.mov" }]],
  ["media probe --path=film.mov", "media.probe", [{ path: "film.mov" }]],
  ["media import a.mov b.wav", "media.import", [{ path: "a.mov" }, { path: "b.wav" }]],
  ["project create Night", "project.create", [{ folder: ".", name: "Night" }]],
  ["project create Night --folder /films", "project.create", [{ folder: "/films", name: "Night" }]],
  ["project language none", "project.language", [{ language: null }]],
  ["reel move reel:a 2", "reel.move", [{ reelId: "reel:a", order: 2 }]],
  [
    "reel move --order 2 reel:a reel:b",
    "reel.move",
    [
      { reelId: "reel:a", order: 2 },
      { reelId: "reel:b", order: 2 },
    ],
  ],
  ["jobs list --states queued,running --limit 5", "jobs.list", [{ states: ["queued", "running"], limit: 5 }]],
  ["jobs list --states queued --states running", "jobs.list", [{ states: ["queued", "running"] }]],
  ["app set --language zh-Hans", "app.set", [{ language: "zh-Hans" }]],
  ["undo", "history.undo", [{}]],
  ["redo", "history.redo", [{}]],
  ["doctor", "app.doctor", [{}]],
  ["render de out.mkv", "render.range", [{ versionId: "de", path: "out.mkv" }]],
  ["render range de out.mkv --range #1-#9", "render.range", [{ versionId: "de", path: "out.mkv", range: "#1-#9" }]],
  ["project info", "project.info", [{}]],
])("%s", (line, name, inputs) => {
  expect(parse(line)).toEqual({
    type: "operation",
    name,
    inputs,
    isJson: false,
    isVerbose: false,
    projectFolder: undefined,
  });
});

test("options for every command stand before or after it", () => {
  for (const line of ["--json --project /p -v undo", "undo --json -p /p --verbose", "-p /p undo --json -v"])
    expect(parse(line)).toMatchObject({ name: "history.undo", isJson: true, isVerbose: true, projectFolder: "/p" });
});

test("the terminal's own commands have their own flags", () => {
  expect(parse("serve --port 8080 --open")).toMatchObject({ type: "own", name: "serve" });
  expect(parse("jobs watch --json")).toMatchObject({ type: "own", name: "jobs watch", isJson: true });
});

test("a number may be negative", () => {
  const line = "dialogue add version:a a.wav --stream-index 1 --stem mix --offset-samples=-480";
  expect(parse(line)).toMatchObject({ inputs: [{ offsetSamples: -480, streamIndex: 1, stem: "mix" }] });
});

describe("a mistake is told with what would be right", () => {
  test.each([
    ["projct create", 'There is no command "projct".', 'Did you mean "project"?'],
    ["media imprt a.mov", "it has probe, import", 'Did you mean "import"?'],
    ["media", "Say one of: probe, import", ""],
    ["project close", 'project has no verb "close"', ""],
    ["media probe", "media probe needs PATH.", "Try: dubwright help media probe."],
    ["reel move reel:a", "reel move needs ORDER.", "Try: dubwright help reel move."],
    ["media probe a.mov --pth x", "Unknown option '--pth'.", 'Did you mean "--path"?'],
    ["media probe -dash.mp4", "Unknown option '-d'.", "Write a name that begins with a dash as ./-dash.mp4."],
    ["record list film", "--type is one of project, media", ""],
    ["record list medai", 'found "medai"', 'Did you mean "media"?'],
    ["reel move reel:a two", '--order is a whole number; found "two".', ""],
    ["reel move reel:a 1.5", '--order is a whole number; found "1.5".', ""],
    ["jobs list 5", '"5" is one too many.', "Flags begin with --."],
    ["serve 8080", 'serve takes no "8080".', ""],
  ])("%s", (line, message, hint) => {
    let error: unknown;
    try {
      parse(line);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), hint });
  });
});

describe("help", () => {
  test.each(["", "--help", "help", "-h", "--json"])("is given for %j", (line) => {
    expect(parse(line)).toMatchObject({ type: "help", about: [] });
  });

  test("is about the subject or command before it", () => {
    expect(parse("media --help")).toMatchObject({ about: ["media"] });
    expect(parse("help media import")).toMatchObject({ about: ["media", "import"] });
    expect(helpText(["media"])).not.toContain("project create");
    expect(helpText(["serve"])).toContain("--port NUMBER");
    expect(helpText(["models", "import"])).toMatch(/--accept-licence +You have read the licence and accept it$/m);
    expect(helpText(["undo"])).toContain("Take back the last edit.");
  });

  test("of a command that does not exist is refused, with the nearest one", () => {
    expect(() => helpText(["meda"])).toThrow(UsageError);
    expect(() => helpText(["media", "imprt"])).toThrow('There is no command "media imprt".');
  });

  test("tells every operation, and every field of each", () => {
    for (const name of operationNames.filter(isOperation)) {
      expect(helpText([])).toContain(name.replace(".", " "));
      for (const field of fieldsOf(name)) expect(helpText(name.split("."))).toContain(`--${field.flag}`);
    }
  });
});
