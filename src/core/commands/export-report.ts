// Puts together what a delivery report says of one file: the order, what came of it, and what was measured.
import { formatFrameRate, formatTimecode } from "../../shared/time/index.ts";
import { timecodeBaseOf } from "../../shared/project/index.ts";
import { assert } from "../../shared/failure/index.ts";
import { basename } from "node:path";
import { compositeWithModel, exportPresets } from "../export/index.ts";
import type {
  DeliveryReport,
  FrameChange,
  MadePicture,
  MadeSound,
  OutputHash,
  ProgrammeLoudness,
  ReportWarning,
} from "../export/index.ts";
import { lostTags } from "../media/index.ts";
import type { DamageReport } from "../media/index.ts";
import type { ExportOrder } from "./export-orders.ts";

export type MadeFile = {
  readonly made: MadePicture;
  readonly sound: MadeSound;
  readonly changes: readonly FrameChange[];
  readonly damage: DamageReport | undefined;
  /** Of the first track as it stands in the file. */
  readonly loudness: ProgrammeLoudness | undefined;
  readonly output: OutputHash | undefined;
  /** As they were asked of the file, which was refused unless it holds them. */
  readonly tags: Readonly<Record<string, string>>;
};

export function reportOf(order: ExportOrder, file: MadeFile, madeAt: string): DeliveryReport {
  const { reel, version, media, outputPath } = order;
  const { made, output } = file;
  assert(output !== undefined, "what was made is there to be hashed");
  const preset = exportPresets[order.presetId];
  const base = timecodeBaseOf(reel);
  return {
    format: 1,
    program: order.software,
    madeAt,
    contentKey: order.contentKey,
    output: { fileName: basename(outputPath), ...output },
    source: {
      path: media.path,
      sizeBytes: media.identity.sizeBytes,
      contentIdentity: media.identity.mediaHash,
      headSha256: media.identity.headSha256,
      middleSha256: media.identity.middleSha256,
      tailSha256: media.identity.tailSha256,
    },
    reel: {
      name: reel.name,
      frameRate: formatFrameRate(reel.frameRate),
      durationFrames: reel.durationFrames,
      startTimecode: formatTimecode(0, base),
    },
    version: { name: version.name, language: version.language },
    preset: { id: preset.id, name: preset.name },
    picture: pictureOf(order, made),
    tracks: tracksOf(order, file),
    loudness: loudnessOf(order, file),
    segments: order.takes.map(({ take, segment, characterName, adapterSha256 }) => ({
      in: formatTimecode(segment.startFrame, base),
      out: formatTimecode(segment.startFrame + segment.durationFrames, base),
      character: characterName,
      state: segment.state,
      takeNumber: take.takeNumber,
      takeSha256: take.contentSha256,
      settings: take.settings,
      adapterSha256,
      syncConfidence: take.syncConfidence,
      avOffsetFrames: take.avOffsetFrames,
      score: take.score,
    })),
    difference: {
      frames: file.changes
        .toSorted((a, b) => a.frameIndex - b.frameIndex)
        .map(({ frameIndex, changedSamples }) => [frameIndex, changedSamples]),
      samplesPerFrame: file.changes[0]?.sampleCount ?? 0,
      changedOutsideMasks: file.changes.reduce((sum, { changedOutsideMask }) => sum + changedOutsideMask, 0),
    },
    provenance: {
      digitalSourceType: order.takes.length > 0 ? compositeWithModel : "none: no picture was changed",
      software: order.software,
      inFile: preset.picture.form === "images" ? {} : { ...file.tags },
    },
    warnings: [...order.warnings, ...warningsOf(order, file)],
  };
}

function pictureOf({ presetId, media }: ExportOrder, made: MadePicture): DeliveryReport["picture"] {
  const { picture } = exportPresets[presetId];
  const video = made.facts?.video[0] ?? media.facts.video[0];
  const { primaries, transfer, matrix, range } = video?.color ?? {};
  return {
    codec: picture.form === "images" ? "TIFF, 16-bit RGB" : picture.codec,
    widthPx: video?.codedSize.widthPx ?? 0,
    heightPx: video?.codedSize.heightPx ?? 0,
    bitDepth: picture.form === "images" ? 16 : (video?.pixelLayout.bitDepth ?? 0),
    color: [primaries, transfer, matrix, range].map((tag) => tag ?? "untagged").join(" / "),
    timecode: video?.startTimecode?.label ?? null,
    frames: made.frames,
    touchedFrames: made.touchedFrames,
    copiedPackets: made.copiedPackets ?? null,
    whyEncoded: made.whyEncoded ?? null,
  };
}

function tracksOf(order: ExportOrder, { made }: MadeFile): DeliveryReport["tracks"] {
  return (made.facts?.audio ?? []).map((stream, index) => {
    const asked = order.tracks[index];
    return {
      title: asked?.title ?? "",
      languageTag: asked?.languageTag ?? "und",
      dispositions: asked?.dispositions ?? [],
      codec: stream.codec,
      channels: stream.channelCount,
      channelLayout: stream.channelLayout ?? null,
      sampleRateHz: stream.sampleRateHz,
      storedLanguage: stream.language ?? null,
      sources: (asked?.parts ?? []).map(({ path }) => path),
    };
  });
}

function loudnessOf({ presetId }: ExportOrder, { loudness, sound }: MadeFile): DeliveryReport["loudness"] {
  if (!loudness) return null;
  const wanted = exportPresets[presetId].loudness;
  return {
    written: loudness,
    before: sound.before ?? null,
    gainDb: sound.gainDb,
    targetLufs: wanted.kind === "normalised" ? wanted.targetLufs : null,
  };
}

function warningsOf({ presetId, media }: ExportOrder, file: MadeFile): readonly ReportWarning[] {
  const { made, sound, changes, damage } = file;
  const { picture } = exportPresets[presetId];
  const outside = changes.reduce((sum, { changedOutsideMask }) => sum + changedOutsideMask, 0);
  const lost = picture.form === "film" && made.facts ? lostTags(sound.tracks, picture.container) : [];
  const found: readonly (ReportWarning | false)[] = [
    outside > 0 && {
      code: "changed-outside-masks",
      message: `${outside} samples changed outside every mask. Do not deliver this file, and report it with the log.`,
    },
    sound.isHeldBack && {
      code: "quieter-than-target",
      message: "The true peak's limit keeps the programme quieter than its target loudness.",
    },
    sound.before?.integratedLufs === null && {
      code: "not-measurable",
      message: "The programme is silent or too short to be measured, and its loudness was left as it is.",
    },
    media.facts.video[0]?.isConstantFrameRate === false && {
      code: "variable-frame-rate",
      message: "The source's frames last differently long; here all last equally long, and sound may drift.",
    },
    damage !== undefined && {
      code: "damaged-source",
      message: `The source complained ${damage.count} times while it was read. The first: ${damage.first}`,
    },
    ...lost.map(({ tag, wanted, written, trackIndex }) => ({
      code: "lost-tag",
      message: `Audio track ${trackIndex + 1} cannot carry its ${tag} "${wanted}" in this container${written === undefined ? "" : `; it says "${written}"`}.`,
    })),
  ];
  return found.filter((each) => each !== false);
}
