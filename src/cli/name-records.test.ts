// Rules of naming records in a terminal: by id, by what people call them, never by chance.
import { expect, test } from "vitest";
import type { Client } from "../shared/contract/index.ts";
import type { AnyRecord } from "../shared/project/index.ts";
import { sampleReel, sampleVersion } from "../../test/support/sample-records.ts";
import { nameRecords } from "./name-records.ts";

const records: readonly AnyRecord[] = [
  sampleVersion("de"),
  { ...sampleVersion("fr"), name: "TV" },
  { ...sampleVersion("fr"), id: "version:x" as never, name: "Airline" },
  sampleReel(),
];
const list = async ({ type }: { type: string }) => ({ records: records.filter((record) => record.type === type) });
const client = { operations: { "record.list": list } } as unknown as Client;

test("a version is named by its language, its name, or both; a reel by its name; ids stay what they are", async () => {
  expect(await nameRecords(client, { versionId: "DE", reelId: "r1", path: "de" })).toEqual({
    versionId: sampleVersion("de").id,
    reelId: sampleReel().id,
    path: "de",
  });
  expect(await nameRecords(client, { versionId: "fr airline" })).toEqual({ versionId: "version:x" });
  expect(await nameRecords(client, { versionId: "version:gone" })).toEqual({ versionId: "version:gone" });
});

test("a name that nothing has, or that two have, is refused with what there is", async () => {
  await expect(nameRecords(client, { versionId: "es" })).rejects.toMatchObject({
    message: 'There is no version "es".',
  });
  await expect(nameRecords(client, { versionId: "fr" })).rejects.toMatchObject({
    message: 'There are 2 of the name "fr".',
    hint: "Say one of: fr TV (version:fr), fr Airline (version:x).",
  });
});
