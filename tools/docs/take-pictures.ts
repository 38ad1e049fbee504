// Takes the README's pictures from the running product: node_modules/.bin/node tools/docs/take-pictures.ts FILM
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { openEditorPage, startEditorHost } from "../../test/support/editor.ts";
import { ffmpeg } from "../../test/support/media.ts";
import { build } from "../build.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const picturesFolder = path.join(root, "docs/pictures");

/** What to show: a picture is one look, in one language and one size of window. */
type Look = {
  readonly name: string;
  readonly language: "English" | "简体中文";
  readonly appearance: "dark" | "light";
  readonly size: { readonly width: number; readonly height: number };
};

const looks: readonly Look[] = [
  { name: "editor-dark", language: "English", appearance: "dark", size: { width: 1440, height: 900 } },
  { name: "editor-light-zh", language: "简体中文", appearance: "light", size: { width: 1440, height: 900 } },
  { name: "editor-wide", language: "English", appearance: "dark", size: { width: 1920, height: 1080 } },
];

const appearanceNames: Readonly<Record<Look["language"], Readonly<Record<Look["appearance"], string>>>> = {
  English: { dark: "Dark", light: "Light" },
  简体中文: { dark: "深色", light: "浅色" },
};

/** A 10-bit film at 24000/1001 with timecode, made from the one that was given. */
async function makeProRes(film: string, out: string): Promise<void> {
  const picture = ["-r", "24000/1001", "-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le"];
  const sound = ["-c:a", "pcm_s24le", "-ar", "48000", "-metadata:s:a:0", "language=eng"];
  await ffmpeg("-i", film, "-t", "12", ...picture, ...sound, "-timecode", "01:00:00:00", out);
}

const mediaRow = (page: Page, name: string) =>
  page.locator(".media-list, [role=grid]").getByRole("row", { name }).first();

async function importFilm(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Import…" }).first().click();
  await page.getByRole("dialog").getByRole("row", { name }).click();
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await mediaRow(page, name).waitFor({ timeout: 120_000 });
}

/** Waits for the last preview of the film, then stands at `frame`. */
async function standAt(page: Page, name: string, frame: number): Promise<void> {
  await mediaRow(page, name).click();
  await page.locator(".lane__wave[data-ready=true]").first().waitFor({ timeout: 240_000 });
  await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2, undefined, {
    timeout: 240_000,
  });
  await page.getByRole("region", { name: "Player" }).focus();
  await page.keyboard.press("Home");
  for (let step = 0; step < frame; step++) await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(1500);
}

async function choose(page: Page, menu: RegExp, item: string): Promise<void> {
  await page.getByRole("button", { name: menu }).click();
  await page.getByRole("menuitemradio", { name: item }).click();
}

async function take(page: Page, look: Look): Promise<void> {
  await page.setViewportSize(look.size);
  await choose(page, /^(Language|语言)$/, look.language);
  await choose(page, /^(Appearance|外观)$/, appearanceNames[look.language][look.appearance]);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: path.join(picturesFolder, `${look.name}.jpg`), type: "jpeg", quality: 88 });
}

const [film] = process.argv.slice(2);
if (film === undefined) throw new Error("Name the film that the pictures should show.");
await build(["page"]);
await mkdir(picturesFolder, { recursive: true });
await using host = await startEditorHost();
await copyFile(film, path.join(host.homeFolder, "interview.mp4"));
await makeProRes(film, path.join(host.homeFolder, "reel-1.mov"));
await using editor = await openEditorPage(host.startUrl);
const { page } = editor;
await page.getByRole("button", { name: "New project" }).click();
await page.getByLabel("Project name").fill("Night Train");
await page.getByRole("button", { name: "Create project" }).click();
await importFilm(page, "interview.mp4");
await importFilm(page, "reel-1.mov");
await standAt(page, "reel-1.mov", 74);
await page.getByRole("button", { name: "Find shots and faces" }).click();
await page.locator(".face-lane").first().waitFor({ timeout: 240_000 });
for (const look of looks) await take(page, look);
await page.getByRole("button", { name: "Models" }).click();
await page.getByRole("list", { name: "For dubbing" }).waitFor();
await page.setViewportSize({ width: 1440, height: 900 });
await page.waitForTimeout(1000);
await page.screenshot({ path: path.join(picturesFolder, "models.jpg"), type: "jpeg", quality: 88 });
