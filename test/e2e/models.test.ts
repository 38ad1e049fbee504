// The models of the editor in a real Chromium: licence, download with progress, cancel, continue, verify, import, remove.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { networkParameters } from "../../src/core/models/index.ts";
import { build } from "../../tools/build.mjs";
import { openEditorPage, startEditorHost } from "../support/editor.ts";
import type { EditorHost, EditorPage } from "../support/editor.ts";
import { tempFolder } from "../support/media.ts";
import { serveWell, startModelServer } from "../support/model-server.ts";
import type { Behaviour, ModelServer } from "../support/model-server.ts";
import { writeSparseCheckpoint } from "../support/torch-checkpoint.ts";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env["DUBWRIGHT_SCREENSHOTS"];

const resources = new AsyncDisposableStack();
let host: EditorHost;
let server: ModelServer;
let editor: EditorPage;
let page: Page;

/** A third at once, the rest at a trickle that would take minutes. */
const trickle: Behaviour = (content, _request, response) => {
  let sentBytes = Math.floor(content.byteLength / 3);
  response.writeHead(200, { etag: '"v1"', "content-length": String(content.byteLength) });
  response.write(content.subarray(0, sentBytes));
  const timer = setInterval(() => {
    response.write(content.subarray(sentBytes, sentBytes + 20_000));
    sentBytes += 20_000;
  }, 100);
  response.on("close", () => clearInterval(timer));
};

beforeAll(async () => {
  await build(["page"]);
  const place = resources.use(await tempFolder());
  const whisper = path.join(place.path, "tiny.pt");
  await writeSparseCheckpoint(
    whisper,
    [...networkParameters("whisper-tiny")].map(([key, dims]) => ({ key, dims })),
  );
  const content = await readFile(whisper);
  server = resources.use(await startModelServer(content, trickle));
  // The list that ships, with the file of this test in place of OpenAI's.
  const list = JSON.parse(await readFile(path.resolve(import.meta.dirname, "../../assets/models.json"), "utf8")) as {
    models: { id: string; file: object; licence: string }[];
  };
  const models = list.models.map((model) => {
    if (model.id !== "whisper-tiny") return model;
    const sha256 = createHash("sha256").update(content).digest("hex");
    return {
      ...model,
      licence: "openrail++",
      file: { name: "tiny.pt", sizeBytes: content.byteLength, isSizeExact: true, sha256 },
    };
  });
  const listPath = path.join(place.path, "models.json");
  await writeFile(listPath, JSON.stringify({ ...list, models }));
  process.env["DUBWRIGHT_MODELS_URL"] = server.url;
  process.env["DUBWRIGHT_MODELS_LIST"] = listPath;
  host = resources.use(await startEditorHost());
  await writeSparseCheckpoint(
    path.join(host.homeFolder, "judge.pt"),
    [...networkParameters("lpips-linear")].map(([key, dims]) => ({ key, dims })),
  );
  editor = resources.use(await openEditorPage(host.startUrl));
  page = editor.page;
}, 180_000);

afterAll(() => resources.disposeAsync());

const row = () => page.locator("[data-model-id='whisper-tiny']");
const inState = (state: string) => page.locator(`[data-model-id='whisper-tiny'][data-state='${state}']`).waitFor();

async function shoot(name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: path.join(shots, `models-${name}.png`) });
}

async function expectAccessible(): Promise<void> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }).axe;
    return (await axe.run()).violations.map(({ id }) => id);
  });
  expect(violations).toEqual([]);
}

test("the models are listed by what they are for, each with its size and licence", async () => {
  await page.getByRole("button", { name: "Models" }).click();
  await inState("absent");
  expect(await page.getByRole("list", { name: "For dubbing" }).getByRole("listitem").count()).toBe(5);
  await shoot("list");
  await expectAccessible();
});

test("a download starts only after the licence was shown with all it forbids; nothing is asked of the network before", async () => {
  await page.getByRole("button", { name: "Download Whisper tiny" }).click();
  const dialog = page.getByRole("dialog", { name: "Download Whisper tiny" });
  await dialog.getByText("Exploiting or harming minors").waitFor();
  expect(await dialog.getByRole("listitem").count()).toBe(11);
  await shoot("licence");
  await expectAccessible();
  expect(server.asked).toEqual([]);
  await dialog.getByRole("button", { name: "Accept licence and download" }).click();
  await inState("busy");
  await row()
    .getByText(/downloading · \d+% · .*\sleft/)
    .waitFor();
  await shoot("progress");
});

test("a cancelled download keeps what has arrived, and goes on from there", async () => {
  await page.getByRole("button", { name: "Cancel Whisper tiny" }).click();
  await inState("partial");
  await shoot("partial");
  server.behave(serveWell());
  await row().getByRole("button", { name: "Download Whisper tiny" }).click();
  // Accepted once, the licence is not asked for again.
  await page.getByRole("button", { name: "Download", exact: true }).last().click();
  await inState("stored");
  expect(server.asked.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
}, 60_000);

test("a stored model is verified", async () => {
  await page.getByRole("button", { name: "Verify Whisper tiny" }).click();
  await row().getByText("verified, intact").waitFor();
});

test("a file is imported once its question is answered, in the precision that was chosen before", async () => {
  await page.getByRole("button", { name: "Import file…" }).click();
  const dialog = page.getByRole("dialog", { name: "Import a model file" });
  await dialog.getByRole("row", { name: "judge.pt" }).click();
  await dialog.getByText("16 bit", { exact: true }).click();
  await shoot("import");
  await expectAccessible();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("button", { name: "Read licence…" }).click();
  await shoot("question");
  await page.getByRole("button", { name: "Accept licence and import" }).click();
  await page.getByRole("list", { name: "Your own" }).getByText("judge.pt").waitFor();
  await page.getByRole("list", { name: "Your own" }).getByText("Ready, 16 bit").waitFor();
  expect(await page.getByRole("list", { name: "Imports" }).count()).toBe(0);
  await shoot("stored");
}, 60_000);

test("a removed model can be fetched again", async () => {
  await page.getByRole("button", { name: "Remove Whisper tiny" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await inState("absent");
});

test("the same in Chinese", async () => {
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await page.getByRole("button", { name: "模型" }).click();
  await page.getByRole("button", { name: "下载 LatentSync 1.6" }).click();
  await page.getByText("剥削或伤害未成年人").waitFor();
  await shoot("chinese");
  expect(editor.complaints).toEqual([]);
});
