// The table of packed files: read as data, tiled exactly, and refused by name when anything about it is off.
import { describe, expect, test } from "vitest";
import { readPackedTable } from "./packed-assets.ts";

type File = { readonly filename?: unknown; readonly start?: unknown; readonly end?: unknown };

const loader = (table: unknown) =>
  `(function() { var loadPackage = function(metadata) {}; loadPackage(${JSON.stringify(table)}); })();`;
const tableOf = (files: readonly File[], size: unknown = 10) => loader({ files, remote_package_size: size });
const a: File = { filename: "/models/a.tflite", start: 0, end: 4 };
const b: File = { filename: "/models/b.tflite", start: 4, end: 10 };
const read = (text: string) => readPackedTable("loader.js", text, 10);

test("a sound table gives each file's range", () => {
  expect([...read(tableOf([a, b]))]).toEqual([
    ["/models/a.tflite", { offsetBytes: 0, byteLength: 4 }],
    ["/models/b.tflite", { offsetBytes: 4, byteLength: 6 }],
  ]);
});

const hostile: Readonly<Record<string, readonly [string, RegExp]>> = {
  "no table": ["alert(1)", /exactly one table/u],
  "two tables": [tableOf([a, b]) + tableOf([a, b]), /exactly one table/u],
  "a table without an end": ['loadPackage({"files": [', /does not end/u],
  "a table that is code": ["loadPackage({files: steal()});", /not plain data/u],
  "a table that says a thing twice": [
    'loadPackage({"files":[],"files":[],"remote_package_size":10});',
    /"files" twice/u,
  ],
  "another size": [tableOf([a, b], 11), /10 bytes instead of 11/u],
  "no files": [loader({ remote_package_size: 10 }), /lists no files/u],
  "a hole": [tableOf([a, { ...b, start: 5 }]), /lies at bytes 5 to 10/u],
  "an overlap": [tableOf([a, { ...b, start: 3 }]), /lies at bytes 3 to 10/u],
  "a backward file": [tableOf([a, { ...b, end: 2 }]), /lies at bytes 4 to 2/u],
  "a file beyond the end": [tableOf([a, { ...b, end: 12 }]), /end at byte 12 of 10/u],
  "a tail that belongs to nobody": [tableOf([a]), /end at byte 4 of 10/u],
  "two files of one name": [tableOf([a, { ...b, filename: a.filename }]), /stands twice/u],
  "a file without a name": [tableOf([{ ...a, filename: 7 }, b]), /lacks name, start or end/u],
  "a fractional place": [tableOf([{ ...a, end: 3.5 }, b]), /lacks name, start or end/u],
  "a file that is nothing": [loader({ files: [null], remote_package_size: 10 }), /lacks name, start or end/u],
};

describe("a hostile table is refused by name", () => {
  test.each(Object.entries(hostile))("%s", (_name, [text, message]) => {
    expect(() => read(text)).toThrow(message);
  });
});
