// Brings files into the project: by path where the page knows it, else by copying them to the core first.
import { z } from "zod";
import { failed, fromFailureData, refused } from "../../shared/failure/index.ts";
import { failureDataSchema } from "../../shared/contract/index.ts";
import type { Operations } from "../../shared/contract/index.ts";
import { hostBridge, hostUrl } from "../connection/host-bridge.ts";

const uploadAnswerSchema = z.object({ path: z.string() });
const uploadFailureSchema = z.object({ failure: failureDataSchema });

export type UploadProgress = (name: string, doneRatio: number) => void;

/** Starts an import per file, one after the other, and answers what failed: one file doesn't keep the others out. */
export async function importFiles(
  files: readonly File[],
  operations: Operations,
  onProgress: UploadProgress,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const file of files) {
    try {
      const knownPath = hostBridge()?.pathForFile(file) ?? "";
      const path = knownPath === "" ? await uploadFile(file, onProgress) : knownPath;
      await operations["media.import"]({ path });
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}

/** XMLHttpRequest, because fetch does not tell how much of a body is on its way. */
function uploadFile(file: File, onProgress: UploadProgress): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", hostUrl(`upload?name=${encodeURIComponent(file.name)}`));
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (total > 0) onProgress(file.name, loaded / total);
    });
    request.addEventListener("load", () => {
      const answer = uploadAnswerSchema.safeParse(request.response);
      const failure = uploadFailureSchema.safeParse(request.response);
      if (request.status < 300 && answer.success) resolve(answer.data.path);
      else reject(failure.success ? fromFailureData(failure.data.failure) : uploadFailed(file.name));
    });
    request.addEventListener("error", () => reject(uploadFailed(file.name)));
    onProgress(file.name, 0);
    request.send(file);
  });
}

const uploadFailed = (name: string) =>
  failed("upload.failed", { message: `${name} could not be copied into the project.`, details: { name } });

export const notFiles = () =>
  refused("upload.not-files", { message: "Only files can be imported; folders and text cannot." });
