// The three ways to a core, each served for real: in one process, over a child's IPC channel, over a WebSocket.
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { linkedTransports, serveContract, socketTransport } from "../../src/shared/contract/index.ts";
import type { Transport } from "../../src/shared/contract/index.ts";
import { silentLogger, systemRandom } from "../../src/core/base/index.ts";
import { ipcEndOf, linkToHost } from "../../src/core/commands/index.ts";
import type { HostLink } from "../../src/core/commands/index.ts";
import { startWebServer } from "../../src/web/index.ts";
import { createCoreDouble } from "./core-double.ts";

export type ServedCore = AsyncDisposable & {
  readonly connect: () => Promise<Transport>;
  /** Ends the core's side at once, as a crash would. */
  readonly crash: () => void;
};

export const waysToServe: Readonly<Record<string, () => Promise<ServedCore>>> = {
  "in one process": serveInProcess,
  "over a child's IPC channel": serveInChild,
  "over a WebSocket": serveOverWebSocket,
};

async function serveInProcess(): Promise<ServedCore> {
  const core = createCoreDouble();
  const serverEnds: Transport[] = [];
  return {
    connect: async () => {
      const [client, server] = linkedTransports();
      serveContract(server, { handlers: core.handlers, events: core.events, onFailure: () => undefined });
      serverEnds.push(server);
      return client;
    },
    crash: () => {
      for (const end of serverEnds) end.close();
    },
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  };
}

type Child = { readonly process: ChildProcess; readonly link: HostLink };

/** Serves one test after the other, for a process takes longer to start than all of them to run. */
let sharedChild: Child | undefined;

async function startChild(): Promise<Child> {
  const child = fork(fileURLToPath(new URL("core-double-process.ts", import.meta.url)));
  const link = linkToHost(ipcEndOf(child));
  await link.whenReady();
  return { process: child, link };
}

async function serveInChild(): Promise<ServedCore> {
  sharedChild ??= await startChild();
  const { process: child, link } = sharedChild;
  child.send("anew");
  const open: Transport[] = [];
  return {
    connect: async () => {
      const transport = link.connect();
      open.push(transport);
      return transport;
    },
    crash: () => {
      sharedChild = undefined;
      child.kill("SIGKILL");
    },
    [Symbol.asyncDispose]: async () => {
      for (const transport of open) transport.close();
    },
  };
}

/** Ends what serves several tests. */
export async function endServing(): Promise<void> {
  const child = sharedChild?.process;
  sharedChild = undefined;
  if (!child?.connected) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.disconnect();
  await exited;
}

async function serveOverWebSocket(): Promise<ServedCore> {
  const core = createCoreDouble();
  const server = await startWebServer({
    core,
    port: 0,
    rendererFolder: "/nowhere",
    logger: silentLogger,
    random: systemRandom,
  });
  const cookie = await takeSession(server.newStartUrl());
  const open: WebSocket[] = [];
  return {
    connect: async () => {
      const origin = `http://127.0.0.1:${server.port}`;
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/contract`, { origin, headers: { cookie } });
      open.push(socket);
      await new Promise((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      });
      return transportOfSocket(socket);
    },
    crash: () => {
      for (const socket of open) socket.terminate();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What a browser does with the printed address: shows the token once and keeps the cookie. */
export async function takeSession(startUrl: string): Promise<string> {
  const response = await fetch(startUrl);
  await response.text();
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

/** The page's side, as the renderer builds it over the browser's own WebSocket. */
function transportOfSocket(socket: WebSocket): Transport {
  return socketTransport({
    sendText: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    onText: (listener) => socket.on("message", (data: Buffer) => listener(data.toString("utf8"))),
    onClose: (listener) => socket.once("close", (code) => listener(`code ${code}`)),
    close: () => socket.close(),
  });
}
