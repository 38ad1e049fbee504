// What a failure says in the reader's language: by its code where we know it, else in the words it came with.
import type { TFunction } from "i18next";
import type { FailureData } from "../../shared/failure/index.ts";

export type FailureText = { readonly title: string; readonly text: string };

const known = {
  "contract.connection-lost": "failure.connectionLost",
  "media.already-imported": "failure.alreadyImported",
  "media.other-content": "failure.otherContent",
  "media.not-found": "failure.mediaNotFound",
  "project.exists": "failure.projectExists",
} as const;

export function failureText(failure: FailureData, t: TFunction): FailureText {
  const title = failure.kind === "refused" ? t("failure.refused") : t("failure.failed");
  if (failure.code === "media.already-imported")
    return { title, text: `${t("failure.alreadyImported")} ${t("failure.alreadyImportedHint")}` };
  if (failure.code === "upload.not-files") return { title: t("media.notFiles"), text: t("media.notFilesHint") };
  if (failure.code === "upload.failed") {
    const name = String(failure.details["name"]);
    return { title, text: `${t("failure.uploadFailed", { name })} ${t("failure.uploadFailedHint")}` };
  }
  const key = new Map(Object.entries(known)).get(failure.code);
  return { title, text: key ? t(key) : `${failure.message} ${failure.hint}`.trim() };
}

/** Everything about a failure, to be copied into a report. */
export const failureDetail = (failure: FailureData): string =>
  [
    `${failure.kind} ${failure.code}`,
    failure.message,
    failure.hint,
    ...Object.entries(failure.details).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ]
    .filter((line) => line !== "")
    .join("\n");
