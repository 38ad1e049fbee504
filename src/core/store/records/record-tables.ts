// How each record type lies in its table: one row of this file per type, from which reading, writing and paging derive.
import type { RecordOf, RecordType } from "../../../shared/project/index.ts";

/** How a field is stored. Booleans are 0 and 1; `json` is text that SQLite checks with json_valid. */
export type ColumnKind = "text" | "integer" | "real" | "boolean" | "json";

type KindOf<Value> = [Value] extends [boolean]
  ? "boolean"
  : [Value] extends [string | null]
    ? "text"
    : [Value] extends [number | null]
      ? "integer" | "real"
      : "json";

type FieldOf<Type extends RecordType> = Exclude<keyof RecordOf<Type>, "type" | "id"> & string;

export type RecordTable<Type extends RecordType = RecordType> = {
  readonly tableName: string;
  /** Every field besides `type` and `id`; its column has the same name in snake case. */
  readonly fields: { readonly [Field in FieldOf<Type>]: KindOf<RecordOf<Type>[Field]> };
  /** A record's own place among its kind; ties are broken by id. Such fields are never null. */
  readonly orderBy: readonly FieldOf<Type>[];
};

/** The mapped type makes it complete: a field added to a record does not compile until it is stored here. */
export const recordTables: { readonly [Type in RecordType]: RecordTable<Type> } = {
  project: {
    tableName: "project",
    fields: { name: "text", createdAt: "text", originalLanguage: "text", eligibilityLimits: "json" },
    orderBy: [],
  },
  media: {
    tableName: "media",
    fields: { path: "text", identity: "json", facts: "json", importedAt: "text" },
    orderBy: [],
  },
  reel: {
    tableName: "reel",
    fields: {
      name: "text",
      order: "integer",
      mediaId: "text",
      frameRate: "json",
      durationFrames: "integer",
      startTimecodeFrames: "integer",
      isDropFrame: "boolean",
    },
    orderBy: ["order"],
  },
  version: {
    tableName: "version",
    fields: { language: "text", name: "text", order: "integer" },
    orderBy: ["order"],
  },
  "audio-track": {
    tableName: "audio_track",
    fields: {
      versionId: "text",
      reelId: "text",
      mediaId: "text",
      streamIndex: "integer",
      stem: "text",
      characterId: "text",
      offsetSamples: "integer",
      gainDb: "real",
    },
    orderBy: [],
  },
  shot: {
    tableName: "shot",
    fields: {
      reelId: "text",
      startFrame: "integer",
      durationFrames: "integer",
      opensWith: "text",
      decidedBy: "text",
    },
    orderBy: ["startFrame"],
  },
  character: {
    tableName: "character",
    fields: { name: "text", order: "integer", hueDegrees: "integer", consent: "json" },
    orderBy: ["order"],
  },
  "face-track": {
    tableName: "face_track",
    fields: {
      reelId: "text",
      startFrame: "integer",
      durationFrames: "integer",
      characterId: "text",
      geometrySha256: "text",
      decidedBy: "text",
      eligibleFrames: "integer",
      medianFaceSizePx: "real",
    },
    orderBy: ["startFrame"],
  },
  segment: {
    tableName: "segment",
    fields: {
      reelId: "text",
      versionId: "text",
      characterId: "text",
      startFrame: "integer",
      durationFrames: "integer",
      state: "text",
      selectedTakeId: "text",
      note: "text",
    },
    orderBy: ["startFrame"],
  },
  take: {
    tableName: "take",
    fields: {
      segmentId: "text",
      takeNumber: "integer",
      settings: "json",
      contentSha256: "text",
      startFrame: "integer",
      durationFrames: "integer",
      syncConfidence: "real",
      avOffsetFrames: "integer",
      score: "json",
      createdAt: "text",
      stars: "integer",
      isRejected: "boolean",
      note: "text",
    },
    orderBy: ["startFrame", "takeNumber"],
  },
  adapter: {
    tableName: "adapter",
    fields: {
      characterId: "text",
      name: "text",
      recipe: "text",
      baseModelHash: "text",
      contentSha256: "text",
      validationLoss: "real",
      trainedFraction: "real",
      createdAt: "text",
    },
    orderBy: [],
  },
};

/** "startTimecodeFrames" -> "start_timecode_frames", "geometrySha256" -> "geometry_sha256". */
export const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
