// Models through a real core with real workers: licence, download, resume, verify, wrong pairs, removal; and proxies.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobSummary } from "../../src/shared/contract/index.ts";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createCore } from "../../src/core/commands/index.ts";
import type { Core } from "../../src/core/commands/index.ts";
import { networkParameters } from "../../src/core/models/index.ts";
import { serveWell, startModelServer } from "../support/model-server.ts";
import type { Behaviour } from "../support/model-server.ts";
import { writeSparseCheckpoint } from "../support/torch-checkpoint.ts";

let folder = "";
let content = new Uint8Array();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-core-models-"));
  const path = join(folder, "judge.pt");
  // The smallest published network by far, under the key that torch's own training script writes.
  await writeSparseCheckpoint(
    path,
    [...networkParameters("lpips-linear")].map(([key, dims]) => ({ key, dims })),
  );
  content = await readFile(path);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const manifest = () => ({
  format: 1,
  licences: [
    { id: "rail", title: "RAIL", url: "https://example.org/rail", summary: "Be good.", restrictions: ["Being bad."] },
  ],
  models: [
    {
      id: "judge",
      title: "Judge",
      purpose: "Judges",
      role: "training",
      network: "lpips-linear",
      trainedForPx: null,
      file: { name: "judge.pt", sizeBytes: content.byteLength, isSizeExact: true, sha256: sha256Of(content) },
      source: { repository: "a/b", revision: "main", path: "judge.pt", urls: [] },
      licence: "rail",
      notes: [],
    },
  ],
});

const openCore = (alternativeBase: string): Core =>
  createCore({
    host: "web",
    version: "0.0.0",
    folders: { appData: join(folder, "app"), home: folder },
    ffmpegPlaces: { searchPath: [] },
    worker: {
      nodePath: process.execPath,
      entryPath: fileURLToPath(new URL("../../src/core/commands/worker.ts", import.meta.url)),
      environment: process.env,
    },
    models: { alternativeBase, manifest: manifest() },
    jobs: "run",
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });

const context = { signal: new AbortController().signal };

async function ended(core: Core, { jobId }: { readonly jobId: string }): Promise<JobSummary> {
  for (;;) {
    const { job } = await core.handlers["jobs.get"]({ jobId }, context);
    if (["done", "failed", "cancelled"].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const order = { modelId: "judge", dtype: "float32", acceptLicence: true } as const;

test("a model is fetched only after its licence, its forbidden uses told, is accepted; the acceptance is recorded", async () => {
  await using server = await startModelServer(content);
  await using core = openCore(server.url);
  const { handlers } = core;
  await expect(handlers["models.download"]({ ...order, acceptLicence: false }, context)).rejects.toMatchObject({
    code: "models.licence-not-accepted",
    message: expect.stringContaining("Being bad.") as string,
  });
  expect(server.asked).toEqual([]);
  const job = await ended(core, await handlers["models.download"](order, context));
  expect(job).toMatchObject({ state: "done", failure: null, result: { modelId: "judge" } });
  expect(server.asked[0]?.url).toBe("/a/b/resolve/main/judge.pt");
  const { models, licences } = await handlers["models.list"]({}, context);
  expect(models[0]).toMatchObject({ downloadedBytes: 0, stored: [{ dtype: "float32", isPublishedFile: true }] });
  expect(licences[0]?.acceptedAt).not.toBeNull();
  const record = JSON.parse(await readFile(join(folder, "app/models/accepted-licences.json"), "utf8")) as {
    accepted: { licenceId: string; textSha256: string }[];
  };
  expect(record.accepted).toEqual([
    {
      licenceId: "rail",
      textSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      acceptedAt: licences[0]?.acceptedAt,
    },
  ]);
  const verified = await ended(core, await handlers["models.verify"]({ model: "judge" }, context));
  expect(verified.state).toBe("done");
  expect((await handlers["jobs.list"]({ limit: 10 }, context)).jobs).toHaveLength(2);
});

test("a damaged model is found by verify and taken away by remove", async () => {
  await using server = await startModelServer(content);
  await using core = openCore(server.url);
  const { handlers } = core;
  await ended(core, await handlers["models.download"](order, context));
  const { models, folder: storeFolder } = await handlers["models.list"]({}, context);
  const { contentSha256 = "", network = "" } = models[0]?.stored[0] ?? {};
  const path = join(storeFolder, network, contentSha256, "weights.safetensors");
  const bytes = await readFile(path);
  bytes.set([1], bytes.byteLength - 1);
  await writeFile(path, bytes);
  const job = await ended(core, await handlers["models.verify"]({ model: "judge" }, context));
  expect(job.failure?.code).toBe("models.damaged");
  await handlers["models.remove"]({ model: "judge" }, context);
  expect((await handlers["models.list"]({}, context)).models[0]?.stored).toEqual([]);
});

test("a cancelled download goes on where it stopped, in another core, too; and remove takes back what it left", async () => {
  const stalls = serveSlowly();
  await using server = await startModelServer(content, stalls);
  {
    await using core = openCore(server.url);
    const { jobId } = await core.handlers["models.download"](order, context);
    expect((await core.handlers["models.download"](order, context)).jobId).toBe(jobId);
    await untilFetched(core);
    await core.handlers["jobs.cancel"]({ jobId }, context);
    expect((await ended(core, { jobId })).state).toBe("cancelled");
  }
  await using core = openCore(server.url);
  const left = (await core.handlers["models.list"]({}, context)).models[0]?.downloadedBytes;
  expect(left).toBe(1000);
  server.behave(serveWell());
  expect((await ended(core, await core.handlers["models.download"](order, context))).state).toBe("done");
  expect(server.asked.at(-1)).toMatchObject({ range: "bytes=1000-", ifRange: '"v1"' });
});

const serveSlowly = (): Behaviour => (bytes, _request, response) => {
  response.writeHead(200, { etag: '"v1"', "content-length": String(bytes.byteLength) });
  response.write(bytes.subarray(0, 1000));
};

async function untilFetched(core: Core): Promise<void> {
  for (;;) {
    const { models } = await core.handlers["models.list"]({}, context);
    if ((models[0]?.downloadedBytes ?? 0) >= 1000) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("an imported file is known by its hash, and one that is said to be another is refused before anything is written", async () => {
  await using core = openCore("http://127.0.0.1:9");
  const { handlers } = core;
  const asked = { path: join(folder, "judge.pt"), dtype: "float16", acceptLicence: false } as const;
  const refusedJob = await ended(core, await handlers["models.import"](asked, context));
  expect(refusedJob.failure?.code).toBe("models.licence-not-accepted");
  const job = await ended(core, await handlers["models.import"]({ ...asked, acceptLicence: true }, context));
  expect(job).toMatchObject({ state: "done", result: { modelId: "judge" } });
  const other = await ended(core, await handlers["models.import"]({ ...asked, as: "nothing" }, context));
  expect(other.failure?.code).toBe("models.wrong-pair");
  const { models } = await handlers["models.list"]({}, context);
  expect(models[0]?.stored).toMatchObject([{ dtype: "float16", isPublishedFile: true }]);
});

/** A forward proxy: plain requests and tunnels. Tells whom it was asked for. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const onward = httpRequest(request.url ?? "", { headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const [host = "", port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, asked, [Symbol.asyncDispose]: close };
}

test("downloads go through the proxy of the environment, and past it where NO_PROXY says so", async () => {
  await using server = await startModelServer(content);
  await using proxy = await startProxy();
  const script = fileURLToPath(new URL("../support/models-once.ts", import.meta.url));
  const fetchTo = async (name: string, environment: Readonly<Record<string, string>>) => {
    const file = { path: join(folder, name), sizeBytes: content.byteLength, aboutBytes: 1, sha256: sha256Of(content) };
    const download = { type: "download", download: { ...file, addresses: [`${server.url}/m.pt`] } };
    const variables = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url, NO_PROXY: "", no_proxy: "", ...environment };
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(download)], {
      env: { ...process.env, ...variables },
    });
    expect(JSON.parse(stdout)).toEqual({ contentSha256: sha256Of(content) });
  };
  await fetchTo("through.pt", {});
  expect(proxy.asked).toHaveLength(1);
  await fetchTo("past.pt", { no_proxy: "127.0.0.1" });
  expect(proxy.asked).toHaveLength(1);
});
