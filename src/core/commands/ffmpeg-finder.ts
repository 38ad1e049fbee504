// ffmpeg, looked for once it is needed, and again while it is missing: it may be installed meanwhile.
import { join } from "node:path";
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

/** `DUBWRIGHT_FFMPEG`, then beside the packaged app, then PATH, whose folders `separator` divides. */
export function ffmpegPlacesOf(
  environment: Readonly<Record<string, string | undefined>>,
  separator: string,
): FfmpegPlaces {
  const appFolder = environment["DUBWRIGHT_APP_FOLDER"];
  return {
    override: environment["DUBWRIGHT_FFMPEG"],
    besideApp: appFolder === undefined ? undefined : join(appFolder, "ffmpeg"),
    searchPath: (environment["PATH"] ?? "").split(separator).filter((folder) => folder !== ""),
  };
}
