// The web host: the same core behind HTTP and WebSocket, on this machine's loopback address only.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { failed, refused } from "../shared/failure/index.ts";
import { maxMessageBytes, serveContract, socketTransport } from "../shared/contract/index.ts";
import type { Logger, Random } from "../core/base/index.ts";
import type { Core } from "../core/commands/index.ts";
import { errnoOf, findStaticFile, pageHeaders } from "../core/serving/index.ts";
import { hasSession, isSameSecret, refusalOf, sessionCookie } from "./guard.ts";
import type { Guard } from "./guard.ts";
import { htmlOf, noSessionPage, notBuiltPage, startedPage } from "./pages.ts";
import type { Page } from "./pages.ts";
import { sendFile } from "./send-file.ts";
import { closeCodes, socketOf } from "./socket.ts";
import { takeUpload } from "./upload.ts";

export type WebServerOptions = {
  readonly core: Core;
  /** 0 takes a free one. */
  readonly port: number;
  /** The built renderer. It may be missing; the page then says how to build it. */
  readonly rendererFolder: string;
  readonly logger: Logger;
  readonly random: Random;
  /** Kept over restarts by the caller, so that a page that was open finds its way back; a new one when missing. */
  readonly sessionSecret?: string | undefined;
};

export type WebServer = AsyncDisposable & {
  readonly port: number;
  /** An address that opens the editor in one browser, once. Earlier ones that were not used stay good. */
  readonly newStartUrl: () => string;
};

type Serving = WebServerOptions & {
  readonly guard: Guard;
  readonly startTokens: Set<string>;
};

const loopback = "127.0.0.1";
// Requests in flight at the end get this long; an upload is then cut, and its partial file removed.
const graceMs = 3000;

/** Serves until disposed. The core stays the caller's. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000 });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(options.port, error)));
    server.listen(options.port, loopback, () => resolve((server.address() as AddressInfo).port));
  });
  const guard: Guard = { port, sessionSecret: options.sessionSecret ?? secret(options.random) };
  const serving: Serving = { ...options, guard, startTokens: new Set() };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });

  server.on("request", (request: IncomingMessage, response: ServerResponse) => void answer(serving, request, response));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const status = upgradeStatus(serving, request);
    if (status !== 101) refuseUpgrade(socket, status);
    else sockets.handleUpgrade(request, socket, head, (webSocket) => serveSocket(serving, webSocket));
  });

  return {
    port,
    newStartUrl: () => {
      const token = secret(options.random);
      serving.startTokens.add(token);
      return `http://${loopback}:${port}/start?token=${token}`;
    },
    [Symbol.asyncDispose]: async () => {
      for (const webSocket of sockets.clients) webSocket.close(closeCodes.goingAway, "the server is closing");
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        for (const webSocket of sockets.clients) webSocket.terminate();
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

const secret = (random: Random): string => Buffer.from(random.bytes(32)).toString("base64url");

function serveSocket({ core, logger }: Serving, webSocket: WebSocket): void {
  serveContract(socketTransport(socketOf(webSocket)), {
    handlers: core.handlers,
    events: core.events,
    onFailure: (name, error) => logger.error(`${name} failed`, { error }),
  });
}

function upgradeStatus({ guard }: Serving, request: IncomingMessage): number {
  const refusal = refusalOf({ method: "GET", headers: request.headers, isUpgrade: true }, guard);
  if (refusal) return refusal.status;
  if (!hasSession(request.headers, guard)) return 401;
  return request.url === "/contract" ? 101 : 404;
}

/** Node leaves a socket it hands over unguarded: its errors, and an other side that never hangs up, are ours to end. */
function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { guard, logger } = serving;
  response.on("error", (error) => logger.debug("a browser left", { error }));
  try {
    const refusal = refusalOf({ method: request.method ?? "", headers: request.headers }, guard);
    const host = request.headers.host;
    const safeHost = refusal || host === undefined ? `${loopback}:${guard.port}` : host;
    for (const [name, value] of Object.entries(pageHeaders([`ws://${safeHost}`]))) response.setHeader(name, value);
    if (refusal) sendText(response, refusal.status, `Refused: ${refusal.why}.\n`);
    else await route(serving, request, response);
  } catch (error) {
    logger.error(`${request.method} ${request.url} failed`, { error });
    if (response.headersSent) response.destroy();
    else sendText(response, 500, "The server failed; its log says why.\n");
  }
}

async function route(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = parseUrl(request.url ?? "");
  if (url?.pathname === "/start") return start(serving, response, url.searchParams.get("token") ?? "");
  if (!hasSession(request.headers, serving.guard)) return sendPage(response, 401, noSessionPage);
  if (url?.pathname === "/upload" && request.method === "POST") {
    const name = url.searchParams.get("name") ?? "";
    return takeUpload(request, response, { uploads: serving.core.uploads, name });
  }
  if (request.method !== "GET" && request.method !== "HEAD")
    return sendText(response.setHeader("Allow", "GET, HEAD"), 405, "This server answers GET and HEAD.\n");
  if (url?.pathname.startsWith("/media/"))
    return sendResource(serving, { request, response, resourceId: url.pathname.slice("/media/".length) });
  return sendStatic(serving, request, response);
}

// The path as it was sent, undecoded: what it means is decided once, by whoever serves it.
function parseUrl(target: string): { readonly pathname: string; readonly searchParams: URLSearchParams } | undefined {
  if (!target.startsWith("/")) return undefined;
  const [pathname = "", search = ""] = target.split("?", 2);
  return { pathname, searchParams: new URLSearchParams(search) };
}

function start({ guard, startTokens }: Serving, response: ServerResponse, token: string): void {
  const known = [...startTokens].find((each) => isSameSecret(each, token));
  if (known === undefined) return sendPage(response, 401, noSessionPage);
  startTokens.delete(known);
  response.setHeader("Set-Cookie", sessionCookie(guard));
  sendPage(response, 200, startedPage);
}

type ResourceRequest = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly resourceId: string;
};

async function sendResource({ core }: Serving, { request, response, resourceId }: ResourceRequest): Promise<void> {
  const resource = await core.resources.resolve(resourceId);
  const isSent =
    resource !== undefined &&
    (await sendFile(request, response, {
      path: resource.filePath,
      contentType: resource.contentType,
      etag: resource.etag,
      cacheControl: "private, no-cache",
    }));
  if (!isSent) sendText(response, 404, "There is no such media.\n");
}

async function sendStatic(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const urlPath = parseUrl(request.url ?? "")?.pathname ?? "";
  const file = await findStaticFile(serving.rendererFolder, urlPath);
  if (file && (await sendFile(request, response, file))) return;
  if (urlPath === "/") sendPage(response, 503, notBuiltPage);
  else sendText(response, 404, "There is nothing here.\n");
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" }).end(text);
}

function sendPage(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
  response.end(htmlOf(page));
}

function cannotListen(port: number, error: Error): Error {
  if (errnoOf(error) === "EADDRINUSE")
    return refused("web.port-taken", {
      message: `Port ${port} of ${loopback} is taken by another program.`,
      hint: "Choose another port, or 0 for any free one.",
      details: { port },
    });
  return failed("web.cannot-listen", { message: `The server cannot listen on port ${port}.`, cause: error });
}
