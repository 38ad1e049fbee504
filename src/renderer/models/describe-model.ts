// A model in words: what it is for, where it stands, what its licence says. Pure.
import type { TFunction } from "i18next";
import type { JobSummary } from "../../shared/contract/index.ts";
import { isActive } from "../connection/job-list.ts";
import type { WeightDtype } from "./precision-choice.tsx";
import type { Licence, PublishedModel } from "./use-models.ts";

/** Models are described in the reader's language where we have it, else in the words of the manifest. */
const purposes = {
  "latentsync-1.6": "models.purposeRelease16",
  "latentsync-1.5": "models.purposeRelease15",
  "latentsync-1.0": "models.purposeRelease10",
  "sd-vae-ft-mse": "models.purposeVae",
  "whisper-tiny": "models.purposeWhisper",
  "stable-syncnet": "models.purposeSyncNet",
  "latentsync-syncnet-1.0": "models.purposeSyncNet10",
  vgg16: "models.purposeVgg",
  "lpips-vgg": "models.purposeLpips",
  "videomae-g": "models.purposeVideoMae",
  "syncnet-v2": "models.purposeSyncNetV2",
} as const satisfies Readonly<Record<string, string>>;

export const licenceTexts = {
  "openrail++": {
    summary: "licence.railSummary",
    restrictions: [
      "licence.railLaw",
      "licence.railMinors",
      "licence.railFalsehood",
      "licence.railPersonalData",
      "licence.railHarassment",
      "licence.railDecisions",
      "licence.railBehavior",
      "licence.railWeakness",
      "licence.railDiscrimination",
      "licence.railMedicine",
      "licence.railJustice",
    ],
  },
  mit: { summary: "licence.mitSummary", restrictions: [] },
  "bsd-3-clause": { summary: "licence.bsd3Summary", restrictions: [] },
  "bsd-2-clause": { summary: "licence.bsd2Summary", restrictions: [] },
  unclear: { summary: "licence.unclearSummary", restrictions: ["licence.unclearUse"] },
} as const;

export const purposeOf = ({ modelId, purpose }: Pick<PublishedModel, "modelId" | "purpose">, t: TFunction): string => {
  const key = new Map<string, (typeof purposes)[keyof typeof purposes]>(Object.entries(purposes)).get(modelId);
  return key ? t(key) : purpose;
};

export type LicenceText = { readonly summary: string; readonly restrictions: readonly string[] };

/** In the reader's language; a licence that has grown since it was translated is shown as it came. */
export function licenceText({ id, summary, restrictions }: Licence, t: TFunction): LicenceText {
  const known = Object.entries(licenceTexts).find(([licenceId]) => licenceId === id)?.[1];
  if (!known || known.restrictions.length !== restrictions.length) return { summary, restrictions };
  return { summary: t(known.summary), restrictions: known.restrictions.map((key) => t(key)) };
}

export type ModelState = "unusable" | "busy" | "stored" | "partial" | "absent";

export function stateOf(model: PublishedModel, job: JobSummary | undefined): ModelState {
  if (job && isActive(job)) return "busy";
  if (model.stored.length > 0) return "stored";
  if (model.network === null) return "unusable";
  return model.downloadedBytes > 0 ? "partial" : "absent";
}

/** The newest job about a model; jobs come newest first. */
export const latestJob = (jobs: readonly JobSummary[], modelId: string): JobSummary | undefined =>
  jobs.find(({ labels }) => labels["modelId"] === modelId);

/** Imports that run or need an answer: the newest of each file, unless it has ended well. */
export const openImports = (jobs: readonly JobSummary[]): readonly JobSummary[] => {
  const imports = jobs.filter(({ kind }) => kind === "models.import");
  const newest = new Map(imports.toReversed().map((job) => [job.labels["path"], job]));
  return [...newest.values()].filter(({ state }) => state !== "done" && state !== "cancelled");
};

/** What has been said about an import already, so that a second question does not take back the first answer. */
export const answersOf = ({ labels }: JobSummary): { readonly dtype: WeightDtype; readonly trainedForPx?: number } => {
  const trainedForPx = Number(labels["trainedForPx"]);
  return {
    dtype: labels["dtype"] === "float16" ? "float16" : "float32",
    ...(trainedForPx > 0 && { trainedForPx }),
  };
};

/** A refusal that is a question: the import goes on with the answer. */
export const isQuestion = ({ failure }: JobSummary): boolean =>
  failure?.code === "models.which-resolution" || failure?.code === "models.licence-not-accepted";

export const roles = [
  { role: "dubbing", title: "models.roleDubbing" },
  { role: "training", title: "models.roleTraining" },
  { role: "evaluation", title: "models.roleEvaluation" },
] as const;
