// Turns a published file into our own format, once: strict keys, one dtype, streamed, whole or absent.
import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import {
  diskFailure,
  fsyncFile,
  fsyncFolder,
  killPoint,
  makeFolderDurably,
  sha256OfFile,
  writeFileDurably,
} from "../../base/index.ts";
import type { Clock, Progress, Random } from "../../base/index.ts";
import type { Weight } from "../../onnx/index.ts";
import { openTensorFile } from "../open-tensor-file.ts";
import type { TensorFile } from "../tensor-file.ts";
import { weightsOf } from "../weights-of-file.ts";
import { safetensorsByteCount, writeSafetensors } from "../write-safetensors.ts";
import type { PublishedModel } from "./manifest.ts";
import type { ModelRecord } from "./model-record.ts";
import { isAlive, modelFolder, recordName, requireRoom, sizeIfThere, storePaths, weightsName } from "./store-folder.ts";

type Json = z.infer<ReturnType<typeof z.json>>;

/** Which network a file's tensors are of. */
export type Recognised = {
  readonly network: string;
  readonly config: Json;
  /** Where the file itself says it. */
  readonly trainedForPx?: number;
  /** Our key -> the file's, in our order: all of the network's tensors and no other. */
  readonly keys: ReadonlyMap<string, string>;
};

/** Tells a network by the tensors of a file; refuses files of no network. Handed in by whoever knows the networks. */
export type Recognise = (dims: ReadonlyMap<string, readonly number[]>, metadata: TensorFile["scalars"]) => Recognised;

export type ImportOrder = {
  /** Of the file; it stays where it is. */
  readonly path: string;
  readonly how: ModelRecord["origin"]["how"];
  readonly dtype: ModelRecord["dtype"];
  /** Which published model the person says it is; undefined leaves it to the file. */
  readonly claimedId: string | undefined;
  /** For models whose file does not tell: fine-tuned ones. */
  readonly trainedForPx: number | undefined;
  /** When it is known already, so that the file is read once less. */
  readonly sha256?: string;
};

export type ImportTools = {
  readonly storeFolder: string;
  readonly published: readonly PublishedModel[];
  readonly recognise: Recognise;
  /** What the person has accepted; refuses when they have not. */
  readonly licence: (licenceId: string) => Promise<ModelRecord["licence"]>;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  readonly onStage: (stage: string) => void;
};

/** Imports `order.path` and answers the record. Importing the same weights again only renews their record. */
export async function importModel(order: ImportOrder, tools: ImportTools): Promise<ModelRecord> {
  const { storeFolder, signal } = tools;
  tools.onStage("reading the file");
  using file = openTensorFile(order.path);
  const recognised = tools.recognise(new Map([...file.entries].map(([key, { dims }]) => [key, dims])), file.scalars);
  const sha256 = order.sha256 ?? (await sha256OfFile(order.path, signal));
  const { size: originBytes } = await stat(order.path);
  const identity = identify({ order, sha256, network: recognised.network, published: tools.published });
  const licence = identity.licenceId === undefined ? null : await tools.licence(identity.licenceId);
  const weights = weightsFor(file, recognised, order.dtype);
  await requireRoom(storeFolder, safetensorsByteCount(weights));
  await using staging = await stagingFolder(storeFolder, tools.random);
  tools.onStage("converting");
  const contentSha256 = await writeWeights(join(staging.folder, weightsName), { weights, recognised, tools });
  const record: ModelRecord = {
    format: 1,
    contentSha256,
    network: recognised.network,
    config: recognised.config,
    modelId: identity.published?.id ?? null,
    title: identity.published?.title ?? basename(order.path),
    trainedForPx: identity.trainedForPx ?? recognised.trainedForPx ?? null,
    dtype: order.dtype,
    sizeBytes: (await stat(join(staging.folder, weightsName))).size,
    tensorCount: weights.length,
    parameterCount: weights.reduce((sum, { dims }) => sum + dims.reduce((count, dim) => count * dim, 1), 0),
    origin: {
      how: order.how,
      fileName: basename(order.path),
      sizeBytes: originBytes,
      sha256,
      isPublishedFile: identity.isPublishedFile,
    },
    licence,
    importedAt: new Date(tools.clock.nowMs()).toISOString(),
  };
  await settle(staging.folder, record, storeFolder);
  return record;
}

type Identifying = {
  readonly order: ImportOrder;
  readonly sha256: string;
  readonly network: string;
  readonly published: readonly PublishedModel[];
};

export type Identity = {
  readonly published: PublishedModel | undefined;
  readonly isPublishedFile: boolean | null;
  readonly trainedForPx: number | null;
  /** A model fine-tuned from a published one is under the same licence. */
  readonly licenceId: string | undefined;
};

/** By the hash, which is certain; else by the tensors, and what the person says. Refuses what contradicts either. */
export function identify({ order, sha256, network, published }: Identifying): Identity {
  const byHash = published.find((model) => model.file.sha256 === sha256);
  const claimed = order.claimedId === undefined ? undefined : published.find(({ id }) => id === order.claimedId);
  if (order.claimedId !== undefined && claimed === undefined)
    throw wrongPair(`there is no published model "${order.claimedId}"`, order);
  if (byHash && claimed && byHash.id !== claimed.id)
    throw wrongPair(`it is the published file of ${byHash.title}, not of ${claimed.title}`, order);
  if (claimed && claimed.network !== network)
    throw wrongPair(`its tensors are those of ${network}, and ${claimed.title} is ${claimed.network}`, order);
  const model = byHash ?? claimed;
  const px = model?.trainedForPx ?? undefined;
  if (px !== undefined && order.trainedForPx !== undefined && px !== order.trainedForPx)
    throw wrongPair(`${model?.title} was trained on pictures of ${px} pixels, not of ${order.trainedForPx}`, order);
  const isPublishedFile = byHash ? true : claimed ? (claimed.file.sha256 === null ? null : false) : null;
  // A file that claims a release but is not its published one is somebody's own: a fine-tuned or repacked copy.
  const isOwn = byHash === undefined && claimed?.file.sha256 !== null;
  const needsPx = published.some((each) => each.network === network && each.trainedForPx !== null);
  const trainedForPx = px ?? order.trainedForPx ?? null;
  if (needsPx && trainedForPx === null) throw unknownResolution(order, network);
  const licenceId = (model ?? published.find((each) => each.network === network))?.licence;
  return { published: isOwn ? undefined : model, isPublishedFile, trainedForPx, licenceId };
}

const wrongPair = (why: string, { path }: ImportOrder) =>
  refused("models.wrong-pair", {
    message: `${path} was not imported: ${why}.`,
    hint: "Import it as what it is. Weights of another release give blurred mouths, and nothing says so while it renders.",
    details: { path },
  });

const unknownResolution = ({ path }: ImportOrder, network: string) =>
  refused("models.which-resolution", {
    message: `${path} holds tensors of ${network}, but nothing in the file says which size of pictures it was trained on.`,
    hint: "Say so: --trained-for-px 256 or --trained-for-px 512; or --as with the published model that it is.",
    details: { path, network },
  });

function weightsFor(file: TensorFile, { keys }: Recognised, dtype: ImportOrder["dtype"]): readonly Weight[] {
  const source = weightsOf(file, { dtype, keyInFile: (key) => keys.get(key) ?? key });
  return [...keys].map(([key, keyInFile]) => {
    const weight = source.find(key);
    if (weight) return weight;
    throw refused("weights.missing-tensor", { message: `The file has no tensor "${keyInFile}".`, details: { key } });
  });
}

type Writing = {
  readonly weights: readonly Weight[];
  readonly recognised: Recognised;
  readonly tools: Pick<ImportTools, "signal" | "onProgress">;
};

/** Writes the file and answers its SHA-256, taken while it passes. */
async function writeWeights(path: string, { weights, recognised, tools }: Writing): Promise<string> {
  const hash = createHash("sha256");
  try {
    await writeSafetensors(path, weights, {
      // Nothing that differs from one import to the next: the same weights give the same file.
      metadata: { format: "dubwright-1", network: recognised.network },
      signal: tools.signal,
      onBytes: (done, total) => tools.onProgress(done, total, "bytes"),
      onChunk: (bytes) => hash.update(bytes),
    });
  } catch (cause) {
    tools.signal.throwIfAborted();
    const isDisk = cause instanceof Error && "code" in cause && "syscall" in cause;
    throw isDisk ? diskFailure("write", path, cause) : cause;
  }
  return hash.digest("hex");
}

/** A folder of its own for one conversion. What killed ones have left behind is swept by the next. */
async function stagingFolder(storeFolder: string, random: Random) {
  const { temp } = storePaths(storeFolder);
  await makeFolderDurably(temp);
  await sweep(temp);
  const folder = join(temp, `${process.pid}-${Buffer.from(random.bytes(6)).toString("hex")}`);
  await mkdir(folder);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function sweep(temp: string): Promise<void> {
  for (const name of await readdir(temp)) {
    const pid = Number(name.split("-")[0]);
    if (pid === process.pid || isAlive(pid)) continue;
    await rm(join(temp, name), { recursive: true, force: true });
  }
}

/** Gives the finished conversion its name. Where the same weights lie already, they stay and their record is renewed. */
async function settle(staged: string, record: ModelRecord, storeFolder: string): Promise<void> {
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  const folder = modelFolder(storeFolder, record.network, record.contentSha256);
  const networkFolder = join(storeFolder, record.network);
  await makeFolderDurably(networkFolder);
  await writeFile(join(staged, recordName), text);
  await fsyncFile(join(staged, recordName));
  await fsyncFolder(staged);
  killPoint("models.import.staged");
  const isThere = (await sizeIfThere(join(folder, weightsName))) === record.sizeBytes;
  if (isThere) {
    await writeFileDurably(join(folder, recordName), text);
    return;
  }
  await rm(folder, { recursive: true, force: true });
  await rename(staged, folder);
  killPoint("models.import.renamed");
  await fsyncFolder(networkFolder);
}
