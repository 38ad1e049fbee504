// Rules of how records, edits and warnings are called in a terminal.
import { expect, test } from "vitest";
import { contract, operationNames } from "../../shared/contract/index.ts";
import { editName, holdingsText, warningText } from "./words.ts";

test("what a project holds is counted in people's plurals", () => {
  const none = { project: 1, media: 0, reel: 0, version: 0, "audio-track": 0, shot: 0 };
  const rest = { character: 0, "face-track": 0, segment: 0, take: 0, adapter: 0 };
  expect(holdingsText({ ...none, ...rest })).toBe("nothing yet");
  expect(holdingsText({ ...none, ...rest, media: 2, reel: 1, "audio-track": 3 })).toBe(
    "2 media files, 1 reel, 3 audio tracks",
  );
});

test("every edit that can be undone has a name of its own", () => {
  const undoable = operationNames.filter((name) => {
    const operation = contract[name];
    return operation.kind === "edit" && operation.undoable;
  });
  expect(undoable.length).toBeGreaterThan(5);
  expect(undoable.filter((name) => editName(name) === name)).toEqual([]);
  expect(editName("media.import")).toBe("import media");
});

test("a warning is a sentence, with times in seconds", () => {
  expect(warningText({ code: "truncated", details: { foundMs: 5016, declaredMs: 10_008 } })).toBe(
    "The file ends early: 5.0 s of 10.0 s are there.",
  );
});
