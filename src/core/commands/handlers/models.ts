// Handlers of models: what there is, and the jobs that fetch, convert and verify.
import { rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import { hasEnded } from "../../jobs/index.ts";
import type { JsonValue } from "../../jobs/index.ts";
import {
  addressesOf,
  checkAddress,
  downloadPath,
  findAcceptance,
  findStored,
  licenceOf,
  notAccepted,
  publishedModel,
  readAcceptances,
  readStoredModels,
  recordAcceptance,
  removeStored,
  storePaths,
} from "../../weights/index.ts";
import type { ModelRecord, PublishedModel } from "../../weights/index.ts";
import type { CheckOrder, DownloadOrder, ImportModelOrder, VerifyOrder } from "../model-orders.ts";
import { downloadedBytes, listModels } from "../list-models.ts";
import { isoTime } from "../job-summaries.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "models.list" | "models.download" | "models.import" | "models.verify" | "models.check" | "models.remove";

type Order = DownloadOrder | ImportModelOrder | VerifyOrder | CheckOrder;
type Work = { readonly kind: string; readonly resourceClass: "network" | "disk" | "compute"; readonly labels: Labels };
type Labels = Readonly<Record<string, string>>;

export function modelHandlers(tools: HandlerTools): Pick<Handlers, Names> {
  const { modelManifest: manifest, appJobs, random, clock } = tools;
  const storeFolder = join(tools.tools.folders.appData, "models");
  const paths = storePaths(storeFolder);

  /** One job at a time for each model: whoever asks again is told of the one that runs. */
  const enqueue = async ({ kind, resourceClass, labels }: Work, order: Order) => {
    const { scheduler } = await appJobs.start();
    const active = scheduler.list({ kinds: [kind], labels }).find((job) => !hasEnded(job));
    if (active) return { jobId: active.jobId };
    const jobId = `job-${Buffer.from(random.bytes(10)).toString("hex")}`;
    // Orders are JSON by their schemas.
    const input = JSON.parse(JSON.stringify(order)) as JsonValue;
    // The work tries again by itself where that helps; a second round would only repeat what it has given up.
    scheduler.enqueue({ jobId, kind, resourceClass, input, labels, maxAttempts: 1 });
    return { jobId };
  };
  const alternativeBase = async (): Promise<string | undefined> => {
    const { modelsUrl } = await tools.appFiles.read("settings");
    const base = tools.tools.models?.alternativeBase ?? (modelsUrl || undefined);
    return base === undefined ? undefined : checkAddress(base).href;
  };
  const common = (dtype: ModelRecord["dtype"], acceptLicence: "accepts" | "asks") => ({
    storeFolder,
    published: manifest.models,
    licensing: { licences: manifest.licences, acceptLicence: acceptLicence === "accepts" },
    dtype,
  });

  return {
    "models.list": async () => await listModels({ storeFolder, manifest, alternativeBase: await alternativeBase() }),
    "models.download": async ({ modelId, dtype, acceptLicence }) => {
      const model = publishedModel(manifest, modelId);
      if (model.network === null) throw noNetwork(model);
      const licence = licenceOf(manifest, model.licence);
      const isKnown = findAcceptance(await readAcceptances(paths.acceptedLicences), licence) !== undefined;
      if (!isKnown && !acceptLicence) throw notAccepted(licence);
      if (!isKnown)
        await recordAcceptance({ path: paths.acceptedLicences, licence, acceptedAt: isoTime(clock.nowMs()) });
      const addresses = [...addressesOf(model, await alternativeBase())];
      const work = {
        kind: "models.download",
        resourceClass: "network",
        labels: { title: model.title, modelId },
      } as const;
      return await enqueue(work, { ...common(dtype, "asks"), modelId, addresses });
    },
    "models.import": async ({ path, as, trainedForPx, dtype, acceptLicence }) => {
      // Whoever answers a question of the import repeats what was said before, and reads it here.
      const said = { dtype, ...(as !== undefined && { as }), ...(trainedForPx && { trainedForPx: `${trainedForPx}` }) };
      const labels = { title: basename(path), path, ...said };
      const work = { kind: "models.import", resourceClass: "disk", labels } as const;
      return await enqueue(work, {
        ...common(dtype, acceptLicence ? "accepts" : "asks"),
        path: resolve(path),
        as: as ?? null,
        trainedForPx: trainedForPx ?? null,
      });
    },
    "models.verify": async ({ model }) => {
      const { contentSha256, title, modelId } = findStored((await readStoredModels(storeFolder)).models, model);
      const labels = { title, contentSha256, ...(modelId === null ? {} : { modelId }) };
      return await enqueue({ kind: "models.verify", resourceClass: "disk", labels }, { storeFolder, contentSha256 });
    },
    "models.check": async ({ vectors, provider, precision }) => {
      const vectorsPath = resolve(vectors);
      const labels = { title: basename(vectors), path: vectorsPath, provider, precision };
      return await enqueue(
        { kind: "models.check", resourceClass: "compute", labels },
        { vectorsPath, provider, precision },
      );
    },
    "models.remove": ({ model }) => removeModel(model, storeFolder, tools),
  };
}

/** A stored model; or what a download has left, when nothing is stored under that name. */
async function removeModel(name: string, storeFolder: string, tools: HandlerTools): Promise<AnswerOf<"models.remove">> {
  const { models } = await readStoredModels(storeFolder);
  const published = tools.modelManifest.models.find(({ id }) => id === name);
  const leftBytes = published ? await downloadedBytes(storeFolder, published) : 0;
  if (published && leftBytes > 0 && !models.some(({ modelId }) => modelId === name)) {
    refuseWhileRunning(tools, name);
    await rm(dirname(downloadPath(storeFolder, published)), { recursive: true, force: true });
    return { freedBytes: leftBytes };
  }
  const record = findStored(models, name);
  await removeStored(storeFolder, record);
  return { freedBytes: record.sizeBytes };
}

const noNetwork = ({ title }: PublishedModel) =>
  refused("models.cannot-use", {
    message: `${title} is listed, but this release has no network for it yet.`,
    hint: "It is not needed to dub or to fine-tune.",
  });

function refuseWhileRunning({ appJobs }: HandlerTools, modelId: string): void {
  const jobs = appJobs.find()?.scheduler.list({ kinds: ["models.download"], labels: { modelId } }) ?? [];
  if (jobs.every(hasEnded)) return;
  throw refused("models.busy", { message: "This model is being fetched.", hint: "Cancel that first." });
}
