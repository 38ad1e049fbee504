// What stands against a cell of a batch, told before anything is made: what blocks it, and what to know of it.
import type { ProjectView } from "../../../shared/project/index.ts";
import { timecodeBaseOf } from "../../../shared/project/index.ts";
import { formatTimecode } from "../../../shared/time/index.ts";
import { nameProblem } from "../presets/file-name.ts";
import type { ExportCell, ExportRules, WorldFacts } from "./export-plan.ts";

export type ExportProblem = {
  readonly code: string;
  /** "blocks": the cell is not made until it is mended. */
  readonly weight: "blocks" | "warns";
  readonly message: string;
  readonly hint: string;
};

type Known = { readonly view: ProjectView; readonly world: WorldFacts; readonly rules: ExportRules };
type Cell = Omit<ExportCell, "problems" | "contentKey">;
type Finder = (cell: Cell, known: Known) => ExportProblem | undefined;

const blocks = (code: string, message: string, hint: string): ExportProblem => ({
  code,
  weight: "blocks",
  message,
  hint,
});
const warns = (code: string, message: string, hint: string): ExportProblem => ({
  ...blocks(code, message, hint),
  weight: "warns",
});

const name: Finder = ({ fileName }) => {
  const problem = nameProblem(fileName);
  return problem === undefined
    ? undefined
    : blocks(
        "impossible-name",
        `No file can be called ${JSON.stringify(fileName)}: ${problem}.`,
        "Rename the project, the reel or the version.",
      );
};

const codec: Finder = ({ preset: { picture } }, { world }) =>
  picture.form === "images" || world.writableCodecs.includes(picture.codec)
    ? undefined
    : blocks(
        "codec-missing",
        `This ffmpeg (${world.ffmpegVersion}) cannot write ${picture.codec}.`,
        "Choose another preset, or set DUBWRIGHT_FFMPEG to a fuller build.",
      );

const picture: Finder = ({ media }, { world }) => {
  if (media.facts.video.length === 0)
    return blocks("no-picture", `${media.path} has no picture.`, "Relink the reel to a film.");
  if (world.gone.has(media.id))
    return blocks("media-offline", `The picture ${media.path} is not there.`, "Connect its disk, or relink it.");
  return world.changed.has(media.id)
    ? blocks(
        "media-changed",
        `${media.path} holds something else than when it was imported.`,
        "Put the file back, or relink the reel and check its takes.",
      )
    : undefined;
};

/** A take's crops belong to the picture that they were made from. */
const relinked: Finder = ({ reel, media, takes }) => {
  const beyond = takes.filter(({ segment }) => segment.startFrame + segment.durationFrames > reel.durationFrames);
  const isOther = media.facts.video[0] !== undefined && media.facts.video[0].frameCount !== reel.durationFrames;
  return isOther || beyond.length > 0
    ? blocks(
        "reel-relinked",
        `${reel.name} has ${reel.durationFrames} frames, its picture ${media.facts.video[0]?.frameCount ?? 0}.`,
        "Relink the reel to the cut that it was made for, or conform the project to the new one.",
      )
    : undefined;
};

const dialogue: Finder = ({ version, reel, tracks, preset }) =>
  preset.sound.layout === "none" || tracks.some(({ role }) => role !== "original")
    ? undefined
    : blocks(
        "no-dialogue",
        `${version.name} has no sound under ${reel.name}.`,
        "Add its dialogue or its mix, or leave the reel out of this batch.",
      );

const soundGone: Finder = ({ reel, version }, { view, world }) => {
  const tracks = view.list("audio-track", { reelId: reel.id, versionId: version.id });
  const lost = tracks.find(({ mediaId }) => world.gone.has(mediaId) || world.changed.has(mediaId));
  const file = lost && view.get("media", lost.mediaId);
  return file
    ? blocks(
        "sound-offline",
        `The sound ${file.path} is not there as it was imported.`,
        "Connect its disk, or relink it.",
      )
    : undefined;
};

const soundRates: Finder = ({ tracks, preset: { picture: form } }) => {
  const rates = new Set(
    tracks.flatMap(({ parts }) => (parts.length > 1 ? parts.map((part) => part.stream.sampleRateHz) : [])),
  );
  if (rates.size > 1)
    return blocks(
      "sound-rates",
      `Sound of ${[...rates].join(" and ")} Hz would have to be mixed into one track.`,
      "Have all stems delivered at one rate, or export stems.",
    );
  const other = tracks.flatMap(({ parts }) => parts).find(({ stream }) => stream.sampleRateHz !== 48_000);
  return form.form === "film" && form.container === "mxf" && other
    ? blocks(
        "sound-unfit",
        `MXF takes sound of 48000 Hz, found ${other.stream.sampleRateHz} Hz in ${other.path}.`,
        "Choose a MOV or MKV preset, or have the file delivered at 48 kHz.",
      )
    : undefined;
};

const noEffects: Finder = ({ tracks, version }, { view }) => {
  const [programme] = tracks;
  if (programme?.role !== "programme") return undefined;
  const stems = view.list("audio-track", { versionId: version.id }).map(({ stem }) => stem);
  return stems.includes("mix") || stems.includes("music-and-effects")
    ? undefined
    : warns("no-effects", `${version.name} has dialogue only: no M&E lies under it.`, "Add the M&E or the mix.");
};

const takesGone: Finder = ({ takes, reel }, { world }) => {
  const gone = takes.filter(({ take }) => world.goneTakes.has(take.contentSha256));
  const [first] = gone;
  return first
    ? blocks(
        "takes-missing",
        `The crops of ${gone.length} chosen takes are gone; the first is of the segment at ${formatTimecode(first.segment.startFrame, timecodeBaseOf(reel))}.`,
        "Choose other takes, make them again, or bring the project's takes folder back.",
      )
    : undefined;
};

const unapproved: Finder = ({ takes }, { rules }) => {
  const open = takes.filter(({ segment }) => segment.state !== "approved").length;
  if (open === 0) return undefined;
  const hint = "Look at them and approve them.";
  return rules.unapproved === "hold"
    ? blocks("unapproved", `${open} segments are not approved, and this batch holds such files back.`, hint)
    : warns("unapproved", `${open} segments are not approved.`, hint);
};

const bare: Finder = ({ bareSegments }) =>
  bareSegments > 0
    ? warns(
        "segments-without-take",
        `${bareSegments} segments show the source, for no take of theirs was chosen.`,
        "Generate takes for them, or ignore them.",
      )
    : undefined;

const nothing: Finder = ({ takes, preset: { picture: form } }) =>
  takes.length === 0 && form.form === "patch"
    ? blocks("nothing-changed", "A patch holds what changed, and no take is chosen here.", "Choose takes first.")
    : undefined;

const finders: readonly Finder[] = [
  name,
  codec,
  picture,
  relinked,
  dialogue,
  soundGone,
  soundRates,
  noEffects,
  takesGone,
  unapproved,
  bare,
  nothing,
];

export const problemsOf = (cell: Cell, known: Known): readonly ExportProblem[] =>
  finders.flatMap((find) => find(cell, known) ?? []);

export const isHeld = ({ problems }: Pick<ExportCell, "problems">): boolean =>
  problems.some(({ weight }) => weight === "blocks");
