// The handler of the main operation: which segments, with what, are put into one job.
import { join } from "node:path";
import type { Handlers, InputOf } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import {
  createId,
  generationSettingsSchema,
  mustGet,
  projectRecordId,
  settingsOfQuality,
  settingsOfTake,
  timecodeBaseOf,
} from "../../../shared/project/index.ts";
import type { AudioTrack, GenerationSettings, ProjectView, Segment } from "../../../shared/project/index.ts";
import { doRangesOverlap, formatTimecode, containsFrame } from "../../../shared/time/index.ts";
import { usualEligibilityLimits } from "../../faces/index.ts";
import { findLipsyncModel } from "../../lipsync/index.ts";
import type { GenerateOrder, SegmentOrder } from "../generate-order.ts";
import { isoTime } from "../job-summaries.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Asked = InputOf<"segments.generate">;

export function generateHandlers(tools: HandlerTools): Pick<Handlers, "segments.generate"> {
  const { current, clock, random } = tools;
  const storeFolder = join(tools.tools.folders.appData, "models");
  return {
    "segments.generate": async (asked) => {
      const { project } = current.get();
      const { view } = project;
      const segments = segmentsAsked(view, asked);
      const settings = settingsAsked(view, asked);
      const files = await findLipsyncModel(storeFolder, asked.model);
      const orders = segments.map((segment) => segmentOrderOf(view, segment, createId("take", random.bytes)));
      const mediaIds = orders.flatMap(({ pictureMediaId, dialogue }) => [pictureMediaId, dialogue.mediaId]);
      const order: GenerateOrder = {
        storeFolder,
        model: files.parts.unet.contentSha256,
        provider: asked.provider ?? null,
        settings,
        limits: mustGet(view, "project", projectRecordId).eligibilityLimits ?? usualEligibilityLimits,
        tracksFolder: project.paths.tracks,
        createdAt: isoTime(clock.nowMs()),
        media: Object.fromEntries(mediaIds.map((mediaId) => [mediaId, mediaOf(view, mediaId)])),
        segments: orders,
      };
      const [first] = orders;
      const title = orders.length === 1 ? `Take at ${first?.title}` : `Takes of ${orders.length} segments`;
      const labels = { title, ...(orders.length === 1 && first ? { segmentId: first.segmentId } : {}) };
      return enqueue(tools, { kind: "segments.generate", resourceClass: "gpu", labels }, order);
    },
  };
}

const mediaOf = (view: ProjectView, mediaId: SegmentOrder["pictureMediaId"]): GenerateOrder["media"][string] => {
  const { path, facts, identity } = mustGet(view, "media", mediaId);
  return { path, facts, mediaHash: identity.mediaHash };
};

function segmentsAsked(view: ProjectView, { segmentIds, versionId, below }: Asked): readonly Segment[] {
  const named = segmentIds?.map((id) => mustGet(view, "segment", id));
  const all = named ?? view.list("segment").filter(({ state }) => state !== "ignored");
  const found = all
    .filter((segment) => versionId === undefined || segment.versionId === versionId)
    .filter((segment) => below === undefined || isBelow(view, segment, below))
    .toSorted((a, b) => a.startFrame - b.startFrame);
  if (found.length > 0) return found;
  throw refused("segments.none", {
    message: below === undefined ? "There is no segment to make a take for." : `No segment has a score below ${below}.`,
    hint: "segments list shows which there are; segments propose finds them, segments add makes one by hand.",
  });
}

const isBelow = (view: ProjectView, { selectedTakeId }: Segment, least: number): boolean =>
  ((selectedTakeId === null ? undefined : view.get("take", selectedTakeId))?.syncConfidence ?? -Infinity) < least;

/** A quality's or a take's settings, with what was said in their place. */
function settingsAsked(view: ProjectView, asked: Asked): GenerationSettings {
  const base =
    asked.like === undefined
      ? settingsOfQuality[asked.quality]
      : settingsLike(mustGet(view, "take", asked.like), asked);
  const said: { readonly [Name in keyof GenerationSettings]?: GenerationSettings[Name] | undefined } = {
    inferenceSteps: asked.steps,
    guidanceScale: asked.guidance,
    guidanceFromRatio: asked.guidanceFrom,
    guidanceToRatio: asked.guidanceTo,
    sampler: asked.sampler,
    spacing: asked.spacing,
    seed: asked.seed,
    overlapFrames: asked.overlap,
    sharedNoise: asked.sharedNoise,
    deepCacheSteps: asked.deepCache,
    mask: asked.mask,
    referenceFrame: asked.referenceFrame,
    silence: asked.silence,
  };
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return generationSettingsSchema.parse({ ...base, ...given });
}

/** A draft is promoted so: its seed and choices stay, what makes it a draft becomes full. */
function settingsLike(
  take: { settings: Parameters<typeof settingsOfTake>[0] },
  { quality }: Asked,
): GenerationSettings {
  const settings = settingsOfTake(take.settings);
  const { draft, full } = settingsOfQuality;
  const isDraft = settings.inferenceSteps === draft.inferenceSteps && settings.sampler === draft.sampler;
  if (quality !== "full" || !isDraft) return settings;
  const { inferenceSteps, guidanceScale, sampler, spacing } = full;
  return { ...settings, inferenceSteps, guidanceScale, sampler, spacing };
}

function segmentOrderOf(view: ProjectView, segment: Segment, takeId: SegmentOrder["takeId"]): SegmentOrder {
  const reel = mustGet(view, "reel", segment.reelId);
  const picture = mustGet(view, "media", reel.mediaId);
  const shots = view.list("shot", { reelId: reel.id });
  const track = dialogueOf(view, segment);
  return {
    segmentId: segment.id,
    takeId,
    title: formatTimecode(segment.startFrame, timecodeBaseOf(reel)),
    startFrame: segment.startFrame,
    durationFrames: segment.durationFrames,
    frameRate: reel.frameRate,
    pictureMediaId: picture.id,
    pictureStreamIndex: picture.facts.video[0]?.streamIndex ?? 0,
    shotStarts: shots.map(({ startFrame }) => startFrame).filter((frame) => containsFrame(segment, frame)),
    tracks: tracksOf(view, segment).map(({ startFrame, geometrySha256 }) => ({ startFrame, geometrySha256 })),
    dialogue: { mediaId: track.mediaId, streamIndex: track.streamIndex, offsetSamples: track.offsetSamples },
  };
}

/** Of its character; where none is named, all of them, the largest face first. */
function tracksOf(view: ProjectView, segment: Segment) {
  const found = view
    .list("face-track", { reelId: segment.reelId })
    .filter((track) => doRangesOverlap(track, segment))
    .filter(({ characterId }) => segment.characterId === null || characterId === segment.characterId);
  if (found.length > 0)
    return segment.characterId === null
      ? found.toSorted((a, b) => b.medianFaceSizePx - a.medianFaceSizePx)
      : found.toSorted((a, b) => a.startFrame - b.startFrame);
  throw refused("lipsync.no-face", {
    message: "No face of the segment's character is known in its frames.",
    hint: "Track the faces of the reel (faces track) and say whose they are (faces assign).",
    details: { segmentId: segment.id, characterId: segment.characterId },
  });
}

/** The character's own dialogue, else a mix of all dialogue, else the full mix. */
export function dialogueOf(view: ProjectView, { id, versionId, reelId, characterId }: Segment): AudioTrack {
  const tracks = view.list("audio-track", { versionId, reelId });
  const dialogue = tracks.filter(({ stem }) => stem === "dialogue");
  const found =
    dialogue.find((track) => track.characterId !== null && track.characterId === characterId) ??
    dialogue.find((track) => track.characterId === null) ??
    tracks.find(({ stem }) => stem === "mix");
  if (found) return found;
  throw refused("lipsync.no-dialogue", {
    message: "There is no dialogue under the reel in this version.",
    hint: "Lay it in first: dialogue add.",
    details: { segmentId: id, versionId, reelId },
  });
}
