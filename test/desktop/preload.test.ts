// The built preload script, run where there is nothing but what Electron's sandbox offers.
import { execFileSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createContext, runInContext } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import { channels } from "../../src/shared/desktop/index.ts";

const root = path.resolve(import.meta.dirname, "../..");
const built = path.join(root, "dist/preload/preload.cjs");

beforeAll(() => {
  const vite = path.join(root, "node_modules/vite/bin/vite.js");
  execFileSync(process.execPath, [vite, "build", "--config", "vite.preload.config.ts", "--logLevel", "error"], {
    cwd: root,
  });
});

class Port extends EventTarget {
  readonly posted: unknown[] = [];
  readonly postMessage = (message: unknown) => void this.posted.push(message);
  readonly start = () => undefined;
  readonly close = () => undefined;
}

function load() {
  const exposed: Record<string, Record<string, (...args: readonly unknown[]) => unknown>> = {};
  const required: string[] = [];
  const invoked: string[] = [];
  const renderer = new EventEmitter();
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: never) => void (exposed[name] = value) },
    ipcRenderer: {
      on: (channel: string, listener: (event: unknown) => void) => renderer.on(channel, listener),
      invoke: (channel: string) => {
        invoked.push(channel);
        return Promise.resolve(["/films/a.mov"]);
      },
    },
    webUtils: { getPathForFile: () => "/films/dropped.mov" },
  };
  const require = (name: string) => {
    required.push(name);
    if (name !== "electron") throw new Error(`the sandbox has no module ${name}`);
    return electron;
  };
  runInContext(readFileSync(built, "utf8"), createContext({ require, exports: {}, module: { exports: {} } }));
  return { bridge: exposed["dubwright"] ?? {}, exposed, required, invoked, renderer };
}

test("20 the page sees named functions and nothing else", () => {
  const { bridge, exposed, required } = load();
  expect(Object.keys(exposed)).toEqual(["dubwright"]);
  expect(required).toEqual(["electron"]);
  expect(Object.keys(bridge).toSorted()).toEqual([
    "chooseFolder",
    "chooseMedia",
    "close",
    "connect",
    "onClose",
    "onMessage",
    "pathForFile",
    "send",
  ]);
  for (const value of Object.values(bridge)) expect(typeof value).toBe("function");
});

test("connecting resolves when the port has come, and messages pass as plain values", async () => {
  const { bridge, invoked, renderer } = load();
  const received: unknown[] = [];
  bridge["onMessage"]?.((...args: readonly unknown[]) => received.push(args));
  const connected = bridge["connect"]?.();
  const port = new Port();
  renderer.emit(channels.port, { ports: [port], sender: "never handed on" });
  await connected;
  expect(invoked).toEqual([channels.connect]);
  bridge["send"]?.({ type: "call" });
  expect(port.posted).toEqual([{ type: "call" }]);
  port.dispatchEvent(new MessageEvent("message", { data: { type: "event" } }));
  expect(received).toEqual([[{ type: "event" }]]);
});

test("the end of the port is told once as the loss of the core", async () => {
  const { bridge, renderer } = load();
  const reasons: unknown[] = [];
  bridge["onClose"]?.((reason: unknown) => reasons.push(reason));
  const connected = bridge["connect"]?.();
  const port = new Port();
  renderer.emit(channels.port, { ports: [port] });
  await connected;
  port.dispatchEvent(new Event("close"));
  expect(reasons).toEqual(["the core host ended"]);
});

test("dropped files give their path, dialogs theirs", async () => {
  const { bridge } = load();
  expect(bridge["pathForFile"]?.({})).toBe("/films/dropped.mov");
  expect(await bridge["chooseMedia"]?.()).toEqual(["/films/a.mov"]);
});
