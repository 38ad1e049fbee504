// The manifest: every published file this program can use, where it lies, what it is for and under which licence.
import { createHash } from "node:crypto";
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";

/** Ids become names of folders and of flags. */
const id = z.string().regex(/^[a-z0-9][a-z0-9.+-]{0,63}$/);

/** One plain name: no folder, no drive, no stream, nothing that a file system would change behind one's back. */
const fileName = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)
  .refine((name) => !name.endsWith(".") && !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name));

const segment = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const pathInRepository = z
  .string()
  .max(300)
  .refine((path) => path.split("/").every((part) => segment.test(part)));

const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === "https:";

const licenceSchema = z.strictObject({
  id,
  title: z.string(),
  url: z.string().refine(isHttps),
  /** In our own words; the text at `url` is what counts. */
  summary: z.string(),
  /** What the licence forbids to do with the model; must be shown to whoever uses it. */
  restrictions: z.array(z.string()),
});

const modelSchema = z.strictObject({
  id,
  title: z.string(),
  purpose: z.string(),
  role: z.enum(["dubbing", "training", "evaluation"]),
  /** Which of our networks it fills; null where there is none yet. */
  network: id.nullable(),
  /** The size of pictures it was trained on; null where that means nothing. */
  trainedForPx: z.int().positive().nullable(),
  file: z.strictObject({
    name: fileName,
    sizeBytes: z.int().positive(),
    /** False where sources disagree or round. */
    isSizeExact: z.boolean(),
    /** Null where no one has published it. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
  }),
  source: z.strictObject({
    /** "owner/name" on Hugging Face, unless `urls` say otherwise. */
    repository: z.string().regex(/^[A-Za-z0-9_-]+\/[A-Za-z0-9_][A-Za-z0-9_.-]*$/),
    revision: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    path: pathInRepository,
    /** Other places of the same bytes; tried first. */
    urls: z.array(z.string().refine(isHttps)),
  }),
  licence: id,
  notes: z.array(z.string()),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  licences: z.array(licenceSchema),
  models: z.array(modelSchema),
});

export type Licence = z.infer<typeof licenceSchema>;
export type PublishedModel = z.infer<typeof modelSchema>;
export type ModelManifest = z.infer<typeof manifestSchema>;

export const publishedModelSchema = modelSchema;

/** Refuses a manifest that is malformed, names a path outside its place, has an id twice or a licence it does not hold. */
export function parseManifest(value: unknown): ModelManifest {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw badManifest(z.prettifyError(parsed.error));
  const { licences, models } = parsed.data;
  const licenceIds = licences.map((licence) => licence.id);
  const twice = [licenceIds, models.map((model) => model.id)].flatMap((ids) =>
    ids.filter((each, index) => ids.indexOf(each) !== index),
  );
  if (twice.length > 0) throw badManifest(`"${twice.join(", ")}" is there twice`);
  const lost = models.filter(({ licence }) => !licenceIds.includes(licence));
  if (lost.length > 0) throw badManifest(`the licence of ${lost.map((model) => model.id).join(", ")} is missing`);
  return parsed.data;
}

const badManifest = (why: string) =>
  refused("models.bad-manifest", {
    message: `The list of published models is not sound: ${why}.`,
    hint: "Install this program again, or undo your change to assets/models.json.",
  });

export function publishedModel(manifest: ModelManifest, modelId: string): PublishedModel {
  const found = manifest.models.find((model) => model.id === modelId);
  if (found) return found;
  throw refused("models.unknown", {
    message: `There is no published model "${modelId}"; there are ${manifest.models.map((model) => model.id).join(", ")}.`,
    details: { modelId },
  });
}

export function licenceOf(manifest: ModelManifest, licenceId: string): Licence {
  const found = manifest.licences.find((licence) => licence.id === licenceId);
  if (found) return found;
  throw badManifest(`the licence "${licenceId}" is missing`);
}

/** What a person was shown and accepted: changes with every word of it. */
export const licenceTextSha256 = ({ title, url, summary, restrictions }: Licence): string =>
  createHash("sha256")
    .update(JSON.stringify([title, url, summary, restrictions]))
    .digest("hex");

const hub = "https://huggingface.co";

/**
 * Where to ask for a model, in this order. An alternative base address replaces every other place; below it files lie as
 * on Hugging Face: BASE/owner/name/resolve/revision/path.
 */
export function addressesOf({ source }: PublishedModel, alternativeBase: string | undefined): readonly string[] {
  const below = (base: string) =>
    `${base.replace(/\/+$/, "")}/${source.repository}/resolve/${source.revision}/${source.path}`;
  return alternativeBase === undefined ? [...source.urls, below(hub)] : [below(alternativeBase)];
}
