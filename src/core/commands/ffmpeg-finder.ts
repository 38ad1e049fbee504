// ffmpeg, looked for once it is needed, and again while it is missing: it may be installed meanwhile.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "../base/index.ts";
import { findFfmpeg } from "../media/index.ts";
import type { Ffmpeg, FfmpegPlaces } from "../media/index.ts";

export type FfmpegFinder = () => Promise<Ffmpeg>;

export function createFfmpegFinder(places: FfmpegPlaces, logger: Logger): FfmpegFinder {
  let found: Promise<Ffmpeg> | undefined;
  return async () => {
    found ??= findFfmpeg(places, { logger: logger.child("core/media") });
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
}

/** The checkout, or the resources of a package, in which the bundled core lies in a folder of its own. */
const applicationFolder = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../../.." : "..", import.meta.url));

/** `DUBWRIGHT_FFMPEG`, then the folder `ffmpeg` of the application, then PATH, whose folders `separator` divides. */
export function ffmpegPlacesOf(
  environment: Readonly<Record<string, string | undefined>>,
  separator: string,
): FfmpegPlaces {
  return {
    override: environment["DUBWRIGHT_FFMPEG"],
    besideApp: join(applicationFolder, "ffmpeg"),
    searchPath: (environment["PATH"] ?? "").split(separator).filter((folder) => folder !== ""),
  };
}
