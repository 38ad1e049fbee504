// Makes the picture of a cell: spliced into the source's own packets where it can be, else encoded once, or as images or a patch.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DubError, assert } from "../../../shared/failure/index.ts";
import { timecodeBaseOf } from "../../../shared/project/index.ts";
import type { MediaFacts, VideoStreamFacts } from "../../../shared/project/index.ts";
import { endFrameOf, formatTimecode, rangeBetween, uniteRanges, withHandles } from "../../../shared/time/index.ts";
import type { Frame, FrameRange } from "../../../shared/time/index.ts";
import { writeFileDurably } from "../../base/index.ts";
import type { Progress } from "../../base/index.ts";
import {
  encodeFrames,
  encodeImages,
  laySound,
  openMedia,
  pictureLike,
  spliceFrames,
  whyNotSpliced,
} from "../../media/index.ts";
import type { DamageReport, FileTags, MediaSource, SoundTrack } from "../../media/index.ts";
import type { FaceFrames } from "../composite.ts";
import { formatEdl } from "../interchange/edl.ts";
import type { EditEvent } from "../interchange/edit-list.ts";
import type { ExportCell } from "../plan/export-plan.ts";
import type { PresetPicture } from "../presets/presets.ts";
import { planRender } from "../render-plan.ts";
import type { PlacedTake, RenderPlan } from "../render-plan.ts";
import { watchedFrames } from "./watched-frames.ts";
import type { FrameChange } from "./watched-frames.ts";

export type PictureMaking = {
  readonly cell: Pick<ExportCell, "reel" | "preset" | "startTimecode" | "cutFrames" | "fadeFrames">;
  readonly source: MediaSource;
  readonly placed: readonly PlacedTake[];
  readonly takes: ReadonlyMap<string, FaceFrames>;
  readonly sound: readonly SoundTrack[];
  readonly fileTags: FileTags;
  /** Where the outcome is put: a file for films, else a folder. */
  readonly path: string;
  /** For what is on its way; on the same disk. */
  readonly tempFolder: string;
  readonly signal: AbortSignal;
  /** In frames encoded. */
  readonly onProgress: Progress;
  readonly onChange: (change: FrameChange) => void;
  readonly onDamage: (report: DamageReport) => void;
};

export type MadePicture = {
  /** Of the film; undefined for images and patches. */
  readonly facts: MediaFacts | undefined;
  /** Frames that stand in what was made. */
  readonly frames: number;
  readonly touchedFrames: number;
  /** Packets that are the source's own, byte for byte; undefined where everything was encoded. */
  readonly copiedPackets: number | undefined;
  /** Why packets were not copied; undefined where they were. */
  readonly whyEncoded: string | undefined;
};

type FilmPicture = Extract<PresetPicture, { readonly form: "film" }>;
type PatchPicture = Extract<PresetPicture, { readonly form: "patch" }>;

export async function makePicture(making: PictureMaking): Promise<MadePicture> {
  const { picture } = making.cell.preset;
  if (picture.form === "images") return await makeImages(making);
  return picture.form === "patch" ? await makePatch(making, picture) : await makeFilm(making, picture);
}

const videoOf = ({ source }: PictureMaking): VideoStreamFacts => {
  const [video] = source.facts.video;
  assert(video !== undefined, "a cell without a picture is held back when it is planned");
  return video;
};

const planOf = ({ cell: { cutFrames, fadeFrames }, placed }: PictureMaking, range: FrameRange): RenderPlan =>
  planRender({ range, takes: placed, cutFrames, fadeFrames });

const wholeOf = ({ cell }: PictureMaking): FrameRange => rangeBetween(0, cell.reel.durationFrames);

const touchedOf = ({ spans }: RenderPlan): readonly FrameRange[] =>
  uniteRanges(spans.filter(({ layers }) => layers.length > 0));

function framesOf(making: PictureMaking, plan: RenderPlan) {
  const { cell, source, takes, signal, onChange, onDamage } = making;
  const base = timecodeBaseOf(cell.reel);
  const labelOf = cell.preset.burnIn === "timecode" ? (frame: Frame) => formatTimecode(frame, base) : undefined;
  return watchedFrames({ source, plan, takes, labelOf, signal, onChange, onDamage }, videoOf(making));
}

async function makeFilm(making: PictureMaking, picture: FilmPicture): Promise<MadePicture> {
  const whyEncoded = whyNotCopied(making, picture);
  if (whyEncoded !== undefined) return await encodeFilm(making, picture, whyEncoded);
  try {
    return await spliceFilm(making, picture);
  } catch (error) {
    // Some reasons show only when a piece has been encoded; then the whole film is.
    if (!(error instanceof DubError && error.code === "media.cannot-splice")) throw error;
    return await encodeFilm(making, picture, String(error.details["reason"]));
  }
}

function whyNotCopied(making: PictureMaking, { codec, container }: FilmPicture): string | undefined {
  const { source, cell } = making;
  if (cell.preset.burnIn !== "none") return "every frame has something burnt in";
  if (source.facts.container.kind !== container) return `the source is a ${source.facts.container.kind} file`;
  if (cell.startTimecode?.label !== videoOf(making).startTimecode?.label)
    return "the reel's timecode is not the source's";
  return whyNotSpliced(videoOf(making), codec);
}

async function spliceFilm(making: PictureMaking, { codec, container }: FilmPicture): Promise<MadePicture> {
  const { source, sound, fileTags, path, tempFolder, signal, onProgress } = making;
  const plan = planOf(making, wholeOf(making));
  const picturePath = join(tempFolder, `picture.${container}`);
  const spliced = await spliceFrames(source, {
    path: picturePath,
    codec,
    pieces: touchedOf(plan).map((range) => ({ range, frames: () => framesOf(making, planOf(making, range)) })),
    tempFolder: join(tempFolder, "pieces"),
    signal,
    onProgress,
  });
  const picture = await openMedia(source.tools, picturePath, signal);
  const facts = await laySound(picture, { path, container, sound, fileTags, signal });
  return {
    facts,
    frames: facts.video[0]?.frameCount ?? 0,
    touchedFrames: plan.touchedFrames,
    copiedPackets: spliced.copiedPackets,
    whyEncoded: undefined,
  };
}

async function encodeFilm(making: PictureMaking, picture: FilmPicture, whyEncoded: string): Promise<MadePicture> {
  const { cell, source, sound, fileTags, path, signal, onProgress } = making;
  const { container, codec, encoder } = picture;
  const plan = planOf(making, wholeOf(making));
  const facts = await encodeFrames(source.tools, framesOf(making, plan), {
    path,
    container,
    codec,
    settings: encoder,
    picture: { ...pictureLike(videoOf(making)), startTimecode: cell.startTimecode ?? undefined },
    sound,
    fileTags,
    signal,
    onProgress: (done) => onProgress(done, plan.range.durationFrames, "frames"),
  });
  const frames = facts.video[0]?.frameCount ?? 0;
  return { facts, frames, touchedFrames: plan.touchedFrames, copiedPackets: undefined, whyEncoded };
}

async function makeImages(making: PictureMaking): Promise<MadePicture> {
  const { cell, source, path, signal, onProgress } = making;
  const plan = planOf(making, wholeOf(making));
  const { frameCount } = await encodeImages(source.tools, framesOf(making, plan), {
    folder: path,
    stem: "frame",
    firstNumber: cell.reel.startTimecodeFrames,
    picture: pictureLike(videoOf(making)),
    signal,
    onProgress: (done) => onProgress(done, plan.range.durationFrames, "frames"),
  });
  const { touchedFrames } = plan;
  return {
    facts: undefined,
    frames: frameCount,
    touchedFrames,
    copiedPackets: undefined,
    whyEncoded: "each frame is a file",
  };
}

async function makePatch(making: PictureMaking, picture: PatchPicture): Promise<MadePicture> {
  const { cell, source, fileTags, path, signal, onProgress } = making;
  const { container, codec, encoder, handleFrames } = picture;
  const whole = wholeOf(making);
  const stretches = uniteRanges(
    touchedOf(planOf(making, whole)).map((range) => withHandles(range, handleFrames, whole)),
  );
  const total = stretches.reduce((sum, { durationFrames }) => sum + durationFrames, 0);
  const base = timecodeBaseOf(cell.reel);
  await mkdir(path);
  let [done, touchedFrames] = [0, 0];
  const events: EditEvent[] = [];
  for (const stretch of stretches) {
    const plan = planOf(making, stretch);
    const label = formatTimecode(stretch.startFrame, base);
    const clipName = `${cell.reel.name}_${label.replaceAll(/[:;]/gu, "-")}.${container}`;
    const before = done;
    await encodeFrames(source.tools, framesOf(making, plan), {
      path: join(path, clipName),
      container,
      codec,
      settings: encoder,
      picture: { ...pictureLike(videoOf(making)), startTimecode: { label, isDropFrame: cell.reel.isDropFrame } },
      fileTags,
      signal,
      onProgress: (frames) => onProgress(before + frames, total, "frames"),
    });
    done += stretch.durationFrames;
    touchedFrames += plan.touchedFrames;
    events.push(eventOf(stretch, { number: events.length + 1, clipName, startLabel: cell.reel.startTimecodeFrames }));
  }
  const { counting } = base;
  const edl = formatEdl({ title: cell.reel.name, rate: cell.reel.frameRate, counting, events });
  await writeFileDurably(join(path, `${cell.reel.name}.edl`), edl);
  return { facts: undefined, frames: done, touchedFrames, copiedPackets: undefined, whyEncoded: "a patch is encoded" };
}

type Naming = { readonly number: number; readonly clipName: string; readonly startLabel: number };

/** A patch carries the labels of where it belongs, so source and record are the same. */
function eventOf(stretch: FrameRange, { number, clipName, startLabel }: Naming): EditEvent {
  const place = rangeBetween(stretch.startFrame + startLabel, endFrameOf(stretch) + startLabel);
  return {
    number,
    reelName: `P${String(number).padStart(3, "0")}`,
    channels: "V",
    transition: { kind: "cut" },
    source: place,
    record: place,
    fromClipName: clipName,
    toClipName: undefined,
    sourceFile: undefined,
    speed: undefined,
    markers: [],
    comments: [],
  };
}
