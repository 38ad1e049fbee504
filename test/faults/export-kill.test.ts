// A batch under kill -9: whatever moment it dies at, a file is whole and told of rightly, or absent, and nothing is made twice.
import { spawn } from "node:child_process";
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom } from "../../src/core/base/index.ts";
import { outputHash, readReport } from "../../src/core/export/index.ts";
import { makeExportFilm, makeExportProject, makeExportSound } from "../support/export-project.ts";
import { faultReport } from "../support/fault-report.ts";
import type { FaultReport } from "../support/fault-report.ts";
import { tempFolder } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";

/** 50 before a release; each takes some seconds. */
const roundCount = Number(process.env["DUBWRIGHT_EXPORT_KILLS"] ?? 6);
const mainPath = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const presets = ["prores", "ffv1"];
const languages = ["de", "fr", "pt-BR"];

let home: Awaited<ReturnType<typeof tempFolder>>;
let project = "";
const out = () => join(home.path, "out");
beforeAll(async () => {
  home = await tempFolder();
  const films = [
    await makeExportFilm(home.path, { name: "R1", rate: "25/1", frameCount: 8, timecode: "01:00:00:00" }),
    await makeExportFilm(home.path, { name: "R2", rate: "24/1", frameCount: 8, timecode: "02:00:00:00" }),
  ];
  await using own = await openRealCore({ folder: home.path });
  project = await makeExportProject({ own, films, languages, sound: await makeExportSound(home.path) });
}, 240_000);
afterAll(() => home[Symbol.asyncDispose]());

const cellCount = 2 * presets.length * languages.length;

function startBatch() {
  const args = ["export", "run", "--project", project, "--presets", presets.join(","), "--out", out(), "--json"];
  const child = spawn(process.execPath, [mainPath, ...args], {
    env: { ...process.env, DUBWRIGHT_APP_DATA: join(home.path, "app") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, complaint] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, ended, last: () => said.trim().split("\n").at(-1) ?? "", complaint: () => complaint };
}

/** Files that stand at their place, by name, with what tells a second making apart. */
async function standing(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(out()).catch(() => []);
  const films = names.filter((name) => /\.(?:mov|mkv)$/u.test(name));
  const found = await Promise.all(
    films.map(async (name) => {
      const { ino, mtimeMs, size } = await stat(join(out(), name));
      return [name, `${ino} ${mtimeMs} ${size}`] as const;
    }),
  );
  return new Map(found);
}

async function audit(before: ReadonlyMap<string, string>, report: FaultReport): Promise<ReadonlyMap<string, string>> {
  const now = await standing();
  for (const name of now.keys()) {
    const path = join(out(), name);
    const told = readReport(await readFile(`${path}.report.json`, "utf8"));
    const hash = await outputHash(path, new AbortController().signal);
    report.check(told?.output.sha256 === hash?.sha256, `${name} is what its report says`);
  }
  for (const [name, made] of before) report.check(now.get(name) === made, `${name} was made once`);
  return now;
}

test(
  "of 2 reels, 3 languages and 2 presets every file is whole and right or absent, and is made once",
  async () => {
    const report = faultReport(`batch of ${cellCount} files under kill -9`);
    const random = randomFrom(9);
    let before: ReadonlyMap<string, string> = new Map();
    for (let round = 0; round < roundCount; round++) {
      const batch = startBatch();
      const delayMs = 1_000 + random.uniform() * 9_000;
      const timer = setTimeout(() => batch.child.kill("SIGKILL"), delayMs);
      const exitCode = await batch.ended;
      clearTimeout(timer);
      report.round(exitCode === null ? "kill -9" : undefined);
      report.check(
        exitCode === null || exitCode === 0,
        `a batch that ended by itself ended well: ${batch.complaint()}`,
      );
      before = await audit(before, report);
      if (before.size < cellCount) continue;
      // All are there: begin anew, so that there is something left to kill.
      await rm(out(), { recursive: true });
      before = new Map();
    }
    const batch = startBatch();
    expect(await batch.ended, batch.complaint()).toBe(0);
    const after = await audit(before, report);
    report.check(after.size === cellCount, `all ${cellCount} are there, found ${after.size}`);
    expect(JSON.parse(batch.last())).toMatchObject({ missing: 0 });
    const { made, unchanged } = JSON.parse(batch.last()) as { made: number; unchanged: number };
    report.check(made + unchanged === cellCount, `the totals are ${made} made and ${unchanged} unchanged`);
    const again = startBatch();
    expect(await again.ended, again.complaint()).toBe(0);
    expect(JSON.parse(again.last())).toMatchObject({ made: 0, unchanged: cellCount, missing: 0 });
    await audit(after, report);
    const left = (await readdir(out())).filter((name) => name.endsWith(".partial"));
    report.check(left.length === 0, `nothing half made is left, found ${left.join(", ")}`);
    report.finish();
  },
  120_000 + 40_000 * roundCount,
);
