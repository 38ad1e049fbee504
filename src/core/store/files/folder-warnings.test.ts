// Folders in which a project would come to harm are recognised, and ordinary ones are not.
import { expect, test } from "vitest";
import { folderWarnings, warnOfFolder } from "./folder-warnings.ts";

const codesOf = (path: string, platform = "linux", fileSystemType: number | undefined = 0xef53) =>
  folderWarnings({ path, platform, fileSystemType }).map(({ code }) => code);

test.each([
  ["/home/kim/Dropbox/Films/A.dubwright", "linux"],
  ["/Users/kim/Library/CloudStorage/Dropbox-Studio/A.dubwright", "darwin"],
  ["/Users/kim/Dropbox (Studio)/A.dubwright", "darwin"],
  ["C:\\Users\\kim\\OneDrive - Studio GmbH\\A.dubwright", "win32"],
  ["/Users/kim/Library/Mobile Documents/com~apple~CloudDocs/A.dubwright", "darwin"],
  ["C:\\Users\\kim\\iCloudDrive\\A.dubwright", "win32"],
  ["/Users/kim/Library/CloudStorage/GoogleDrive-kim@example.org/My Drive/A.dubwright", "darwin"],
  ["D:\\BaiduSyncdisk\\A.dubwright", "win32"],
])("%s is a synchronised folder", (path, platform) => {
  expect(codesOf(path, platform)).toEqual(["folder.synchronised"]);
});

test.each([
  ["/mnt/films/A.dubwright", "linux", 0x6969],
  ["/mnt/films/A.dubwright", "linux", 0xfe534d42],
  ["/mnt/films/A.dubwright", "linux", 0xff534d42 | 0],
  ["\\\\server\\films\\A.dubwright", "win32", undefined],
])("%s on %s with the type %s lies on the network", (path, platform, fileSystemType) => {
  expect(codesOf(path, platform, fileSystemType)).toEqual(["folder.network"]);
});

test.each([
  ["/home/kim/Films/Dropbox story/A.dubwright", "linux"],
  ["/home/kim/Boxing/A.dubwright", "linux"],
  ["C:\\Films\\A.dubwright", "win32"],
  ["\\\\?\\C:\\Films\\A.dubwright", "win32"],
])("%s is an ordinary folder", (path, platform) => {
  expect(codesOf(path, platform)).toEqual([]);
});

test("the folder of this very file is asked of the system without trouble", async () => {
  await expect(warnOfFolder(import.meta.dirname)).resolves.toBeInstanceOf(Array);
});
