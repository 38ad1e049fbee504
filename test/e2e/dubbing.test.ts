// The road of a dubbing editor in a real Chromium: film, faces, language version, dialogue, segments, takes, approval.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { build } from "../../tools/build.mjs";
import { tinyLipsync, writeRandomLipsyncModel } from "../../tools/models/random-lipsync-model.ts";
import { openEditorPage, startEditorHost } from "../support/editor.ts";
import type { EditorHost, EditorPage } from "../support/editor.ts";
import { writeDialogue, writeTalkingHead } from "../support/talking-head.ts";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env["DUBWRIGHT_SCREENSHOTS"];

const resources = new AsyncDisposableStack();
let host: EditorHost;
let editor: EditorPage;
let page: Page;

beforeAll(async () => {
  await build(["page"]);
  host = resources.use(await startEditorHost());
  const at = (name: string) => path.join(host.homeFolder, name);
  await writeTalkingHead(at("film.mp4"), 75);
  await writeDialogue(at("R1_Anna_de.wav"));
  await writeRandomLipsyncModel(at("random.safetensors"), { config: tinyLipsync });
  editor = resources.use(await openEditorPage(host.startUrl));
  page = editor.page;
  page.setDefaultTimeout(60_000);
}, 180_000);

afterAll(() => resources.disposeAsync());

async function shoot(name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: path.join(shots, `dubbing-${name}.png`) });
}

async function expectAccessible(): Promise<void> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const axe = Reflect.get(globalThis, "axe") as {
      run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
    };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
  expect(violations).toEqual([]);
}

const openTab = (name: string) => page.getByRole("tab", { name }).click();
const dialog = () => page.getByRole("dialog");
const segments = () => page.getByRole("grid", { name: "Segments of the version" }).getByRole("row");
const takeCard = (number: number) => page.getByRole("listitem", { name: `Take ${number}` });

test("a film is imported, a model of one's own too, and faces are found in the film", async () => {
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Project name").fill("Night Train");
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByRole("button", { name: "Import…" }).first().click();
  await dialog().getByRole("row", { name: "film.mp4" }).click();
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await page.getByRole("button", { name: "Find shots and faces" }).click();
  await page.getByRole("button", { name: "Models" }).click();
  await page.getByRole("button", { name: "Import file…" }).click();
  await dialog().getByRole("row", { name: "random.safetensors" }).click();
  await dialog().getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("list", { name: "Your own" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".face-head").last().waitFor({ timeout: 150_000 });
}, 240_000);

test("a language is added by keyboard, and its dialogue is laid under the film and slipped", async () => {
  await openTab("Versions");
  await page.getByRole("button", { name: "Add language…" }).click();
  await page.keyboard.type("Germ");
  await page.getByRole("option", { name: "German" }).waitFor();
  await expectAccessible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add version" }).click();
  await page.getByRole("button", { name: "Add dialogue…" }).click();
  await dialog().getByRole("row", { name: "R1_Anna_de.wav" }).click();
  await expectAccessible();
  await page.getByRole("button", { name: "Add 1 file" }).click();
  const start = page.getByRole("group", { name: "Start of R1_Anna_de.wav" });
  await start.getByRole("button", { name: "00:00:00:00" }).waitFor();
  await start.getByRole("button", { name: "One frame later" }).click();
  await start.getByRole("button", { name: "00:00:00:01" }).waitFor();
  await page.getByRole("button", { name: "Undo: Slip sound" }).click();
  await start.getByRole("button", { name: "00:00:00:00" }).waitFor();
  await start.getByRole("button", { name: "00:00:00:00" }).click();
  await dialog().getByRole("textbox", { name: "Starts at" }).waitFor();
  await expectAccessible();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await expectAccessible();
  await shoot("versions");
}, 120_000);

test("segments are proposed, and one that is selected is shown in the player", async () => {
  await page.getByRole("button", { name: "Propose segments…" }).click();
  await page.getByRole("button", { name: "Propose", exact: true }).click();
  await openTab("Segments");
  await segments().first().click();
  await page.getByRole("tab", { name: "Inspector", selected: true }).waitFor();
  // As wide as the list: long lists are laid out by hand.
  expect(
    await segments()
      .first()
      .evaluate((row) => row.clientWidth),
  ).toBeGreaterThan(250);
  const inTimecode = await page.locator(".segment__in").first().textContent();
  await page.locator(".timecode", { hasText: inTimecode ?? "" }).waitFor();
  await page.getByRole("searchbox", { name: "Search segments" }).fill("no such note");
  await page.getByText("No segment is like this.").waitFor();
  await page.getByRole("searchbox", { name: "Search segments" }).fill("");
  await segments().first().waitFor();
  await expectAccessible();
  await shoot("segments");
}, 120_000);

test("a draft and a take with other settings are made; the one that is chosen is shown, rated and approved", async () => {
  await page.getByRole("button", { name: "Draft", exact: true }).click();
  await takeCard(1).waitFor({ timeout: 120_000 });
  await page.getByRole("textbox", { name: "Inference steps" }).fill("3");
  await page.getByRole("textbox", { name: "Guidance scale" }).fill("2");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Regenerate" }).click();
  await takeCard(2).waitFor({ timeout: 120_000 });
  await takeCard(2).getByText("3 steps").waitFor();
  await takeCard(2).getByText("guidance 2").waitFor();
  await expectAccessible();
  const chosen = (await takeCard(2).getByText("Chosen").isVisible()) ? 2 : 1;
  const other = chosen === 2 ? 1 : 2;
  await takeCard(other).getByRole("button", { name: "Choose" }).click();
  await takeCard(other).getByText("Chosen").waitFor();
  await takeCard(other).locator(".stars__star").nth(4).click();
  await page.getByRole("button", { name: "Undo: Rate take" }).waitFor();
  await page.getByRole("button", { name: "Approve" }).click();
  await segments().first().getByText("Approved").waitFor();
  await shoot("takes");
}, 300_000);

test("in Chinese and in light every panel is as accessible, and nothing is lost over a reload", async () => {
  await page.reload();
  await openTab("Segments");
  await segments().first().getByText("Approved").waitFor();
  await segments().first().click();
  await page.getByRole("button", { name: "Appearance" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  for (const tab of ["媒体", "角色", "语言版本", "片段"]) {
    await openTab(tab);
    await expectAccessible();
  }
  await shoot("chinese");
  expect(editor.complaints).toEqual([]);
}, 120_000);
