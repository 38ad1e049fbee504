// The application in the real Electron, where its binary has been fetched and a screen is there; skipped aloud elsewhere.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { _electron } from "playwright-core";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "node_modules/electron");

function binary(): string | undefined {
  const pathFile = path.join(folder, "path.txt");
  if (!existsSync(pathFile)) return undefined;
  const found = path.join(folder, "dist", readFileSync(pathFile, "utf8"));
  return existsSync(found) ? found : undefined;
}

function whyNot(): string | undefined {
  if (binary() === undefined) return "Electron's binary is not on this machine (npm start fetches it)";
  if (process.platform === "linux" && !process.env["DISPLAY"]) return "there is no screen";
  if (process.getuid?.() === 0) return "Chromium's sandbox does not run as root";
  return undefined;
}

test("the window opens on our origin and the page sees the bridge alone", async (context) => {
  const reason = whyNot();
  if (reason !== undefined) context.skip(reason);
  const executablePath = binary();
  await using application = await _electron.launch({ args: [root], ...(executablePath && { executablePath }) });
  const page = await application.firstWindow();
  expect(page.url()).toBe("app://editor/");
  expect(
    await page.evaluate(() => Object.keys(globalThis).filter((name) => /require|process|ipc/i.test(name))),
  ).toEqual([]);
  expect(await page.evaluate(() => typeof Reflect.get(globalThis, "dubwright"))).toBe("object");
});
