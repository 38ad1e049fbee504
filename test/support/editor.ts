// The editor as a person has it: the web host in its own process, and its page in a real Chromium.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { tempFolder } from "./media.ts";

const root = path.resolve(import.meta.dirname, "../..");

export const chromiumPath = (): string => process.env["DUBWRIGHT_CHROMIUM"] ?? "/usr/bin/chromium";

export type EditorHost = AsyncDisposable & {
  /** Home of the person: the folder that dialogs open in. */
  readonly homeFolder: string;
  /** Works once. */
  readonly startUrl: string;
  /** As a power cut would: no signal that it could act on. */
  readonly kill: () => Promise<void>;
  /** On the same port, as a person would start it again. */
  readonly restart: () => Promise<void>;
};

/** `dubwright serve` over an empty home folder. */
export async function startEditorHost(): Promise<EditorHost> {
  const home = await tempFolder();
  const port = await freePort();
  let running = await spawnServe(home.path, port);
  const kill = async () => {
    if (running.process.exitCode !== null || running.process.signalCode !== null) return;
    running.process.kill("SIGKILL");
    await once(running.process, "exit");
  };
  return {
    homeFolder: home.path,
    startUrl: running.startUrl,
    kill,
    restart: async () => {
      running = await spawnServe(home.path, port);
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await home[Symbol.asyncDispose]();
    },
  };
}

type Serving = { readonly process: ChildProcess; readonly startUrl: string };

async function spawnServe(homeFolder: string, port: number): Promise<Serving> {
  const child = spawn(
    process.execPath,
    [path.join(root, "src/cli/main.ts"), "serve", "--json", "--port", String(port)],
    {
      cwd: homeFolder,
      env: { ...process.env, HOME: homeFolder, DUBWRIGHT_APP_DATA: path.join(homeFolder, ".config") },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  for await (const line of createInterface({ input: child.stdout }))
    return { process: child, startUrl: String((JSON.parse(line) as { url: unknown }).url) };
  throw new Error(`dubwright serve ended with ${child.exitCode} before it told its address.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("A listening server has a port.");
  return address.port;
}

export type EditorPage = AsyncDisposable & {
  readonly page: Page;
  /** Errors of the page's console, its exceptions and what its policy blocked. */
  readonly complaints: readonly string[];
};

export async function openEditorPage(startUrl: string): Promise<EditorPage> {
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  const complaints: string[] = [];
  page.on("console", (message) => {
    // What a lost connection prints is the browser's own line, not ours.
    const isOfConnection = /WebSocket connection|ERR_CONNECTION_REFUSED|favicon/.test(
      message.text() + message.location().url,
    );
    if (message.type() === "error" && !isOfConnection) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(startUrl);
  await page.getByRole("heading", { name: "Dubwright" }).waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => browser.close() };
}
