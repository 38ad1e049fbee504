// The core as a package carries it: bundled, elsewhere than its sources, it finds worker, kernels and ffmpeg beside itself.
import { execFile, fork } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ipcEndOf, linkToHost } from "../../src/core/commands/index.ts";
import { createClient } from "../../src/shared/contract/index.ts";
import { testFfmpeg } from "../support/media.ts";

const checkout = path.resolve(import.meta.dirname, "../..");

let resources = "";
beforeAll(async () => {
  resources = await mkdtemp(path.join(tmpdir(), "dubwright-package-"));
  const core = path.join(resources, "core");
  const vite = path.join(checkout, "node_modules/vite/bin/vite.js");
  const asked = ["build", "--config", "vite.core.config.ts", "--logLevel", "warn", "--outDir", core, "--emptyOutDir"];
  await promisify(execFile)(process.execPath, [vite, ...asked], { cwd: checkout });
  // What electron-builder.yml lays beside it.
  await symlink(path.join(checkout, "node_modules"), path.join(core, "node_modules"));
  await mkdir(path.join(core, "native"));
  // None that loads, so that the doctor says where it was looked for, on machines without a compiler, too.
  await writeFile(path.join(core, "native/dubwright.node"), "no addon");
  const { ffmpegPath, ffprobePath } = await testFfmpeg();
  await mkdir(path.join(resources, "ffmpeg"));
  await symlink(ffmpegPath, path.join(resources, "ffmpeg/ffmpeg"));
  await symlink(ffprobePath, path.join(resources, "ffmpeg/ffprobe"));
});
afterAll(() => rm(resources, { recursive: true, force: true }));

test("a packaged core finds its worker, its kernels and its ffmpeg, and nothing it needs lies elsewhere", async () => {
  const { HOME = resources } = process.env;
  const env = { HOME, PATH: "", DUBWRIGHT_APP_DATA: path.join(resources, "app") };
  const host = fork(path.join(resources, "core/core-host.js"), [], {
    env,
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise((resolve) => host.once("exit", resolve));
  const link = linkToHost(ipcEndOf(host));
  await link.whenReady();
  const { findings } = await createClient(link.connect()).operations["app.doctor"]({});
  host.disconnect();
  expect(await ended).toBe(0);
  const about = (subject: string) => findings.find((finding) => finding.subject === subject);
  for (const subject of ["ffmpeg", "sqlite", "workers"])
    expect(about(subject), about(subject)?.found).toMatchObject({ state: "good" });
  expect(about("native-kernels")?.advice).toContain(path.join(resources, "core/native/dubwright.node"));
});
