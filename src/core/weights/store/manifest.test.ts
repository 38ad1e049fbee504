// The manifest: the one we ship is sound, and one that reaches out of its place is refused.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addressesOf, licenceTextSha256, parseManifest, publishedModel } from "./manifest.ts";

const shipped: unknown = JSON.parse(readFileSync(new URL("../../../../assets/models.json", import.meta.url), "utf8"));

describe("the shipped manifest", () => {
  const manifest = parseManifest(shipped);

  test("names the published U-Nets with the bytes and hashes of their publishers", () => {
    expect(publishedModel(manifest, "latentsync-1.6").file).toMatchObject({
      sizeBytes: 5_072_222_488,
      isSizeExact: true,
    });
    expect(publishedModel(manifest, "latentsync-1.5").trainedForPx).toBe(256);
    expect(publishedModel(manifest, "latentsync-1.0").file.sha256).toBeNull();
  });

  test("says of every file without a hash that it has none", () => {
    const silent = manifest.models.filter(
      ({ file, notes }) => file.sha256 === null && !notes.some((note) => note.includes("SHA-256")),
    );
    expect(silent).toEqual([]);
  });

  test("states what OpenRAIL++ forbids, for every file under it", () => {
    expect(manifest.licences.find(({ id }) => id === "openrail++")?.restrictions.length).toBeGreaterThan(8);
  });

  test("asks the publisher unless another base address is set, which then answers for every file", () => {
    const model = publishedModel(manifest, "latentsync-1.6");
    expect(addressesOf(model, undefined)).toEqual([
      `https://huggingface.co/ByteDance/LatentSync-1.6/resolve/${model.source.revision}/latentsync_unet.pt`,
    ]);
    expect(addressesOf(model, "http://127.0.0.1:1/m/")).toEqual([
      `http://127.0.0.1:1/m/ByteDance/LatentSync-1.6/resolve/${model.source.revision}/latentsync_unet.pt`,
    ]);
  });

  test("has a licence text whose hash changes with every word", () => {
    const [licence] = manifest.licences;
    if (!licence) throw new Error("no licence");
    expect(licenceTextSha256({ ...licence, summary: `${licence.summary}.` })).not.toBe(licenceTextSha256(licence));
  });
});

type Change = (model: {
  file: Record<string, unknown>;
  source: Record<string, unknown>;
  [key: string]: unknown;
}) => void;

const hostile: Readonly<Record<string, Change>> = {
  "a file name with a folder": ({ file }) => (file["name"] = "../evil.pt"),
  "a file name with a drive": ({ file }) => (file["name"] = "C:evil.pt"),
  "a file name with a backslash": ({ file }) => (file["name"] = "a\\b.pt"),
  "a hidden file name": ({ file }) => (file["name"] = ".bashrc"),
  "a device of Windows": ({ file }) => (file["name"] = "NUL.pt"),
  "a file name that ends in a dot": ({ file }) => (file["name"] = "model."),
  "a path that climbs": ({ source }) => (source["path"] = "a/../../b.pt"),
  "an absolute path": ({ source }) => (source["path"] = "/etc/passwd"),
  "a path with a query": ({ source }) => (source["path"] = "a.pt?x=1"),
  "a revision with a slash": ({ source }) => (source["revision"] = "main/../x"),
  "a repository that climbs": ({ source }) => (source["repository"] = "a/.."),
  "an address that is not encrypted": ({ source }) => (source["urls"] = ["http://example.org/a.pt"]),
  "an address of this disk": ({ source }) => (source["urls"] = ["file:///etc/passwd"]),
  "an id with a folder": (model) => (model["id"] = "../x"),
  "a network with a folder": (model) => (model["network"] = "../x"),
  "a negative size": ({ file }) => (file["sizeBytes"] = -1),
  "a short hash": ({ file }) => (file["sha256"] = "abc"),
  "a licence that is not there": (model) => (model["licence"] = "none"),
  "a field nobody knows": (model) => (model["execute"] = "rm"),
};

test.each(Object.entries(hostile))("a manifest with %s is refused", (_name, change) => {
  const copy = structuredClone(shipped) as { models: Parameters<Change>[0][] };
  const [model] = copy.models;
  if (!model) throw new Error("no model");
  change(model);
  expect(() => parseManifest(copy)).toThrow(expect.objectContaining({ code: "models.bad-manifest" }));
});

test("a manifest with an id twice is refused", () => {
  const copy = structuredClone(shipped) as { models: unknown[] };
  copy.models.push(copy.models[0]);
  expect(() => parseManifest(copy)).toThrow(/twice/);
});
