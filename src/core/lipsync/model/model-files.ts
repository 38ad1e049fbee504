// Which files on this machine make up a lip-sync model: one that holds everything, or the three of a published release.
import { dirname } from "node:path";
import { createHash } from "node:crypto";
import { refused } from "../../../shared/failure/index.ts";
import { lipsyncModelSchema, lipsyncNetwork, publishedLipsync } from "../../models/index.ts";
import type { LipsyncModelConfig, LipsyncPart } from "../../models/index.ts";
import { findStored, readStoredModels, weightsPathOf } from "../../weights/index.ts";
import type { ModelRecord } from "../../weights/index.ts";

/** Where the weights of one network lie. */
export type PartFile = {
  readonly weightsPath: string;
  /** Graphs are written beside the weights, so that they refer to them instead of holding a copy. */
  readonly folder: string;
  /** Before every key in the file. */
  readonly prefix: string;
  readonly dtype: ModelRecord["dtype"];
  readonly contentSha256: string;
};

export type ModelFiles = {
  readonly title: string;
  readonly config: LipsyncModelConfig;
  readonly parts: Readonly<Record<LipsyncPart, PartFile>>;
  /** Of everything that decides what the model computes: its files and how they are used. */
  readonly modelHash: string;
};

const unets: ReadonlySet<string> = new Set([
  "latentsync-unet",
  "latentsync-unet-efficient",
  "latentsync-unet-stage1",
  "latentsync-unet-1.0",
]);

const isLipsync = ({ network }: ModelRecord): boolean => network === lipsyncNetwork || unets.has(network);

/**
 * The model of that name (the id of a published one, or the first digits of a hash); the only one there is when none is
 * named, else the newest. Refuses what is no lip-sync model and what lacks a part, saying which.
 */
export async function findLipsyncModel(storeFolder: string, name: string | undefined): Promise<ModelFiles> {
  const { models } = await readStoredModels(storeFolder);
  const unet = name === undefined ? models.findLast(isLipsync) : findStored(models, name);
  if (!unet) throw noModel();
  if (!isLipsync(unet)) throw wrongFamily(unet);
  return unet.network === lipsyncNetwork
    ? wholeModel(storeFolder, unet)
    : publishedModelFiles(storeFolder, unet, models);
}

const partFile = (storeFolder: string, record: ModelRecord, prefix: string): PartFile => {
  const weightsPath = weightsPathOf(storeFolder, record);
  return {
    weightsPath,
    folder: dirname(weightsPath),
    prefix,
    dtype: record.dtype,
    contentSha256: record.contentSha256,
  };
};

function wholeModel(storeFolder: string, record: ModelRecord): ModelFiles {
  const config = lipsyncModelSchema.parse(record.config);
  return {
    title: record.title,
    config,
    parts: {
      unet: partFile(storeFolder, record, "unet."),
      vae: partFile(storeFolder, record, "vae."),
      whisper: partFile(storeFolder, record, "whisper."),
    },
    modelHash: hashOf([record.contentSha256], config),
  };
}

function publishedModelFiles(storeFolder: string, unet: ModelRecord, models: readonly ModelRecord[]): ModelFiles {
  const vae = requirePart(models, "sd-vae", unet);
  const whisper = requirePart(models, "whisper-tiny", unet);
  const config = lipsyncModelSchema.parse({
    ...publishedLipsync,
    unet: unet.config,
    vae: vae.config,
    whisper: whisper.config,
    faceSizePx: unet.trainedForPx ?? publishedLipsync.faceSizePx,
  });
  return {
    title: unet.title,
    config,
    parts: {
      unet: partFile(storeFolder, unet, ""),
      vae: partFile(storeFolder, vae, ""),
      whisper: partFile(storeFolder, whisper, ""),
    },
    modelHash: hashOf([unet.contentSha256, vae.contentSha256, whisper.contentSha256], config),
  };
}

const hashOf = (contents: readonly string[], config: LipsyncModelConfig): string =>
  createHash("sha256").update(JSON.stringify({ contents, config })).digest("hex");

function requirePart(models: readonly ModelRecord[], network: string, { title }: ModelRecord): ModelRecord {
  const found = models.findLast((model) => model.network === network);
  if (found) return found;
  throw refused("models.part-missing", {
    message: `${title} works together with ${network}, and there is none on this machine.`,
    hint: `Fetch or import it: models list says where it comes from.`,
    details: { network },
  });
}

const noModel = () =>
  refused("models.no-lipsync-model", {
    message: "There is no lip-sync model on this machine.",
    hint: "Fetch one (models download), or import a file (models import); models list shows what there is.",
  });

const wrongFamily = ({ title, network }: ModelRecord) =>
  refused("models.wrong-family", {
    message: `${title} is ${network}: it cannot make takes.`,
    hint: "Choose a lip-sync model; models list shows which there are.",
    details: { network },
  });
