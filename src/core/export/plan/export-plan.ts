// Plans a batch: every reel in every version in every preset as one cell, with what it is made from and what stands against it.
import { mustGet, projectRecordId, timecodeBaseOf } from "../../../shared/project/index.ts";
import type { Media, ProjectView, RecordId, Reel, Segment, Take, Version } from "../../../shared/project/index.ts";
import { formatAverageRate, formatTimecode } from "../../../shared/time/index.ts";
import type { Frame, FrameRange } from "../../../shared/time/index.ts";
import { languageName } from "../../media/index.ts";
import type { VideoCodec } from "../../media/index.ts";
import { fileNameOf } from "../presets/file-name.ts";
import { endingOf } from "../presets/presets.ts";
import type { ExportPreset } from "../presets/presets.ts";
import { contentKeyOf } from "./content-key.ts";
import { problemsOf } from "./problems.ts";
import type { ExportProblem } from "./problems.ts";
import { planSound } from "./sound-layout.ts";
import type { PlannedTrack } from "./sound-layout.ts";

/** A take that the cell shows, with what a report says of it. */
export type CellTake = {
  readonly take: Take;
  readonly segment: Segment;
  readonly characterName: string | null;
  /** What its model is called, when it is one of this project's adapters. */
  readonly adapterSha256: string | null;
};

/** What the world says about the project's files, asked before planning. */
export type WorldFacts = {
  readonly writableCodecs: readonly VideoCodec[];
  readonly ffmpegVersion: string;
  /** Media whose file is not there, or holds something else than was imported. */
  readonly gone: ReadonlySet<RecordId<"media">>;
  readonly changed: ReadonlySet<RecordId<"media">>;
  /** Content hashes of takes whose file is not there. */
  readonly goneTakes: ReadonlySet<string>;
};

export type ExportRules = {
  /** Segments whose take nobody has approved: shown with a warning, or their cell is held back. */
  readonly unapproved: "warn" | "hold";
  readonly fadeFrames: number;
};

export type ExportCell = {
  readonly reel: Reel;
  readonly version: Version;
  readonly preset: ExportPreset;
  readonly media: Media;
  readonly fileName: string;
  readonly takes: readonly CellTake[];
  /** Segments that show the source although nobody ignored them. */
  readonly bareSegments: number;
  readonly cutFrames: readonly Frame[];
  readonly tracks: readonly PlannedTrack[];
  /** Notes of segments that go beside the film as timed text. */
  readonly lines: readonly (FrameRange & { readonly text: string })[];
  readonly startTimecode: { readonly label: string; readonly isDropFrame: boolean } | null;
  readonly fadeFrames: number;
  /** Changes when anything that decides the file's content does. */
  readonly contentKey: string;
  readonly problems: readonly ExportProblem[];
};

type Planning = {
  readonly view: ProjectView;
  readonly reels: readonly Reel[];
  readonly versions: readonly Version[];
  readonly presets: readonly ExportPreset[];
  readonly world: WorldFacts;
  readonly rules: ExportRules;
};

/** In the order of reels, then versions, then presets. A cell with a problem that blocks is not to be made. */
export function planExport({ view, reels, versions, presets, world, rules }: Planning): readonly ExportCell[] {
  const cells = reels.flatMap((reel) =>
    versions.flatMap((version) => presets.map((preset) => cellOf({ view, rules, world }, { reel, version, preset }))),
  );
  const names = cells.map(({ fileName }) => fileName.toLowerCase());
  return cells.map((cell, place) =>
    names.indexOf(cell.fileName.toLowerCase()) === place
      ? cell
      : {
          ...cell,
          problems: [
            ...cell.problems,
            {
              code: "name-taken",
              weight: "blocks",
              message: `Another file of this batch is called ${cell.fileName}, too.`,
              hint: "Give reels and versions names and languages that tell them apart.",
            },
          ],
        },
  );
}

type Surroundings = Pick<Planning, "view" | "rules" | "world">;
type Place = Pick<ExportCell, "reel" | "version" | "preset">;

function cellOf({ view, rules, world }: Surroundings, { reel, version, preset }: Place): ExportCell {
  const media = mustGet(view, "media", reel.mediaId);
  const segments = view
    .list("segment", { reelId: reel.id, versionId: version.id })
    .filter(({ state }) => state !== "ignored");
  const takes = segments.flatMap((segment): CellTake[] => {
    const take = segment.selectedTakeId === null ? undefined : view.get("take", segment.selectedTakeId);
    if (!take) return [];
    const { characterId } = segment;
    const adapter = take.settings.adapterId === null ? undefined : view.get("adapter", take.settings.adapterId);
    const character = characterId === null ? undefined : view.get("character", characterId);
    return [{ take, segment, characterName: character?.name ?? null, adapterSha256: adapter?.contentSha256 ?? null }];
  });
  const cell = {
    reel,
    version,
    preset,
    media,
    fileName: nameOf(view, { reel, version, preset }),
    takes,
    bareSegments: segments.length - takes.length,
    cutFrames: view.list("shot", { reelId: reel.id }).flatMap(({ startFrame }) => (startFrame > 0 ? [startFrame] : [])),
    tracks: planSound(view, { reel, version, media, sound: preset.sound }),
    lines: preset.subtitles === "none" ? [] : linesOf(segments),
    startTimecode: startTimecodeOf(reel, media, preset),
    fadeFrames: rules.fadeFrames,
  };
  return { ...cell, contentKey: contentKeyOf(cell), problems: problemsOf(cell, { view, world, rules }) };
}

const linesOf = (segments: readonly Segment[]): ExportCell["lines"] =>
  segments
    .filter(({ note }) => note.trim() !== "")
    .map(({ startFrame, durationFrames, note }) => ({ startFrame, durationFrames, text: note.trim() }))
    .toSorted((a, b) => a.startFrame - b.startFrame);

function nameOf(view: ProjectView, { reel, version, preset }: Place): string {
  const [video] = mustGet(view, "media", reel.mediaId).facts.video;
  const { picture } = preset;
  const { widthPx = 0, heightPx = 0 } = video?.displaySize ?? {};
  const stem = fileNameOf(preset.fileName, {
    project: mustGet(view, "project", projectRecordId).name,
    reel: reel.name,
    version: version.name,
    language: version.language,
    preset: preset.id,
    codec: picture.form === "images" ? "tiff" : picture.codec,
    size: `${widthPx}x${heightPx}`,
    rate: formatAverageRate(reel.frameRate),
  });
  return `${stem}${endingOf(preset)}`;
}

/** A film that says no timecode and begins at none is not given one. */
function startTimecodeOf(reel: Reel, { facts }: Media, { timecode }: ExportPreset): ExportCell["startTimecode"] {
  const hasOwn = facts.video[0]?.startTimecode !== undefined || reel.startTimecodeFrames > 0;
  if (!hasOwn || timecode === "none") return null;
  return { label: formatTimecode(0, timecodeBaseOf(reel)), isDropFrame: reel.isDropFrame };
}

/** "R1 in German (de) as ProRes 422 HQ". */
export const titleOf = ({ reel, version, preset }: Place): string =>
  `${reel.name} in ${languageName(version.language)} (${version.name}) as ${preset.name}`;
