// Rules of a log's lines.
import { expect, test } from "vitest";
import { failed } from "../../shared/failure/index.ts";
import { logLine } from "./log-line.ts";

test("an entry is one line of JSON with its time", () => {
  const line = logLine({ level: "info", source: "core", message: "two\nlines", fields: { port: 1 } }, 0);
  expect(line).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(line)).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    level: "info",
    source: "core",
    message: "two\nlines",
    port: 1,
  });
});

test("an error is written with its message, code, details, stack and cause", () => {
  const error = failed("disk.failed", { message: "No.", details: { path: "/a" }, cause: new Error("EIO") });
  const { error: written } = JSON.parse(
    logLine({ level: "error", source: "core", message: "x", fields: { error } }, 0),
  );
  expect(written).toMatchObject({
    message: "No.",
    code: "disk.failed",
    details: { path: "/a" },
    cause: { message: "EIO" },
  });
  expect(written.stack).toContain("log-line.test.ts");
});
