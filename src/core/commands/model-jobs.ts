// The model jobs as a worker does them: fetch, convert, verify, check against vectors. The only work of the product that uses the network.
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DubError, refused } from "../../shared/failure/index.ts";
import { makeFolderDurably } from "../base/index.ts";
import type { JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import { recogniseNetwork } from "../models/index.ts";
import { lendSoftwareDevice, openRuntime } from "../onnx/index.ts";
import { checkVectors } from "../training/index.ts";
import {
  downloadFile,
  downloadPath,
  findAcceptance,
  findStored,
  holdLock,
  importModel,
  notAccepted,
  partialBytes,
  readAcceptances,
  readStoredModels,
  recordAcceptance,
  requireRoom,
  storePaths,
  verifyStored,
} from "../weights/index.ts";
import type { ImportOrder, ImportTools, ModelRecord, PublishedModel } from "../weights/index.ts";
import { checkOrderSchema, downloadOrderSchema, importOrderSchema, verifyOrderSchema } from "./model-orders.ts";
import type { DownloadOrder, ImportModelOrder, Licensing } from "./model-orders.ts";

export const modelJobs: JobFunctions = {
  "models.download": async (input, context) => answerOf(await download(downloadOrderSchema.parse(input), context)),
  "models.import": async (input, context) => {
    const order = importOrderSchema.parse(input);
    const { path, dtype, as, trainedForPx } = order;
    const asked: ImportOrder = {
      path,
      how: "import",
      dtype,
      claimedId: as ?? undefined,
      trainedForPx: trainedForPx ?? undefined,
    };
    return answerOf(await importModel(asked, importTools(order, context)));
  },
  "models.verify": async (input, context) => {
    const { storeFolder, contentSha256 } = verifyOrderSchema.parse(input);
    const { models } = await readStoredModels(storeFolder);
    const model = findStored(models, contentSha256);
    context.stage("reading every byte");
    await verifyStored(storeFolder, model, { signal: context.signal, onProgress: context.progress });
    return answerOf(model);
  },
  "models.check": async (input, context) => {
    const { vectorsPath, provider, precision } = checkOrderSchema.parse(input);
    context.stage("running the networks");
    const softwareDevice = (provider === "webgpu" ? lendSoftwareDevice() : undefined) ?? null;
    const runtime = await openRuntime({ role: "worker", logger: context.log });
    await makeFolderDurably(context.folder);
    const { signal, progress, folder } = context;
    const report = await checkVectors(vectorsPath, {
      runtime,
      provider,
      precision,
      workFolder: folder,
      signal,
      onProgress: progress,
    });
    return {
      ...report,
      softwareDevice,
      outputs: report.outputs.map((output) => ({ ...output })),
      placements: report.placements.map((placement) => ({ ...placement })),
    };
  },
};

const answerOf = ({ contentSha256, modelId, title }: ModelRecord): JsonValue => ({ contentSha256, modelId, title });

async function download(order: DownloadOrder, context: JobContext): Promise<ModelRecord> {
  const { storeFolder, addresses, dtype } = order;
  const model = order.published.find(({ id }) => id === order.modelId);
  if (!model) throw refused("models.unknown", { message: `There is no published model "${order.modelId}".` });
  const path = downloadPath(storeFolder, model);
  await makeFolderDurably(dirname(path));
  // Held until the file is converted: two at once would write into the same file.
  await using held = new AsyncDisposableStack();
  held.use(await holdLock(`${dirname(path)}.lock`, context.clock));
  await requireRoom(storeFolder, (await missingBytes(path, model)) + convertedBytes(model, dtype));
  context.stage("downloading");
  const { sizeBytes, isSizeExact, sha256 } = model.file;
  const foundSha256 = await downloadFile(
    {
      addresses,
      path,
      sizeBytes: isSizeExact ? sizeBytes : undefined,
      aboutBytes: sizeBytes,
      sha256: sha256 ?? undefined,
    },
    { clock: context.clock, logger: context.log, signal: context.signal, onProgress: context.progress },
  );
  const asked = {
    path,
    how: "download",
    dtype,
    claimedId: model.id,
    trainedForPx: undefined,
    sha256: foundSha256,
  } as const;
  const record = await importFetched(asked, model, importTools(order, context));
  await rm(dirname(path), { recursive: true, force: true });
  return record;
}

/** A file whose hash is known is the right one, whatever becomes of it; one without is thrown away when it is refused. */
async function importFetched(asked: ImportOrder, { file }: PublishedModel, tools: ImportTools): Promise<ModelRecord> {
  try {
    return await importModel(asked, tools);
  } catch (error) {
    const isWrongFile = error instanceof DubError && /^(?:weights\.|models\.(?:wrong|unknown))/.test(error.code);
    if (isWrongFile && file.sha256 === null) await rm(dirname(asked.path), { recursive: true, force: true });
    throw error;
  }
}

const missingBytes = async (path: string, { file }: PublishedModel): Promise<number> =>
  Math.max(0, file.sizeBytes - (await partialBytes(path)));

/** At most: published files hold float32, apart from Whisper's, which is small. */
const convertedBytes = ({ file }: PublishedModel, dtype: ModelRecord["dtype"]): number =>
  dtype === "float16" ? file.sizeBytes / 2 : file.sizeBytes;

type ImportSurroundings = Pick<DownloadOrder | ImportModelOrder, "storeFolder" | "published" | "licensing">;

const importTools = ({ storeFolder, published, licensing }: ImportSurroundings, context: JobContext): ImportTools => ({
  storeFolder,
  published,
  recognise: recogniseNetwork,
  licence: (licenceId) => acceptedLicence(licenceId, { storeFolder, licensing, context }),
  clock: context.clock,
  random: context.random,
  signal: context.signal,
  onProgress: context.progress,
  onStage: context.stage,
});

type Accepting = { readonly storeFolder: string; readonly licensing: Licensing; readonly context: JobContext };

/** What the person has accepted before or accepts with this order; refuses when neither. */
async function acceptedLicence(licenceId: string, { storeFolder, licensing, context }: Accepting) {
  const licence = licensing.licences.find(({ id }) => id === licenceId);
  if (!licence) throw refused("models.unknown", { message: `There is no licence "${licenceId}".` });
  const path = storePaths(storeFolder).acceptedLicences;
  const known = findAcceptance(await readAcceptances(path), licence);
  if (!known && !licensing.acceptLicence) throw notAccepted(licence);
  const acceptedAt = new Date(context.clock.nowMs()).toISOString();
  const acceptance = known ?? (await recordAcceptance({ path, licence, acceptedAt }));
  return { id: licence.id, textSha256: acceptance.textSha256, acceptedAt: acceptance.acceptedAt };
}
