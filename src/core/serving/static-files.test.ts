// Rules of static files: a URL's path never leads out of the folder, however it is written.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findStaticFile } from "./static-files.ts";

let outside = "";
let folder = "";
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), "dubwright-static-"));
  folder = join(outside, "renderer");
  await mkdir(join(folder, "assets"), { recursive: true });
  await mkdir(join(outside, "renderer-of-another"));
  for (const path of ["secret.js", "renderer-of-another/secret.js", "renderer/index.html", "renderer/assets/app-1a.js"])
    await writeFile(join(outside, path), path);
  await writeFile(join(folder, ".env.js"), "hidden");
  await writeFile(join(folder, "notes.exe"), "of a kind that we don't serve");
  await symlink(join(outside, "secret.js"), join(folder, "link.js"));
  await symlink(outside, join(folder, "linked"));
});
afterAll(() => rm(outside, { recursive: true, force: true }));

test.each([
  ["/", "index.html", "text/html; charset=utf-8", "no-cache"],
  ["/index.html", "index.html", "text/html; charset=utf-8", "no-cache"],
  ["/assets/app-1a.js", "app-1a.js", "text/javascript; charset=utf-8", "private, max-age=31536000, immutable"],
  ["/assets/app%2D1a.js", "app-1a.js", "text/javascript; charset=utf-8", "private, max-age=31536000, immutable"],
])("%s is %s", async (urlPath, name, contentType, cacheControl) => {
  const file = await findStaticFile(folder, urlPath);
  expect(file).toMatchObject({ contentType, cacheControl });
  expect(file?.path.endsWith(name)).toBe(true);
});

test.each([
  ["parent folders", "/../secret.js"],
  ["encoded dots", "/%2e%2e/secret.js"],
  ["an encoded slash", "/..%2fsecret.js"],
  ["a doubly encoded path", "/%252e%252e%252fsecret.js"],
  ["overlong UTF-8", "/%c0%ae%c0%ae/secret.js"],
  ["a broken escape", "/%E0%A4%A"],
  ["backslashes", "/..\\secret.js"],
  ["encoded backslashes", "/..%5csecret.js"],
  ["NUL", "/index.html%00.js"],
  ["a line break", "/index.html%0a"],
  ["a drive letter", "/C:/Windows/win.ini"],
  ["an alternate data stream", "/index.html::$DATA.js"],
  ["a UNC path", "//server/share/a.js"],
  ["an absolute path", "//etc/passwd.js"],
  ["a file link that leads outside", "/link.js"],
  ["a folder link that leads outside", "/linked/secret.js"],
  ["a neighbour whose name begins alike", "/../renderer-of-another/secret.js"],
  ["a hidden file", "/.env.js"],
  ["a trailing dot", "/index.html."],
  ["a trailing slash", "/index.html/"],
  ["a folder", "/assets"],
  ["a kind that is not a page's", "/notes.exe"],
  ["a very long name", `/${"a".repeat(5000)}.js`],
  ["no leading slash", "index.html"],
  ["nothing", ""],
])("%s finds nothing", async (_case, urlPath) => {
  expect(await findStaticFile(folder, urlPath)).toBeUndefined();
});
