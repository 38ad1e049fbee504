// Downloads against a real server on this machine that breaks, lies, redirects and stalls.
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger, systemClock } from "../../src/core/base/index.ts";
import { downloadFile } from "../../src/core/weights/index.ts";
import type { Download } from "../../src/core/weights/index.ts";
import { answerStatus, redirectTo, serveWell, startModelServer } from "../support/model-server.ts";
import type { Behaviour } from "../support/model-server.ts";

const content = new Uint8Array(300_000).map((_, index) => (index * 31 + (index >> 8)) & 0xff);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-download-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const limits = { fruitlessAttempts: 3, firstWaitMs: 1, longestWaitMs: 5, silenceMs: 2000 };

type Case = { readonly order?: Partial<Download>; readonly signal?: AbortSignal };

function fetchFrom(addresses: readonly string[], { order = {}, signal }: Case = {}) {
  const download: Download = {
    addresses,
    path: join(folder, "model.pt"),
    sizeBytes: content.byteLength,
    aboutBytes: content.byteLength,
    sha256,
    ...order,
  };
  return downloadFile(download, {
    clock: systemClock,
    logger: silentLogger,
    signal: signal ?? new AbortController().signal,
    onProgress: () => undefined,
    limits,
  });
}

async function serveOnce(behaviours: readonly Behaviour[], how: Case = {}) {
  await using server = await startModelServer(content, ...behaviours);
  const result = await fetchFrom([`${server.url}/model.pt`], how).then(
    (hash) => ({ hash, error: undefined }),
    (error: unknown) => ({ hash: undefined, error: error as { code?: string } }),
  );
  return { ...result, asked: server.asked };
}

const expectWhole = async () => {
  expect(await readdir(folder)).toEqual(["model.pt"]);
  expect(Buffer.compare(await readFile(join(folder, "model.pt")), content)).toBe(0);
};

describe("a download", () => {
  test("arrives whole, with its hash, and leaves nothing beside it", async () => {
    expect((await serveOnce([serveWell()])).hash).toBe(sha256);
    await expectWhole();
  });

  test("goes on after every broken connection where it stopped, asking for the same version", async () => {
    const breaks = serveWell({ breakAfterBytes: 70_000 });
    const { hash, asked } = await serveOnce([breaks]);
    expect(hash).toBe(sha256);
    expect(asked.length).toBeGreaterThanOrEqual(5);
    const rests = asked.filter(({ range }) => range !== undefined);
    expect(rests.length).toBeGreaterThanOrEqual(3);
    expect(new Set(rests.map(({ ifRange }) => ifRange))).toEqual(new Set(['"v1"']));
    await expectWhole();
  });

  test("works without a length when the hash is known", async () => {
    const { hash } = await serveOnce([serveWell({ lacksLength: "lacks-length" })]);
    expect(hash).toBe(sha256);
  });

  test("begins anew when the server ignores ranges", async () => {
    const whole: Behaviour = (bytes, _request, response) => response.writeHead(200, { etag: '"v1"' }).end(bytes);
    const { hash, asked } = await serveOnce([serveWell({ breakAfterBytes: 90_000 }), whole]);
    expect(hash).toBe(sha256);
    expect(asked).toHaveLength(2);
    await expectWhole();
  });

  test("throws away what it has when the server sends another range, and asks for all", async () => {
    const wrong: Behaviour = (bytes, _request, response) =>
      response.writeHead(206, { "content-range": `bytes 0-${bytes.byteLength - 1}/${bytes.byteLength}` }).end(bytes);
    const { hash, asked } = await serveOnce([serveWell({ breakAfterBytes: 90_000 }), wrong, serveWell()]);
    expect(hash).toBe(sha256);
    expect(asked.map(({ range }) => range !== undefined)).toEqual([false, true, false]);
    await expectWhole();
  });

  test("begins anew when the file changes between two connections", async () => {
    const { hash } = await serveOnce([
      serveWell({ etag: '"old"', breakAfterBytes: 90_000 }),
      serveWell({ etag: '"new"' }),
    ]);
    expect(hash).toBe(sha256);
    await expectWhole();
  });

  test("follows a redirect on this machine and keeps its range", async () => {
    const { hash } = await serveOnce([redirectTo("/elsewhere.pt"), serveWell()]);
    expect(hash).toBe(sha256);
  });

  test("waits for a server in trouble and tries again", async () => {
    const { hash, asked } = await serveOnce([
      answerStatus(503),
      answerStatus(429, { "retry-after": "0" }),
      serveWell(),
    ]);
    expect(hash).toBe(sha256);
    expect(asked).toHaveLength(3);
  });

  test("gives a silent connection up and tries again", async () => {
    const stalls: Behaviour = (bytes, _request, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": String(bytes.byteLength) });
      response.write(bytes.subarray(0, 1000));
    };
    expect((await serveOnce([stalls, serveWell()])).hash).toBe(sha256);
  });

  test("asks the next address when one has given up", async () => {
    await using gone = await startModelServer(content, answerStatus(404));
    await using good = await startModelServer(content);
    expect(await fetchFrom([`${gone.url}/a.pt`, `${good.url}/b.pt`])).toBe(sha256);
    expect(gone.asked).toHaveLength(1);
  });

  test("does not ask again for a file that is there and right, and fetches one that is wrong", async () => {
    await writeFile(join(folder, "model.pt"), content);
    expect((await serveOnce([serveWell()])).asked).toHaveLength(0);
    await writeFile(join(folder, "model.pt"), new Uint8Array(content.byteLength));
    expect((await serveOnce([serveWell()])).asked).toHaveLength(1);
    await expectWhole();
  });

  test("stops when it is cancelled and keeps what has arrived", async () => {
    const controller = new AbortController();
    const slowly: Behaviour = (bytes, _request, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": String(bytes.byteLength) });
      response.write(bytes.subarray(0, 50_000));
      const hasArrived = expect.poll(async () => (await stat(join(folder, "model.pt.partial"))).size).toBe(50_000);
      void hasArrived.then(() => controller.abort(new Error("cancelled")));
    };
    const { error } = await serveOnce([slowly], { signal: controller.signal });
    expect(error).toMatchObject({ message: "cancelled" });
    expect((await readdir(folder)).toSorted()).toEqual(["model.pt.partial", "model.pt.partial.json"]);
    const { hash, asked } = await serveOnce([serveWell()]);
    expect(hash).toBe(sha256);
    // Another server: the same bytes by their hash, but not the first one's name for them.
    expect(asked[0]).toMatchObject({ range: "bytes=50000-", ifRange: undefined });
    await expectWhole();
  });

  test("fetches everything again when what lay here from before was hurt", async () => {
    await writeFile(join(folder, "model.pt.partial"), new Uint8Array(5000));
    await writeFile(
      join(folder, "model.pt.partial.json"),
      JSON.stringify({ address: "https://a.example", etag: null }),
    );
    const { hash, asked } = await serveOnce([serveWell()]);
    expect(hash).toBe(sha256);
    expect(asked.map(({ range }) => range)).toEqual(["bytes=5000-", undefined]);
    await expectWhole();
  });

  test("does not continue a file without a hash and without a version to ask for", async () => {
    await writeFile(join(folder, "model.pt.partial"), new Uint8Array(5000));
    await writeFile(
      join(folder, "model.pt.partial.json"),
      JSON.stringify({ address: "https://a.example", etag: null }),
    );
    const { hash, asked } = await serveOnce([serveWell()], { order: { sha256: undefined } });
    expect(hash).toBe(sha256);
    expect(asked.map(({ range }) => range)).toEqual([undefined]);
  });
});

const changed = content.with(1234, (content[1234] ?? 0) ^ 1);
const serve =
  (bytes: Uint8Array): Behaviour =>
  (_content, _request, response) =>
    response.writeHead(200).end(bytes);

const failures: Readonly<Record<string, readonly [readonly Behaviour[], string, number]>> = {
  "wrong bytes": [[serve(changed)], "models.wrong-bytes", 1],
  "a file that is announced longer": [[serve(new Uint8Array(content.byteLength + 1))], "models.wrong-length", 1],
  "a file that grows beyond its length": [
    [
      (bytes, _request, response) => {
        response.writeHead(200);
        response.write(bytes);
        response.end("more");
      },
    ],
    "models.wrong-length",
    1,
  ],
  "a missing file": [[answerStatus(404)], "models.not-at-source", 1],
  "a file one may not have": [[answerStatus(401)], "models.not-at-source", 1],
  "a server that stays in trouble": [[answerStatus(500)], "models.download-failed", 3],
  "a server that closes at once": [[(_b, _q, response) => response.destroy()], "models.download-failed", 3],
  "a file that always ends early": [[serveShort], "models.download-failed", 4],
  "a redirect in circles": [[redirectTo("/again.pt")], "models.bad-redirect", 6],
  "a redirect to a plain address": [[redirectTo("http://example.org/model.pt")], "models.bad-address", 1],
  "a redirect to this disk": [[redirectTo("file:///etc/passwd")], "models.bad-address", 1],
  "a redirect that carries a password": [[redirectTo("https://user:word@example.org/x")], "models.bad-address", 1],
  "a redirect to nowhere": [[answerStatus(302)], "models.bad-redirect", 1],
  "packed bytes": [[answerStatus(200, { "content-encoding": "br" })], "models.not-at-source", 1],
};

function serveShort(...[bytes, , response]: Parameters<Behaviour>): void {
  response.writeHead(200);
  response.end(bytes.subarray(0, 1000));
}

test.each(Object.entries(failures))("%s is refused", async (_name, [behaviours, code, requests]) => {
  const { error, asked } = await serveOnce(behaviours);
  expect(error?.code).toBe(code);
  expect(asked).toHaveLength(requests);
  expect(await readdir(folder)).not.toContain("model.pt");
});

test.each([
  "http://example.org/m.pt",
  "ftp://example.org/m.pt",
  "file:///etc/passwd",
  "https://a:b@example.org/m.pt",
  "nonsense",
])("%s is never asked", async (address) => {
  await expect(fetchFrom([address])).rejects.toMatchObject({ code: "models.bad-address" });
});
