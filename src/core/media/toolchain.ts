// Finds ffmpeg and ffprobe, holds them to a minimum version, and knows what they can encode.
import { access, constants } from "node:fs/promises";
import { dirname, join } from "node:path";
import { refused } from "../../shared/failure/index.ts";
import type { Logger } from "../base/index.ts";
import { defaultMediaLimits } from "./limits.ts";
import type { MediaLimits } from "./limits.ts";
import { runTool } from "./run-tool.ts";

/** Where to look, in this order. The host fills it from its environment. */
export type FfmpegPlaces = {
  /** `DUBWRIGHT_FFMPEG`: the ffmpeg binary or the folder that holds both. */
  readonly override?: string | undefined;
  /** The folder beside the app that a packaged release carries its own build in. */
  readonly besideApp?: string | undefined;
  /** The folders of PATH. */
  readonly searchPath: readonly string[];
};

/** A working ffmpeg. Every function of this room takes it first. */
export type Ffmpeg = {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  /** As it names itself: "5.1.9-0+deb12u1", "7.1", "N-118000-g1234". */
  readonly version: string;
  /** Major version of libavutil, which git builds have too: 57 is ffmpeg 5, 58 is 6. */
  readonly avutilMajor: number;
  readonly encoders: ReadonlySet<string>;
  readonly decoders: ReadonlySet<string>;
  /** Arguments in front of every command: on Linux they tie the process's life and memory to ours. */
  readonly launcher: readonly string[];
  readonly limits: MediaLimits;
  readonly logger: Logger;
};

type FindOptions = { readonly logger: Logger; readonly limits?: Partial<MediaLimits> };

/** Finds, checks and describes ffmpeg. Refused with `media.ffmpeg-missing` or `media.ffmpeg-too-old`. */
export async function findFfmpeg(places: FfmpegPlaces, options: FindOptions): Promise<Ffmpeg> {
  const found = await locate(places);
  const limits = { ...defaultMediaLimits, ...options.limits };
  const bare: Ffmpeg = {
    ...found,
    version: "",
    avutilMajor: 0,
    encoders: new Set(),
    decoders: new Set(),
    launcher: [],
    limits,
    logger: options.logger,
  };
  const launched = { ...bare, launcher: await findLauncher(places.searchPath, limits) };
  const tools = (await ask(launched, ["-version"])) === "" ? bare : launched;
  const banner = await ask(tools, ["-version"]);
  const version = /^ffmpeg version (\S+)/.exec(banner)?.[1] ?? "unknown";
  if (!isNewEnough(banner)) {
    throw refused("media.ffmpeg-too-old", {
      message: `Expected ffmpeg 5.1 or newer, found ${version} at ${found.ffmpegPath}.`,
      hint: "Install a newer ffmpeg, or set DUBWRIGHT_FFMPEG to one.",
      details: { ffmpegPath: found.ffmpegPath, version },
    });
  }
  const [encoders, decoders] = [await ask(tools, ["-encoders"]), await ask(tools, ["-decoders"])];
  const { major: avutilMajor } = avutilVersion(banner);
  return { ...tools, version, avutilMajor, encoders: codecNames(encoders), decoders: codecNames(decoders) };
}

/**
 * libavutil 57.28 came with ffmpeg 5.1. The library's number is used because builds from git name no release.
 */
export function isNewEnough(banner: string): boolean {
  const { major, minor } = avutilVersion(banner);
  return major > 57 || (major === 57 && minor >= 28);
}

function avutilVersion(banner: string): { readonly major: number; readonly minor: number } {
  const numbers = /libavutil\s+(\d+)\.\s*(\d+)/.exec(banner);
  return { major: Number(numbers?.[1] ?? 0), minor: Number(numbers?.[2] ?? 0) };
}

/** Names from `ffmpeg -encoders`: lines such as " V....D libx264   description". */
export function codecNames(listing: string): ReadonlySet<string> {
  return new Set(Array.from(listing.matchAll(/^ [VAS][.A-Z]{5} (\S+)/gm), (match) => match[1] ?? ""));
}

async function ask(tools: Ffmpeg, args: readonly string[]): Promise<string> {
  const { report, stdout } = await runTool(tools, { program: "ffmpeg", args, timeLimitMs: tools.limits.probeTimeMs });
  return report.exitCode === 0 ? stdout : "";
}

async function locate(places: FfmpegPlaces): Promise<{ ffmpegPath: string; ffprobePath: string }> {
  const { override } = places;
  // The override may name the binary or its folder.
  const folders = override === undefined ? [places.besideApp, ...places.searchPath] : [override, dirname(override)];
  for (const folder of folders) {
    if (folder === undefined || folder === "") continue;
    const [ffmpegPath, ffprobePath] = [await executable(folder, "ffmpeg"), await executable(folder, "ffprobe")];
    if (ffmpegPath !== undefined && ffprobePath !== undefined) return { ffmpegPath, ffprobePath };
  }
  throw refused("media.ffmpeg-missing", {
    message: "Expected ffmpeg and ffprobe side by side in one folder, found no such folder.",
    hint: "Install ffmpeg 5.1 or newer, or set DUBWRIGHT_FFMPEG to the binary.",
    details: { searched: folders.filter((folder) => folder !== undefined) },
  });
}

async function executable(folder: string, name: string): Promise<string | undefined> {
  for (const path of [join(folder, name), join(folder, `${name}.exe`)]) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** util-linux's two helpers: the child dies when we die, and its address space and core dumps have a ceiling. */
async function findLauncher(searchPath: readonly string[], limits: MediaLimits): Promise<readonly string[]> {
  const prefix: string[] = [];
  for (const folder of searchPath) {
    const setpriv = await executable(folder, "setpriv");
    const prlimit = await executable(folder, "prlimit");
    if (setpriv !== undefined) prefix.push(setpriv, "--pdeathsig", "KILL", "--");
    if (prlimit !== undefined) prefix.push(prlimit, `--as=${limits.memoryBytes}`, "--core=0", "--");
    if (prefix.length > 0) break;
  }
  return prefix;
}
