// Rules of how the project names files.
import fc from "fast-check";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { filePathOf, recordPathOf } from "./media-paths.ts";

const project = resolve("/films/Night.dubwright");

test.each([
  ["a file inside", join(project, "media", "a.mov"), "media/a.mov"],
  ["a file whose name begins with dots", join(project, "..a.mov"), "..a.mov"],
  ["a file beside the project", resolve("/films/a.mov"), resolve("/films/a.mov")],
  ["a file in a folder whose name begins alike", resolve("/films/Night.dubwright2/a.mov"), undefined],
  ["a way out and back in", join(project, "..", "Night.dubwright", "a.mov"), "a.mov"],
])("%s", (_case, filePath, recordPath) => {
  expect(recordPathOf(project, filePath)).toBe(recordPath ?? filePath);
});

test("what a record names is the file that was named", () => {
  const name = fc.stringMatching(/^[\w .-]{1,20}$/).filter((each) => !/^\.+$/.test(each));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), fc.boolean(), (parts, isInside) => {
      const filePath = isInside ? join(project, ...parts) : resolve("/elsewhere", ...parts);
      expect(filePathOf(project, recordPathOf(project, filePath))).toBe(filePath);
    }),
  );
});
