// Rules of which release a file is: its hash decides, then its tensors; what contradicts either is refused.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { identify } from "./import-model.ts";
import type { ImportOrder } from "./import-model.ts";
import { parseManifest } from "./manifest.ts";

const { models: published } = parseManifest(
  JSON.parse(readFileSync(new URL("../../../../assets/models.json", import.meta.url), "utf8")),
);
const hashOf = (modelId: string) => published.find(({ id }) => id === modelId)?.file.sha256 ?? "";
const unknownHash = "0".repeat(64);

type Asked = Partial<Pick<ImportOrder, "claimedId" | "trainedForPx">>;

function ask(sha256: string, network: string, { claimedId, trainedForPx }: Asked = {}) {
  const order: ImportOrder = { path: "x.pt", how: "import", dtype: "float32", claimedId, trainedForPx };
  return identify({ order, sha256, network, published });
}

test("a published file is told by its hash, whatever it is called, with the size it was trained on", () => {
  const identity = ask(hashOf("latentsync-1.6"), "latentsync-unet");
  expect(identity.published?.id).toBe("latentsync-1.6");
  expect(identity).toMatchObject({ isPublishedFile: true, trainedForPx: 512 });
});

test("1.5 and 1.6 have the same tensors, so a file with neither hash must be told what it was trained on", () => {
  expect(() => ask(unknownHash, "latentsync-unet")).toThrow(
    expect.objectContaining({ code: "models.which-resolution" }),
  );
  expect(ask(unknownHash, "latentsync-unet", { trainedForPx: 512 })).toMatchObject({
    published: undefined,
    trainedForPx: 512,
  });
});

test("a repacked copy keeps the size of the release that a person names, but not its name", () => {
  const identity = ask(unknownHash, "latentsync-unet", { claimedId: "latentsync-1.5" });
  expect(identity).toEqual({
    published: undefined,
    isPublishedFile: false,
    trainedForPx: 256,
    // A model made from a published one is under the same licence.
    licenceId: "openrail++",
  });
});

test("release 1.0, whose hash nobody has published, is believed by its tensors", () => {
  const identity = ask(unknownHash, "latentsync-unet-1.0", { claimedId: "latentsync-1.0" });
  expect(identity.published?.id).toBe("latentsync-1.0");
  expect(identity.isPublishedFile).toBeNull();
});

test("networks without a picture size are not asked for one", () => {
  expect(ask(unknownHash, "whisper-tiny")).toMatchObject({ published: undefined, trainedForPx: null });
});

test.each([
  ["1.0 weights as 1.5", unknownHash, "latentsync-unet-1.0", { claimedId: "latentsync-1.5" }],
  ["stage 1 weights as 1.6", unknownHash, "latentsync-unet-stage1", { claimedId: "latentsync-1.6" }],
  ["the published 1.5 file as 1.6", hashOf("latentsync-1.5"), "latentsync-unet", { claimedId: "latentsync-1.6" }],
  ["256 pixel weights for 512", hashOf("latentsync-1.5"), "latentsync-unet", { trainedForPx: 512 }],
  ["a judge as a U-Net", unknownHash, "stable-syncnet-plain", { claimedId: "latentsync-1.6" }],
  ["a model nobody published", unknownHash, "latentsync-unet", { claimedId: "latentsync-2" }],
])("%s is a wrong pair", (_name, sha256, network, asked) => {
  expect(() => ask(sha256, network, asked)).toThrow(expect.objectContaining({ code: "models.wrong-pair" }));
});
