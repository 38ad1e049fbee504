// Where the geometry of tracks lies: one file a track, named by the hash of its bytes, never changed, kept with the project.
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { failed } from "../../../shared/failure/index.ts";
import { makeFolderDurably, writeFileDurably } from "../../base/index.ts";
import { decodeTrackGeometry, encodeTrackGeometry } from "./geometry-format.ts";
import type { TrackGeometry } from "./track-geometry.ts";

/** "ab/ab12….face" below the folder of tracks. */
export const trackFilePath = (tracksFolder: string, geometrySha256: string): string =>
  join(tracksFolder, geometrySha256.slice(0, 2), `${geometrySha256}.face`);

/** Writes the geometry, unless the same is there, and answers the hash that names it. It survives a power cut from then on. */
export async function writeTrackFile(tracksFolder: string, geometry: TrackGeometry): Promise<string> {
  const bytes = encodeTrackGeometry(geometry);
  const sha256 = sha256Of(bytes);
  const path = trackFilePath(tracksFolder, sha256);
  if ((await sizeOf(path)) === bytes.length) return sha256;
  await makeFolderDurably(dirname(path));
  await writeFileDurably(path, bytes);
  return sha256;
}

/** The geometry of that hash. What is missing or not what its name says fails as "faces.geometry-missing" or "-damaged". */
export async function readTrackFile(tracksFolder: string, geometrySha256: string): Promise<TrackGeometry> {
  const path = trackFilePath(tracksFolder, geometrySha256);
  const bytes = await readIfThere(path);
  if (!bytes)
    throw failed("faces.geometry-missing", {
      message: `Expected the geometry of a face track at ${path}, found none.`,
      hint: "Restore the project's folder from a copy, or track the faces of this reel again.",
      details: { path },
    });
  if (sha256Of(bytes) !== geometrySha256)
    throw failed("faces.damaged-geometry", {
      message: `The file ${path} is not what its name says: it was changed or torn.`,
      hint: "Restore the project's folder from a copy, or track the faces of this reel again.",
      details: { path },
    });
  return decodeTrackGeometry(bytes);
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
