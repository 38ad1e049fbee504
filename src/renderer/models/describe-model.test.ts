// The words of models: English says what the manifest says, and where a model stands follows from what is known of it.
import { readFileSync } from "node:fs";
import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import type { JobSummary } from "../../shared/contract/index.ts";
import { en } from "../i18n/en.ts";
import { answersOf, licenceText, purposeOf, stateOf } from "./describe-model.ts";
import type { Licence, PublishedModel } from "./use-models.ts";

type Manifest = {
  readonly models: readonly { readonly id: string; readonly purpose: string }[];
  readonly licences: readonly Licence[];
};

const manifest = JSON.parse(readFileSync(new URL("../../../assets/models.json", import.meta.url), "utf8")) as Manifest;

const strings = new Map<string, string>(
  Object.entries(en).flatMap(([section, texts]) =>
    Object.entries(texts).map(([key, text]) => [`${section}.${key}`, text] as const),
  ),
);
const t = ((key: string) => strings.get(key) ?? key) as unknown as TFunction;

test("the interface describes every model of the manifest, in English with its words", () => {
  for (const { id, purpose } of manifest.models) expect(purposeOf({ modelId: id, purpose: "" }, t), id).toBe(purpose);
});

test("the interface shows every licence of the manifest, in English with its words, whose hash is recorded", () => {
  for (const licence of manifest.licences) {
    const shown = licenceText({ ...licence, summary: "" }, t);
    expect(shown, licence.id).toEqual({ summary: licence.summary, restrictions: licence.restrictions });
  }
});

test("a licence with a use that is not translated yet is shown as it came", () => {
  const [licence] = manifest.licences;
  if (!licence) throw new Error("no licence");
  const grown = { ...licence, restrictions: [...licence.restrictions, "New."] };
  expect(licenceText(grown, t).restrictions.at(-1)).toBe("New.");
});

const model = { network: "n", downloadedBytes: 0, stored: [] } as unknown as PublishedModel;
const job = (state: JobSummary["state"]) => ({ state }) as JobSummary;

test("a model is busy while a job of it lasts, else what lies on the disk says where it stands", () => {
  expect(stateOf(model, undefined)).toBe("absent");
  expect(stateOf({ ...model, downloadedBytes: 5 }, job("failed"))).toBe("partial");
  expect(stateOf({ ...model, downloadedBytes: 5 }, job("running"))).toBe("busy");
  expect(stateOf({ ...model, network: null }, undefined)).toBe("unusable");
});

test("the answer to a second question about an import keeps the first", () => {
  const asked = { labels: { path: "/film/unet.pt", dtype: "float16", trainedForPx: "512" } } as unknown as JobSummary;
  expect(answersOf(asked)).toEqual({ dtype: "float16", trainedForPx: 512 });
  expect(answersOf({ ...asked, labels: {} })).toEqual({ dtype: "float32" });
});
