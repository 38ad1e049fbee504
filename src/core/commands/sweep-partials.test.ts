// What is swept from a cache, and what is not.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLogger } from "../base/index.ts";
import { sweepPartials } from "./sweep-partials.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-sweep-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("unfinished files go from every folder, whole ones stay, and no folder is no fault", async () => {
  const media = join(folder, "media", "ab", "abcd");
  await mkdir(media, { recursive: true });
  for (const name of ["proxy-1.mp4", "proxy-1.mp4.partial", "peaks-1-1.dat.partial"])
    await writeFile(join(media, name), "x");
  await sweepPartials(join(folder, "media"), silentLogger);
  expect(await readdir(media)).toEqual(["proxy-1.mp4"]);
  await sweepPartials(join(folder, "nowhere"), silentLogger);
});
