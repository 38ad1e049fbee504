// The first page of the editor in a real Chromium against the real web host: from nothing to a film that plays.
import { createRequire } from "node:module";
import { readFile, rename } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { formatTimecode, frameRates, timecodeBaseFrom } from "../../src/shared/time/index.ts";
import { build } from "../../tools/build.mjs";
import { openEditorPage, startEditorHost } from "../support/editor.ts";
import type { EditorHost, EditorPage } from "../support/editor.ts";
import { ffmpeg, numberedFrames } from "../support/media.ts";

const frameCount = 420;
const filmBase = timecodeBaseFrom("00:59:58;00", frameRates["29.97"]);
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let host: EditorHost;
let editor: EditorPage;
let page: Page;

beforeAll(async () => {
  await build(["page"]);
  host = await startEditorHost();
  await makeFilms(host.homeFolder);
  editor = await openEditorPage(host.startUrl);
  page = editor.page;
}, 180_000);

afterAll(async () => {
  await editor?.[Symbol.asyncDispose]();
  await host?.[Symbol.asyncDispose]();
});

const words = (options: string): readonly string[] => options.split(" ");

/** Films whose frames carry their number, one of them long-GOP, one 10 bit in another rate; and a dialogue track. */
async function makeFilms(folder: string): Promise<void> {
  const tone = ["-f", "lavfi", "-i", "aevalsrc='0.5*sin(440*2*PI*t)*gt(mod(t,1),0.5)':s=48000:c=stereo"];
  await ffmpeg(
    ...numberedFrames({ rate: "30000/1001", frameCount }),
    ...tone,
    ...words("-c:v libx264 -g 250 -bf 3 -pix_fmt yuv420p -timecode 00:59:58;00"),
    ...words("-c:a aac -metadata:s:a:0 language=ger -shortest"),
    path.join(folder, "film.mov"),
  );
  await ffmpeg(
    ...numberedFrames({ rate: "24000/1001", frameCount: 120 }),
    ...words("-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le"),
    path.join(folder, "prores.mov"),
  );
  await ffmpeg("-f", "lavfi", "-i", "sine=220:r=48000:d=1", "-c:a", "pcm_s24le", path.join(folder, "dialogue.wav"));
}

const mediaRow = (name: string) => page.getByRole("grid", { name: "Media of the project" }).getByRole("row", { name });
const shownFrame = async () => Number(await page.locator(".timecode").getAttribute("data-frame"));

/** The number burnt into the picture that the element shows now. */
const burntInFrame = () =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    const context = new OffscreenCanvas(256, 64).getContext("2d");
    if (!video || !context) return Number.NaN;
    context.drawImage(video, 0, 0, 256, 64);
    const { data } = context.getImageData(0, 32, 256, 1);
    let frameNumber = 0;
    for (let bit = 0; bit < 16; bit++) if ((data[(bit * 16 + 8) * 4] ?? 0) > 126) frameNumber += 2 ** bit;
    return frameNumber;
  });

const isPlayable = () =>
  page.waitForFunction(() => {
    const video = document.querySelector("video");
    return video !== null && video.readyState >= 2 && !video.seeking;
  });

async function pressUntilFocused(key: string, accessibleName: string): Promise<void> {
  const focusedName = () =>
    page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent);
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press(key);
    if ((await focusedName()) === accessibleName) return;
  }
  throw new Error(`${key} never reached "${accessibleName}".`);
}

async function axeViolations(): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    const axe = Reflect.get(globalThis, "axe") as {
      run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

test("a project is created in a folder of one's choice, and nothing on the way fails an accessibility check", async () => {
  expect(await axeViolations()).toEqual([]);
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Project name").fill("Northern Light");
  expect(await axeViolations()).toEqual([]);
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByRole("heading", { name: "Northern Light" }).waitFor();
  await page.getByText("All changes saved").waitFor();
  expect(await axeViolations()).toEqual([]);
});

test("a film is imported by dialog, and its facts are exact", async () => {
  await page.getByRole("button", { name: "Import…" }).first().click();
  await page.getByRole("row", { name: "film.mov" }).click();
  expect(await axeViolations()).toEqual([]);
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await mediaRow("film.mov").waitFor();
  const details = page.getByRole("tabpanel");
  for (const fact of ["29.97 fps", "420", "00:00:14:00", "00:59:58;00 drop-frame", "8 bit 4:2:0", "Stereo", "German"])
    await details.getByText(fact, { exact: true }).first().waitFor();
});

test("its waveform is drawn, with sound where there is sound and none where there is none", async () => {
  await page.locator(".lane__wave[data-ready=true]").waitFor();
  const heights = () =>
    page.evaluate(() => {
      const shadow = document.querySelector(".lane__wave > div")?.shadowRoot;
      const canvas = shadow?.querySelector("canvas");
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return [];
      const columnAt = (ratio: number) => {
        const x = Math.floor(canvas.width * ratio);
        const { data } = context.getImageData(x, 0, 1, canvas.height);
        const alphas = Array.from({ length: canvas.height }, (_, y) => data[y * 4 + 3] ?? 0);
        return alphas.filter((alpha) => alpha > 0).length;
      };
      // The tone sounds in the second half of every second of 14.
      return [3.25 / 14.014, 3.75 / 14.014].map(columnAt);
    });
  const loudToQuiet = async () => {
    const [quiet = 0, loud = 0] = await heights();
    return quiet === 0 ? 0 : loud / quiet;
  };
  await expect.poll(loudToQuiet).toBeGreaterThan(10);
});

test("it plays, and the playhead and the timecode go with it", async () => {
  await isPlayable();
  await page.getByRole("region", { name: "Player" }).focus();
  await page.keyboard.press("l");
  await page.waitForFunction(() => Number(document.querySelector(".timecode")?.getAttribute("data-frame")) > 20);
  await page.keyboard.press("k");
  await isPlayable();
  const stoppedAt = await shownFrame();
  expect(await burntInFrame()).toBe(stoppedAt);
  const playheadPx = Number(await page.locator(".playhead").getAttribute("data-px"));
  const widthPx = await page.locator(".timeline__area").evaluate((area) => area.clientWidth);
  expect(Math.abs(playheadPx - (stoppedAt / frameCount) * widthPx)).toBeLessThan(1.5);
});

test("at random seeks the timecode names the frame that is burnt into the picture, drop-frame included", async () => {
  const area = page.locator(".timeline__area");
  const widthPx = await area.evaluate((element) => element.clientWidth);
  for (let round = 0; round < 40; round++) {
    const asked = (round * 179) % frameCount;
    await area.click({ position: { x: ((asked + 0.5) / frameCount) * widthPx, y: 60 } });
    await page.waitForFunction((frame) => {
      const video = document.querySelector("video");
      const shown = Number(document.querySelector(".timecode")?.getAttribute("data-frame"));
      return Math.abs(shown - frame) <= 1 && video !== null && !video.seeking;
    }, asked);
    const shown = await shownFrame();
    expect(await burntInFrame()).toBe(shown);
    expect(await page.locator(".timecode").textContent()).toBe(formatTimecode(shown, filmBase));
  }
});

test("keys step by exactly one frame, also faster than the picture can follow", async () => {
  await page.getByRole("region", { name: "Player" }).focus();
  await page.keyboard.press("Home");
  for (let step = 0; step < 25; step++) await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".timecode")?.getAttribute("data-frame") === "25");
  await isPlayable();
  expect(await burntInFrame()).toBe(25);
  await page.keyboard.press("Shift+ArrowRight");
  await page.waitForFunction(() => document.querySelector(".timecode")?.getAttribute("data-frame") === "55");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector(".timecode")?.getAttribute("data-frame") === "419");
  await isPlayable();
  expect(await burntInFrame()).toBe(419);
});

test("a typed timecode goes to its frame, and what is none is refused with a hint", async () => {
  await page.keyboard.press("=");
  await page.keyboard.type("abc");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("That is no timecode").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("region", { name: "Player" }).focus();
  await page.keyboard.press("=");
  await page.keyboard.type("01:00:00;02");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".timecode")?.textContent === "01:00:00;02");
  await isPlayable();
  expect(await burntInFrame()).toBe(await shownFrame());
});

test("undo takes the import back by its name, and redo brings it again", async () => {
  await page.getByRole("button", { name: "Undo: Import media" }).click();
  await mediaRow("film.mov").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Redo: Import media" }).click();
  await mediaRow("film.mov").waitFor();
});

test("files that are dropped into the window are copied and imported", async () => {
  const bytes = [...(await readFile(path.join(host.homeFolder, "dialogue.wav")))];
  const dropped = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(content)], "dropped.wav", { type: "audio/wav" }));
    return transfer;
  }, bytes);
  await page.dispatchEvent("body", "dragover", { dataTransfer: dropped });
  await page.getByText("Drop to import").waitFor();
  await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
  await mediaRow("dropped.wav").waitFor();
  await mediaRow("dropped.wav").getByText("00:01.000").waitFor();
});

test("a job can be cancelled, and says so", async () => {
  await page.getByRole("tab", { name: /Jobs/ }).click();
  await page.getByRole("button", { name: "Import…" }).first().click();
  await page.getByRole("row", { name: "prores.mov" }).click();
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await page.getByRole("button", { name: "Cancel Import: prores.mov" }).click();
  await page.getByRole("tabpanel").getByText("Cancelled").waitFor();
  expect(await axeViolations()).toEqual([]);
  await page.getByRole("button", { name: "Try Import: prores.mov again" }).click();
  await mediaRow("prores.mov").waitFor();
  await page.locator(".job", { hasText: "prores.mov" }).getByText("Done").waitFor({ timeout: 60_000 });
});

test("10-bit ProRes at 23.976 is as exact", async () => {
  await mediaRow("prores.mov").click();
  await page.waitForFunction(() => document.querySelector("video")?.getAttribute("aria-label")?.includes("prores"));
  await isPlayable();
  await page.getByRole("region", { name: "Player" }).focus();
  for (const asked of [119, 1, 64, 33, 90]) {
    await page.keyboard.press("Home");
    // An amount counts from the frame that is shown.
    await page.locator(".timecode[data-frame='0']").waitFor();
    await page.keyboard.press("=");
    await page.keyboard.type(`+${Math.floor(asked / 24)}:${asked % 24}`);
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      (frame) => document.querySelector(".timecode")?.getAttribute("data-frame") === String(frame),
      asked,
    );
    await isPlayable();
    expect(await burntInFrame()).toBe(asked);
    await page.getByRole("region", { name: "Player" }).focus();
  }
});

test("the language is switched without a restart, and nothing of it fails an accessibility check", async () => {
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await page.getByRole("tab", { name: "详情" }).click();
  await page.getByText("帧率", { exact: true }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
  expect(await axeViolations()).toEqual([]);
  await page.getByRole("button", { name: "外观" }).click();
  await page.getByRole("menuitemradio", { name: "浅色" }).click();
  expect(await axeViolations()).toEqual([]);
  await page.getByRole("button", { name: "语言" }).click();
  await page.getByRole("menuitemradio", { name: "English" }).click();
  await page.getByRole("tab", { name: "Details" }).waitFor();
  await page.getByText("All changes saved").waitFor();
});

test("after the host is killed and started again the page is back with everything it showed", async () => {
  await host.kill();
  await page.getByText("Connection lost").waitFor();
  await host.restart();
  await page.getByText("Connection lost").waitFor({ state: "detached", timeout: 20_000 });
  await page.getByText("All changes saved").waitFor();
  for (const name of ["film.mov", "dropped.wav", "prores.mov"]) await mediaRow(name).waitFor();
  await isPlayable();
  await page.getByRole("button", { name: /^Undo: Import media/ }).waitFor();
  // Nothing was asked for by hand, so that nothing has failed for the person.
  expect(await page.locator(".notice").allInnerTexts()).toEqual([]);
});

test("a film that was moved is found again by its content, and another file is refused", async () => {
  await rename(path.join(host.homeFolder, "prores.mov"), path.join(host.homeFolder, "renamed.mov"));
  const locate = async (fileName: string) => {
    await page.getByRole("button", { name: "Actions for prores.mov" }).click();
    await page.getByRole("menuitem", { name: "Locate file…" }).click();
    await page.getByRole("row", { name: fileName }).last().click();
    expect(await axeViolations()).toEqual([]);
    await page.getByRole("button", { name: "Use this file" }).click();
  };
  await locate("film.mov");
  const notice = page.locator(".notice");
  await notice.getByText("This is not the file that was imported").waitFor();
  expect(await notice.allInnerTexts()).toHaveLength(1);
  await notice.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await locate("renamed.mov");
  await mediaRow("renamed.mov").waitFor();
});

test("the keyboard alone closes the project and makes another", async () => {
  await page.getByRole("button", { name: "Northern Light" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Close project" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Dubwright" }).waitFor();
  await pressUntilFocused("Tab", "New project");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("By keyboard");
  await page.getByText("Will be created as").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "By keyboard" }).waitFor();
  await pressUntilFocused("Tab", "Import…");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await pressUntilFocused("Tab", "Parent folder");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("dial");
  await page.keyboard.press("Enter");
  await mediaRow("dialogue.wav").waitFor();
});

test("an inline script is blocked, and the page itself needs none", async () => {
  expect(editor.complaints).toEqual([]);
  const blocked = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective), {
          once: true,
        });
        const script = document.createElement("script");
        script.textContent = "window.injected = true";
        document.body.append(script);
        setTimeout(() => resolve("nothing was blocked"), 20_000);
      }),
  );
  expect(blocked).toMatch(/^script-src/);
  expect(await page.evaluate(() => Reflect.get(window, "injected"))).toBeUndefined();
});
