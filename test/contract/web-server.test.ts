// Rules of the web host, asked over a real socket: keys, names, headers, ranges, uploads, an orderly end.
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { silentLogger, systemRandom } from "../../src/core/base/index.ts";
import { startWebServer } from "../../src/web/index.ts";
import type { WebServer } from "../../src/web/index.ts";
import { takeSession } from "../support/contract-connections.ts";
import { createCoreDouble } from "../support/core-double.ts";
import type { CoreDouble } from "../support/core-double.ts";

let folder = "";
let core: CoreDouble;
let server: WebServer;
let cookie = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-web-"));
  await mkdir(join(folder, "renderer"));
  await writeFile(join(folder, "renderer", "index.html"), "<!doctype html><title>the editor</title>");
  await writeFile(join(folder, "secret.js"), "outside");
  await writeFile(join(folder, "proxy.mp4"), Buffer.from(Array.from({ length: 1000 }, (_each, index) => index % 251)));
  core = createCoreDouble();
  core.resourceTable.set("film", { filePath: join(folder, "proxy.mp4"), contentType: "video/mp4", etag: '"v1"' });
  core.resourceTable.set("gone", { filePath: join(folder, "gone.mp4"), contentType: "video/mp4", etag: '"v1"' });
  server = await startWebServer({
    core,
    port: 0,
    rendererFolder: join(folder, "renderer"),
    logger: silentLogger,
    random: systemRandom,
  });
  cookie = await takeSession(server.newStartUrl());
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

type Answer = { readonly status: number; readonly headers: IncomingMessage["headers"]; readonly body: Buffer };
type Ask = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: Buffer | string };

/** A request whose path goes out exactly as written, which `fetch` would tidy up. */
function ask(path: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: server.port, path, method, headers: { cookie, ...headers } });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.end(body);
  });
}

describe("the key", () => {
  test("an address opens one browser, once", async () => {
    const startUrl = server.newStartUrl();
    const path = startUrl.slice(startUrl.indexOf("/start"));
    const first = await ask(path, { headers: { cookie: "" } });
    expect(first.status).toBe(200);
    expect(first.headers["set-cookie"]).toEqual([expect.stringMatching(/; Path=\/; HttpOnly; SameSite=Strict$/)]);
    const second = await ask(path, { headers: { cookie: "" } });
    expect(second.status).toBe(401);
    expect(second.headers["set-cookie"]).toBeUndefined();
  });

  test.each(["/", "/index.html", "/media/film", "/upload?name=a.mov"])("%s stays shut without it", async (path) => {
    for (const wrong of ["", "dubwright-1=x", `${cookie}x`])
      expect(await ask(path, { headers: { cookie: wrong } })).toMatchObject({ status: 401 });
  });

  test("a guessed token opens nothing", async () => {
    for (const token of ["", "x", "undefined"])
      expect(await ask(`/start?token=${token}`, { headers: { cookie: "" } })).toMatchObject({ status: 401 });
  });

  test("the server listens on the loopback address only", async () => {
    expect(new URL(server.newStartUrl()).hostname).toBe("127.0.0.1");
    await expect(fetch(`http://[::1]:${server.port}/`)).rejects.toThrow();
  });
});

test("every answer carries the security headers", async () => {
  for (const path of ["/", "/nothing.js", "/media/film", "/media/none", "/start?token=x"]) {
    const { headers } = await ask(path);
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port};`);
    expect(policy).not.toContain("unsafe");
  }
});

test("a foreign name or origin is refused whatever it asks", async () => {
  expect(await ask("/", { headers: { host: "evil.example" } })).toMatchObject({ status: 421 });
  expect(await ask("/media/film", { headers: { origin: "https://evil.example" } })).toMatchObject({ status: 403 });
  expect(await ask("/upload?name=a", { method: "POST" })).toMatchObject({ status: 403 });
});

test("methods that change nothing here are refused", async () => {
  const headers = { origin: `http://127.0.0.1:${server.port}` };
  for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
    expect(await ask("/", { method, headers })).toMatchObject({ status: 405 });
});

test.each([
  "/../secret.js",
  "/%2e%2e/secret.js",
  "/..%2fsecret.js",
  "/%252e%252e%252fsecret.js",
  "/..\\secret.js",
  "/index.html%00",
  "/C:/secret.js",
  "http://127.0.0.1/secret.js",
  "*",
  "/media/../../secret.js",
  "/media/..%2f..%2fsecret.js",
  "/media/",
])("%s finds nothing", async (path) => {
  const answer = await ask(path);
  expect(answer.status).toBe(404);
  expect(answer.body.toString()).not.toContain("outside");
});

test("a page that is not built says how to build it", async () => {
  await rm(join(folder, "renderer"), { recursive: true });
  const answer = await ask("/");
  expect(answer.status).toBe(503);
  expect(answer.body.toString()).toContain("npm run build");
});

describe("media", () => {
  const bytes = (first: number, last: number) =>
    Buffer.from(Array.from({ length: last - first + 1 }, (_each, index) => (first + index) % 251));

  test("comes whole with its validators", async () => {
    const answer = await ask("/media/film");
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "video/mp4",
      "content-length": "1000",
      "accept-ranges": "bytes",
      etag: '"v1"',
    });
    expect(answer.body.equals(bytes(0, 999))).toBe(true);
  });

  test("comes in parts", async () => {
    const answer = await ask("/media/film", { headers: { range: "bytes=100-299" } });
    expect(answer.status).toBe(206);
    expect(answer.headers["content-range"]).toBe("bytes 100-299/1000");
    expect(answer.body.equals(bytes(100, 299))).toBe(true);
  });

  test("says its size when a range lies outside", async () => {
    const answer = await ask("/media/film", { headers: { range: "bytes=1000-" } });
    expect(answer.status).toBe(416);
    expect(answer.headers["content-range"]).toBe("bytes */1000");
  });

  test("comes whole when the range was made for another version", async () => {
    const headers = { range: "bytes=0-9", "if-range": '"v0"' };
    expect(await ask("/media/film", { headers })).toMatchObject({ status: 200 });
    expect(await ask("/media/film", { headers: { ...headers, "if-range": '"v1"' } })).toMatchObject({ status: 206 });
  });

  test("does not come again when the browser has it", async () => {
    const answer = await ask("/media/film", { headers: { "if-none-match": '"v1"' } });
    expect(answer).toMatchObject({ status: 304 });
    expect(answer.body).toHaveLength(0);
  });

  test("tells its size to HEAD without its bytes", async () => {
    const answer = await ask("/media/film", { method: "HEAD" });
    expect(answer).toMatchObject({ status: 200, headers: { "content-length": "1000" } });
    expect(answer.body).toHaveLength(0);
  });

  test("is not found when nobody has given out its id, or its file is gone", async () => {
    for (const id of ["none", "gone", "film/", "film%2f", join(folder, "proxy.mp4")])
      expect(await ask(`/media/${id}`)).toMatchObject({ status: 404 });
  });
});

describe("uploads", () => {
  const post = (name: string, body: Buffer) =>
    ask(`/upload?name=${encodeURIComponent(name)}`, {
      method: "POST",
      body,
      headers: { origin: `http://127.0.0.1:${server.port}` },
    });

  test("a dropped file arrives whole and its path is answered", async () => {
    const answer = await post("Ein Film.mov", Buffer.alloc(3 << 20, 7));
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body.toString())).toEqual({ path: "/project/media/Ein Film.mov" });
    expect(core.received).toEqual([{ name: "Ein Film.mov", bytes: 3 << 20 }]);
  });

  test("a refusal is answered in the contract's words", async () => {
    const answer = await post("full.mov", Buffer.alloc(10));
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ failure: { kind: "refused", code: "disk.full" } });
  });

  test.each(["early.mov", "half.mov"])(
    "a refusal that comes before the file is whole (%s) is answered, too",
    async (name) => {
      const answer = await post(name, Buffer.alloc(24 << 20));
      expect(answer.status).toBe(409);
      expect(JSON.parse(answer.body.toString())).toMatchObject({ failure: { code: "disk.full" } });
    },
  );
});

describe("the WebSocket", () => {
  const shake = (headers: Record<string, string>, path = "/contract") =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
      socket.on("error", () => undefined);
      socket.on("unexpected-response", (_sent, response) => resolve(response.statusCode));
      socket.on("open", () => {
        socket.close();
        resolve(101);
      });
    });

  test("opens for our own page with the key, and for nobody else", async () => {
    const origin = `http://127.0.0.1:${server.port}`;
    expect(await shake({ origin, cookie })).toBe(101);
    expect(await shake({ origin })).toBe(401);
    expect(await shake({ cookie })).toBe(403);
    expect(await shake({ cookie, origin: "https://evil.example" })).toBe(403);
    expect(await shake({ cookie, origin, host: "evil.example" })).toBe(421);
    expect(await shake({ cookie, origin }, "/elsewhere")).toBe(404);
  });

  test.each([
    ["a frame beyond the limit", Buffer.alloc((8 << 20) + 1, 32).toString()],
    ["a binary frame", Buffer.from("{}")],
    ["what is no JSON", "{"],
  ])("is closed on %s", async (_case, data) => {
    const origin = `http://127.0.0.1:${server.port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/contract`, { headers: { cookie, origin } });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(data);
    await closed;
  });

  const foreignShake = "GET /contract HTTP/1.1\r\nHost: evil\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  test("outlives callers who are refused and break off at once", async () => {
    for (let round = 0; round < 50; round++) {
      const socket = connect(server.port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(foreignShake);
      // A reset on the heels of the request: the refusal is written to a connection that is no more.
      if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
    expect(await ask("/")).toMatchObject({ status: 200 });
  });

  test("hangs up on a refused caller who does not, so that the server can end", async () => {
    const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined);
    socket.write(foreignShake);
    socket.resume();
    await once(socket, "end");
    await server[Symbol.asyncDispose]();
    socket.destroy();
  });

  test("is told when the server closes", async () => {
    const origin = `http://127.0.0.1:${server.port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/contract`, { headers: { cookie, origin } });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("open", resolve));
    await server[Symbol.asyncDispose]();
    expect(await closed).toBe(1001);
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
  });
});

test("a port that is taken is a refusal that names it", async () => {
  const taking = startWebServer({
    core,
    port: server.port,
    rendererFolder: folder,
    logger: silentLogger,
    random: systemRandom,
  });
  await expect(taking).rejects.toMatchObject({ kind: "refused", code: "web.port-taken" });
});
