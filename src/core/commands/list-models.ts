// The models of this machine as the contract lists them: what is published, what is fetched, what is stored.
import type { AnswerOf } from "../../shared/contract/index.ts";
import {
  addressesOf,
  downloadPath,
  findAcceptance,
  partialBytes,
  readAcceptances,
  readStoredModels,
  sizeIfThere,
  storePaths,
} from "../weights/index.ts";
import type { ModelManifest, ModelRecord, PublishedModel } from "../weights/index.ts";

type Library = {
  readonly storeFolder: string;
  readonly manifest: ModelManifest;
  readonly alternativeBase: string | undefined;
};

export async function listModels({
  storeFolder,
  manifest,
  alternativeBase,
}: Library): Promise<AnswerOf<"models.list">> {
  const { models, damaged } = await readStoredModels(storeFolder);
  const acceptances = await readAcceptances(storePaths(storeFolder).acceptedLicences);
  return {
    folder: storeFolder,
    licences: manifest.licences.map((licence) => ({
      ...licence,
      acceptedAt: findAcceptance(acceptances, licence)?.acceptedAt ?? null,
    })),
    models: await Promise.all(
      manifest.models.map(async (model) => ({
        ...describePublished(model, alternativeBase),
        downloadedBytes: await downloadedBytes(storeFolder, model),
        stored: models.filter(({ modelId }) => modelId === model.id).map(describeStored),
      })),
    ),
    own: models.filter(({ modelId }) => !manifest.models.some(({ id }) => id === modelId)).map(describeStored),
    damaged: [...damaged],
  };
}

/** Of a download that has not become a model yet. */
export async function downloadedBytes(storeFolder: string, model: PublishedModel): Promise<number> {
  const path = downloadPath(storeFolder, model);
  return (await sizeIfThere(path)) ?? (await partialBytes(path));
}

type Published = Omit<AnswerOf<"models.list">["models"][number], "downloadedBytes" | "stored">;

const describePublished = (model: PublishedModel, alternativeBase: string | undefined): Published => ({
  modelId: model.id,
  title: model.title,
  purpose: model.purpose,
  role: model.role,
  network: model.network,
  trainedForPx: model.trainedForPx,
  fileName: model.file.name,
  sizeBytes: model.file.sizeBytes,
  isSizeExact: model.file.isSizeExact,
  sha256: model.file.sha256,
  address: addressesOf(model, alternativeBase)[0] ?? "",
  licenceId: model.licence,
  notes: model.notes,
});

const describeStored = (record: ModelRecord): AnswerOf<"models.list">["own"][number] => ({
  contentSha256: record.contentSha256,
  title: record.title,
  network: record.network,
  dtype: record.dtype,
  sizeBytes: record.sizeBytes,
  parameterCount: record.parameterCount,
  trainedForPx: record.trainedForPx,
  importedAt: record.importedAt,
  originFileName: record.origin.fileName,
  isPublishedFile: record.origin.isPublishedFile,
});
