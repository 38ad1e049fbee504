// Rules of the device that checks may borrow from a browser.
import { platform } from "node:process";
import { expect, test } from "vitest";
import { lendSoftwareDevice } from "./software-device.ts";

const folders = ["/none", "/browser"];
const device = "/browser/vk_swiftshader_icd.json";

function lend(environment: Record<string, string | undefined>, ...files: readonly string[]) {
  const lent = lendSoftwareDevice({ environment, folders, exists: (path) => files.includes(path) });
  return { lent, driver: environment["VK_ICD_FILENAMES"] };
}

test.runIf(platform === "linux")("a machine without a card is lent the browser's device, again and again", () => {
  const environment = {};
  expect(lend(environment, device)).toEqual({ lent: device, driver: device });
  expect(lend(environment, device)).toEqual({ lent: device, driver: device });
});

test("no device is lent beside a card, over a driver that was named, or where there is none", () => {
  const nothing = { lent: undefined, driver: undefined };
  expect(lend({}, device, "/dev/dri/renderD128")).toEqual(nothing);
  expect(lend({})).toEqual(nothing);
  expect(lend({ VK_ICD_FILENAMES: "/mine.json" }, device)).toEqual({ lent: undefined, driver: "/mine.json" });
  expect(lend({ VK_DRIVER_FILES: "/mine.json" }, device)).toEqual(nothing);
});
