// From a probed file to the records it becomes: the media itself, and a reel when it has a picture.
import { basename, extname } from "node:path";
import type { ContentIdentity, Media, MediaFacts, Reel } from "../../shared/project/index.ts";
import { DubError } from "../../shared/failure/index.ts";
import { timecodeBaseFrom } from "../../shared/time/index.ts";
import type { ImportedRecords, ImportOrder } from "./media-orders.ts";

type Probed = { readonly facts: MediaFacts; readonly identity: ContentIdentity };

export function importedRecords(order: ImportOrder, { facts, identity }: Probed): ImportedRecords {
  const { mediaId, path, importedAt } = order;
  const media: Media = { type: "media", id: mediaId, path, identity, facts, importedAt };
  return { media, reel: reelOf(order, facts) ?? null };
}

function reelOf({ reelId, mediaId, path }: ImportOrder, facts: MediaFacts): Reel | undefined {
  const picture = facts.video[0];
  if (!picture || picture.frameCount === 0) return undefined;
  return {
    type: "reel",
    id: reelId,
    name: basename(path, extname(path)).slice(0, 200) || "Reel",
    order: 0,
    mediaId,
    frameRate: picture.frameRate,
    durationFrames: picture.frameCount,
    ...startOf(picture),
  };
}

/** The file's own start timecode; 00:00:00:00 when it has none, or one that its rate cannot carry (a probe's warning). */
function startOf({ startTimecode, frameRate }: MediaFacts["video"][number]) {
  const fromZero = { startTimecodeFrames: 0, isDropFrame: false };
  if (!startTimecode) return fromZero;
  try {
    const base = timecodeBaseFrom(startTimecode.label, frameRate);
    return { startTimecodeFrames: base.startLabelFrames, isDropFrame: base.counting === "drop" };
  } catch (error) {
    if (error instanceof DubError && error.kind === "refused") return fromZero;
    throw error;
  }
}
