// A batch onto a disk that is too small: what fits is whole, what does not is absent, and with room the rest is made.
import { spawnSync } from "node:child_process";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputHash, readReport } from "../../src/core/export/index.ts";
import { makeExportFilm, makeExportProject, makeExportSound } from "../support/export-project.ts";
import { tempFolder } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";

const mainPath = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const presets = ["prores", "ffv1", "images"];

let home: Awaited<ReturnType<typeof tempFolder>>;
let project = "";
beforeAll(async () => {
  home = await tempFolder();
  const film = { name: "R1", rate: "25/1", frameCount: 12, timecode: "01:00:00:00" };
  const films = [await makeExportFilm(home.path, film)];
  await using own = await openRealCore({ folder: home.path });
  const sound = await makeExportSound(home.path);
  project = await makeExportProject({ own, films, languages: ["de", "fr"], sound });
}, 240_000);
afterAll(() => home[Symbol.asyncDispose]());

const namespaceFlags = (): readonly string[] | undefined =>
  [["-m"], ["-rm"]].find(
    (flags) =>
      spawnSync("unshare", [...flags, "sh", "-c", "mount -t tmpfs -o size=1m dubwright-test /mnt"]).status === 0,
  );

/** A disk of its own, first too small, then large enough; what lies on it after each batch is copied to where we can see it. */
const script = `
disk=$1; copies=$2; shift 2
mount -t tmpfs -o size=700k dubwright-test "$disk"
"$@" > "$copies/first.json"; echo $? > "$copies/first.code"; cp -r "$disk/out" "$copies/first"
mount -o remount,size=64m "$disk"
"$@" > "$copies/second.json"; echo $? > "$copies/second.code"; cp -r "$disk/out" "$copies/second"
`;

async function wholeOnes(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => !name.includes(".report.") && !name.startsWith("delivery"));
  for (const name of names) {
    const told = readReport(await readFile(join(folder, `${name}.report.json`), "utf8"));
    const hash = await outputHash(join(folder, name), new AbortController().signal);
    expect(told?.output.sha256, `${name} is what its report says`).toBe(hash?.sha256);
  }
  return names;
}

test("a full disk leaves whole files and nothing half made, is told as such, and the next batch makes what is missing", async ({
  skip,
}) => {
  const flags = namespaceFlags();
  if (!flags) skip("no small disk can be made here: unshare may neither mount as root nor as a user");
  const [disk, copies] = [join(home.path, "disk"), join(home.path, "copies")];
  await mkdir(disk);
  await mkdir(copies);
  const batch = ["export", "run", "--project", project, "--presets", presets.join(","), "--out", join(disk, "out")];
  const command = ["sh", "-c", script, "sh", disk, copies, process.execPath, mainPath, ...batch, "--json"];
  const done = spawnSync("unshare", [...(flags ?? []), ...command], {
    encoding: "utf8",
    env: { ...process.env, DUBWRIGHT_APP_DATA: join(home.path, "app") },
  });
  expect(done.status, done.stderr).toBe(0);
  const textOf = (name: string) => readFile(join(copies, name), "utf8");
  const lastOf = async (name: string) => JSON.parse((await textOf(name)).trim().split("\n").at(-1) ?? "") as object;

  expect((await textOf("first.code")).trim()).toBe("3");
  const first = await wholeOnes(join(copies, "first"));
  expect(first.length).toBeLessThan(2 * presets.length);
  expect(await textOf("first.json")).toMatch(/"code":"(?:media\.)?disk[.-]full"/u);
  expect((await textOf("second.code")).trim()).toBe("0");
  expect(await wholeOnes(join(copies, "second"))).toHaveLength(2 * presets.length);
  expect(await lastOf("second.json")).toMatchObject({ missing: 0, unchanged: first.length });
}, 300_000);
