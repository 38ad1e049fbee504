// Handler of renders: everything that can be refused is refused now, before an hour of work.
import { stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import type { Handlers, InputOf } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import { mustGet, projectRecordId, timecodeBaseOf } from "../../../shared/project/index.ts";
import type { Media, ProjectView, Reel, Version } from "../../../shared/project/index.ts";
import {
  containsRange,
  doRangesOverlap,
  formatTimecode,
  parseRange,
  rangeBetween,
} from "../../../shared/time/index.ts";
import type { Frame, FrameRange } from "../../../shared/time/index.ts";
import { languageName, writableCodecs } from "../../media/index.ts";
import type { OutputContainer, VideoCodec } from "../../media/index.ts";
import { isThere } from "../existing-files.ts";
import { filePathOf } from "../media-paths.ts";
import type { RenderJobOrder } from "../render-orders.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { reelNamed } from "./reel-named.ts";

type Input = InputOf<"render.range">;

export function renderHandlers(handlerTools: HandlerTools): Pick<Handlers, "render.range"> {
  return {
    "render.range": async (input) => {
      const { current, ffmpeg } = handlerTools;
      const { folder } = current.get().project.paths;
      const outputPath = resolve(input.path);
      const { container, codec } = formatOf(input);
      const tools = await ffmpeg();
      if (!writableCodecs(tools).includes(codec)) throw noCodec(codec, tools.version);
      await checkPlace({ ...input, path: outputPath });
      // Asked for only now: another project may have been opened while the disk was slow.
      const { view } = current.get().project;
      const version = mustGet(view, "version", input.versionId);
      const reel = reelNamed(view, input.reelId);
      const media = mustGet(view, "media", reel.mediaId);
      const twin = view.list("media").find((each) => filePathOf(folder, each.path) === outputPath);
      if (twin) throw overMedia(outputPath);
      await mustBeOnline(filePathOf(folder, media.path));
      const range = rangeOf(input, reel);
      const order: RenderJobOrder = {
        reel,
        media,
        range,
        ...takesIn(view, { input, reel, version, range }),
        cutFrames: view
          .list("shot", { reelId: reel.id })
          .flatMap(({ startFrame }) => (startFrame > 0 ? [startFrame] : [])),
        fadeFrames: input.fadeFrames,
        colourMatch: input.colourMatch,
        grain: input.grain,
        sound: soundOf(view, { input, reel, version, media }),
        outputPath,
        container,
        codec,
        crf: input.crf ?? null,
        preset: input.preset ?? null,
        startTimecode: startTimecodeOf(reel, media, range),
      };
      const labels = { title: basename(outputPath), versionId: version.id, reelId: reel.id, path: outputPath };
      return enqueue(handlerTools, { kind: "render.range", resourceClass: "media", labels }, order);
    },
  };
}

const usualCodecs: { readonly [Container in OutputContainer]: VideoCodec } = {
  mov: "prores-422-hq",
  mkv: "ffv1",
  mp4: "h264",
  mxf: "dnxhr-hqx",
};

function formatOf({ path, codec }: Input): { readonly container: OutputContainer; readonly codec: VideoCodec } {
  const container = Object.keys(usualCodecs).find((name) => extname(path).toLowerCase() === `.${name}`) as
    | OutputContainer
    | undefined;
  if (container) return { container, codec: codec ?? usualCodecs[container] };
  throw refused("render.unknown-format", {
    message: `Expected a file name that ends in .mov, .mkv, .mp4 or .mxf, found ${basename(path)}.`,
    hint: "Give the file one of these endings.",
    details: { path },
  });
}

const noCodec = (codec: VideoCodec, version: string) =>
  refused("media.encoder-missing", {
    message: `This ffmpeg (${version}) cannot write ${codec}.`,
    hint: "Choose another codec, or set DUBWRIGHT_FFMPEG to a fuller build.",
    details: { codec, version },
  });

async function checkPlace({ path, overwrite }: Pick<Input, "path" | "overwrite">): Promise<void> {
  const folder = await stat(dirname(path)).then(
    (found) => found,
    () => undefined,
  );
  if (!folder?.isDirectory())
    throw refused("render.no-folder", {
      message: `There is no folder ${dirname(path)} to write into.`,
      hint: "Make it, or choose another.",
      details: { path },
    });
  if (overwrite || !(await isThere(path))) return;
  throw refused("render.file-exists", {
    message: `${path} is there already.`,
    hint: "Choose another name, or say that it may be replaced.",
    details: { path },
  });
}

const overMedia = (path: string) =>
  refused("render.over-media", {
    message: `${path} is a file that the project is made from; it is never written over.`,
    hint: "Choose another name.",
    details: { path },
  });

async function mustBeOnline(path: string): Promise<void> {
  if (await isThere(path)) return;
  throw refused("media.offline", {
    message: `The picture ${path} is not there.`,
    hint: "Connect its disk, or relink it to where it is now.",
    details: { path },
  });
}

function rangeOf({ range }: Input, reel: Reel): FrameRange {
  const whole = rangeBetween(0, reel.durationFrames);
  const asked = range === undefined ? whole : parseRange(range, timecodeBaseOf(reel));
  if (containsRange(whole, asked)) return asked;
  const label = (frame: Frame) => formatTimecode(frame, timecodeBaseOf(reel));
  throw refused("render.outside-reel", {
    message: `Expected a range between ${label(0)} and ${label(reel.durationFrames)}, found ${range}.`,
    hint: "Choose a range inside the reel.",
    details: { ...asked, reelFrames: reel.durationFrames },
  });
}

type Asking = { readonly input: Input; readonly reel: Reel; readonly version: Version };

function takesIn(view: ProjectView, { input, reel, version, range }: Asking & { readonly range: FrameRange }) {
  const segments = view
    .list("segment", { reelId: reel.id, versionId: version.id })
    .filter((segment) => segment.state !== "ignored" && doRangesOverlap(segment, range));
  const takes = segments.flatMap(({ id, characterId, startFrame, durationFrames, selectedTakeId, state }) => {
    const isWanted = input.takes === "selected" || state === "approved";
    const take = isWanted && selectedTakeId !== null ? view.get("take", selectedTakeId) : undefined;
    if (!take) return [];
    const { contentSha256, settings } = take;
    const mask = String(settings.more["mask"] ?? "published");
    const segment = { startFrame, durationFrames };
    return [{ takeId: take.id, segmentId: id, characterId, segment, contentSha256, mask }];
  });
  return { takes, bareSegments: segments.length - takes.length };
}

/** A film that says no timecode and begins at none is not given one. */
function startTimecodeOf(reel: Reel, { facts }: Media, range: FrameRange): RenderJobOrder["startTimecode"] {
  const hasOwn = facts.video[0]?.startTimecode !== undefined || reel.startTimecodeFrames > 0;
  const { isDropFrame } = reel;
  return hasOwn ? { label: formatTimecode(range.startFrame, timecodeBaseOf(reel)), isDropFrame } : null;
}

const titles = { dialogue: "dialogue", "music-and-effects": "M&E", mix: "mix" } as const;
/** No language at all, as BCP-47 says it. */
const noLanguage = "zxx";

function soundOf(
  view: ProjectView,
  { input, reel, version, media }: Asking & { readonly media: Media },
): RenderJobOrder["sound"] {
  const { originalLanguage } = mustGet(view, "project", projectRecordId);
  const tracks = view.list("audio-track", { reelId: reel.id, versionId: version.id });
  const sound = [...new Set(input.sound)].flatMap((choice): RenderJobOrder["sound"] => {
    if (choice === "original")
      return media.facts.audio.map((stream) => ({
        path: media.path,
        stream,
        offsetSamples: stream.startOffsetSamples,
        gainDb: 0,
        languageTag: originalLanguage ?? "und",
        title: stream.title ?? "Original",
        dispositions: ["original"],
      }));
    return tracks.flatMap((track) => {
      const file = mustGet(view, "media", track.mediaId);
      const stream = file.facts.audio.find(({ streamIndex }) => streamIndex === track.streamIndex);
      if (track.stem !== choice || !stream) return [];
      const who = track.characterId === null ? "" : ` ${mustGet(view, "character", track.characterId).name}`;
      const isSpoken = choice !== "music-and-effects";
      return [
        {
          path: file.path,
          stream,
          offsetSamples: track.offsetSamples,
          gainDb: track.gainDb,
          languageTag: isSpoken ? version.language : noLanguage,
          title: isSpoken ? `${languageName(version.language)} ${titles[choice]}${who}` : titles[choice],
          dispositions: isSpoken ? ["dub"] : [],
        },
      ];
    });
  });
  // What plays by itself is the first track, and only that.
  return sound.map((track, index) =>
    index === 0 ? { ...track, dispositions: ["default", ...track.dispositions] } : track,
  );
}
