// Where the face models lie: in MediaPipe's npm packages, which bring them under Apache-2.0.
import { createRequire } from "node:module";
import path from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import { openPackedTflite, openTflite } from "../../weights/index.ts";
import type { TfliteModel } from "../../weights/index.ts";

export type FaceModelName = "detector-short-range" | "detector-full-range" | "mesh" | "mesh-with-attention";

type Place = (folderOf: (name: string) => string) => TfliteModel;

const detector =
  (fileName: string): Place =>
  (folderOf) =>
    openTflite(path.join(folderOf("@mediapipe/face_detection"), fileName));

const mesh =
  (fileName: string): Place =>
  (folderOf) => {
    const packed = path.join(folderOf("@mediapipe/face_mesh"), "face_mesh_solution_packed_assets");
    return openPackedTflite({ dataPath: `${packed}.data`, loaderPath: `${packed}_loader.js`, fileName });
  };

const places: Readonly<Record<FaceModelName, Place>> = {
  "detector-short-range": detector("face_detection_short_range.tflite"),
  // The sparse variant beside it holds the same weights, pruned and packed for a CPU kernel that ours has no use for.
  "detector-full-range": detector("face_detection_full_range.tflite"),
  mesh: mesh("face_landmark.tflite"),
  "mesh-with-attention": mesh("face_landmark_with_attention.tflite"),
};

/**
 * Folder of an npm package as Node finds it from here: node_modules of the checkout, and core/node_modules of the packaged
 * program, where electron-builder puts the model files with their package.json. Licence and notice stay beside them.
 */
export function packageFolder(name: string): string {
  try {
    return path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    throw refused("models.face-models-missing", {
      message: `The package ${name}, which brings the face models, is not installed.`,
      hint: "Install the program again, or run npm ci in a checkout.",
      details: { name },
      cause,
    });
  }
}

/** Reads a face model. `folderOf` gives the folder of an npm package. */
export const openFaceModel = (name: FaceModelName, folderOf = packageFolder): TfliteModel => places[name](folderOf);
