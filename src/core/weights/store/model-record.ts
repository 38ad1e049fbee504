// The models that lie ready on the disk: a folder each, with the weights in our own format and a record of what they are.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { failed, refused } from "../../../shared/failure/index.ts";
import { fsyncFolder } from "../../base/index.ts";
import type { Progress } from "../../base/index.ts";
import { modelFolder, recordName, weightsName } from "./store-folder.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const modelRecordSchema = z.strictObject({
  format: z.literal(1),
  /** Of the weights file; names the folder. */
  contentSha256: sha256,
  network: z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/),
  /** The sizes the network is built from, as the network's own configuration. */
  config: z.json(),
  /** Which published model it is; null for one that is not in the manifest, such as a fine-tuned one. */
  modelId: z.string().nullable(),
  title: z.string(),
  trainedForPx: z.int().positive().nullable(),
  dtype: z.enum(["float32", "float16"]),
  sizeBytes: z.int(),
  tensorCount: z.int(),
  parameterCount: z.int(),
  origin: z.strictObject({
    how: z.enum(["download", "import"]),
    fileName: z.string(),
    sizeBytes: z.int(),
    sha256,
    /** Whether that hash is the published one. Null where none is published. */
    isPublishedFile: z.boolean().nullable(),
  }),
  licence: z.strictObject({ id: z.string(), textSha256: sha256, acceptedAt: z.iso.datetime() }).nullable(),
  importedAt: z.iso.datetime(),
});

export type ModelRecord = z.infer<typeof modelRecordSchema>;

/** Where a graph finds the weights. */
export const weightsPathOf = (storeFolder: string, { network, contentSha256 }: ModelRecord): string =>
  join(modelFolder(storeFolder, network, contentSha256), weightsName);

export type StoredModels = {
  readonly models: readonly ModelRecord[];
  /** Folders that should hold a model and don't, with the reason. */
  readonly damaged: readonly { readonly folder: string; readonly why: string }[];
};

const ourFolders: ReadonlySet<string> = new Set(["downloads", "tmp"]);

/** Reads the records alone: quick, whatever the models' size. */
export async function readStoredModels(storeFolder: string): Promise<StoredModels> {
  const models: ModelRecord[] = [];
  const damaged: { folder: string; why: string }[] = [];
  for (const network of await subfolders(storeFolder)) {
    if (ourFolders.has(network)) continue;
    for (const name of await subfolders(join(storeFolder, network))) {
      const folder = join(storeFolder, network, name);
      const found = await readRecord(folder);
      if (typeof found === "string") damaged.push({ folder, why: found });
      else if (found.network !== network || found.contentSha256 !== name)
        damaged.push({ folder, why: "its record is of another model" });
      else models.push(found);
    }
  }
  return { models: models.toSorted((a, b) => (a.importedAt < b.importedAt ? -1 : 1)), damaged };
}

/** The record, or why there is none. */
async function readRecord(folder: string): Promise<ModelRecord | string> {
  try {
    const parsed = modelRecordSchema.safeParse(JSON.parse(await readFile(join(folder, recordName), "utf8")));
    if (!parsed.success) return "its record is malformed";
    const { size } = await stat(join(folder, weightsName));
    if (size === parsed.data.sizeBytes) return parsed.data;
    return `its weights have ${size} bytes instead of ${parsed.data.sizeBytes}`;
  } catch (error) {
    if (error instanceof SyntaxError) return "its record is malformed";
    if (error instanceof Error && "code" in error) return `it cannot be read (${String(error.code)})`;
    throw error;
  }
}

async function subfolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** By the id of a published model, or by at least eight digits of the content's hash. */
export function findStored(models: readonly ModelRecord[], name: string): ModelRecord {
  const isHash = /^[0-9a-f]{8,64}$/.test(name);
  const found = models.filter((model) => model.modelId === name || (isHash && model.contentSha256.startsWith(name)));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (found.length > 1)
    throw refused("models.ambiguous", {
      message: `${found.length} models are stored as "${name}".`,
      hint: `Name one by its content: ${found.map((model) => `${model.contentSha256.slice(0, 12)} (${model.dtype})`).join(", ")}.`,
      details: { name },
    });
  throw refused("models.not-stored", {
    message: `There is no model "${name}" on this machine.`,
    hint: "See models list for what there is; fetch or import it first.",
    details: { name },
  });
}

/** Refuses to use weights at a size of pictures they never saw: lips then fall apart, and nothing says why. */
export function requireTrainedFor({ title, trainedForPx }: ModelRecord, resolutionPx: number): void {
  if (trainedForPx === null || trainedForPx === resolutionPx) return;
  throw refused("models.wrong-resolution", {
    message: `${title} was trained on pictures of ${trainedForPx} pixels and was asked for ${resolutionPx}.`,
    hint: `Work at ${trainedForPx} pixels, or choose a model trained for ${resolutionPx}.`,
    details: { trainedForPx, resolutionPx },
  });
}

type Verifying = { readonly signal: AbortSignal; readonly onProgress: Progress };

async function hashOf(path: string, sizeBytes: number, { signal, onProgress }: Verifying): Promise<string> {
  const hash = createHash("sha256");
  let doneBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    const bytes = chunk as Uint8Array;
    hash.update(bytes);
    doneBytes += bytes.byteLength;
    onProgress(doneBytes, sizeBytes, "bytes");
  }
  return hash.digest("hex");
}

/** Reads every byte; "models.damaged" when they are no longer those that were imported. */
export async function verifyStored(storeFolder: string, model: ModelRecord, verifying: Verifying): Promise<void> {
  const path = weightsPathOf(storeFolder, model);
  const found = await hashOf(path, model.sizeBytes, verifying);
  if (found === model.contentSha256) return;
  throw failed("models.damaged", {
    message: `The weights of ${model.title} are damaged: their SHA-256 is ${found} instead of ${model.contentSha256}.`,
    hint: "Remove the model and fetch or import it again; and look after the disk.",
    details: { path, expected: model.contentSha256, found },
  });
}

/** Takes a model away, graphs and all. The folder leaves its place first, so that half a model is never found. */
export async function removeStored(storeFolder: string, { network, contentSha256 }: ModelRecord): Promise<void> {
  const folder = modelFolder(storeFolder, network, contentSha256);
  const goingPath = join(storeFolder, network, `${contentSha256}.removed`);
  await rename(folder, goingPath);
  await fsyncFolder(join(storeFolder, network));
  await rm(goingPath, { recursive: true, force: true });
}
