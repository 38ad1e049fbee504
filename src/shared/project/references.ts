// Which field of which record points at which: what must go, or be cleared, together with a record.
import type { RecordType } from "./ids.ts";
import type { RecordOf } from "./records.ts";

/** `isOptional`: the record stands without it, and the field is then null. */
export type Reference = {
  readonly from: RecordType;
  readonly field: string;
  readonly to: RecordType;
  readonly isOptional: boolean;
};

const reference = <From extends RecordType>(
  from: From,
  field: keyof RecordOf<From> & string,
  to: RecordType,
): Reference => ({ from, field, to, isOptional: false });

const optional = <From extends RecordType>(
  from: From,
  field: keyof RecordOf<From> & string,
  to: RecordType,
): Reference => ({ from, field, to, isOptional: true });

/** Every one that the store holds as a foreign key. What a take was made with is history and is not among them. */
export const references: readonly Reference[] = [
  reference("reel", "mediaId", "media"),
  reference("audio-track", "versionId", "version"),
  reference("audio-track", "reelId", "reel"),
  reference("audio-track", "mediaId", "media"),
  optional("audio-track", "characterId", "character"),
  reference("shot", "reelId", "reel"),
  reference("face-track", "reelId", "reel"),
  optional("face-track", "characterId", "character"),
  reference("segment", "reelId", "reel"),
  reference("segment", "versionId", "version"),
  optional("segment", "characterId", "character"),
  optional("segment", "selectedTakeId", "take"),
  reference("take", "segmentId", "segment"),
  reference("adapter", "characterId", "character"),
];
