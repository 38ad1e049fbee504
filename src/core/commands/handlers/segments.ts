// Handlers of segments: list and edit by hand.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import {
  addSegment,
  assignSegments,
  createId,
  mergeSegments,
  mustGet,
  noteSegment,
  removeSegments,
  setSegmentState,
  splitSegment,
  timecodeBaseOf,
  trimSegment,
} from "../../../shared/project/index.ts";
import type { ProjectView, Segment } from "../../../shared/project/index.ts";
import { endFrameOf, formatTimecode, intersect, parsePlace, parseRange } from "../../../shared/time/index.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { reelNamed } from "./reel-named.ts";

type Names =
  | "segments.list"
  | "segments.add"
  | "segments.split"
  | "segments.merge"
  | "segments.trim"
  | "segments.state"
  | "segments.ignore"
  | "segments.note"
  | "segments.assign"
  | "segments.remove";

export function segmentHandlers({ current, edit, random }: HandlerTools): Pick<Handlers, Names> {
  const baseOf = (view: ProjectView, { reelId }: Segment) => timecodeBaseOf(mustGet(view, "reel", reelId));
  return {
    "segments.list": async ({ states, ...filter }) => {
      const { view } = current.get().project;
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      const found = view.list("segment", given).filter(({ state }) => states?.includes(state) ?? true);
      return { segments: found.map((segment) => describeSegment(view, segment)) };
    },
    "segments.add": async ({ versionId, range, reelId, characterId, note }) => {
      const segmentId = createId("segment", random.bytes);
      const { revision } = edit("segments.add", (view) => {
        const reel = reelNamed(view, reelId);
        const state = { state: "to-do", selectedTakeId: null, note } as const;
        const place = { versionId, reelId: reel.id, characterId, ...parseRange(range, timecodeBaseOf(reel)) };
        return addSegment(view, { type: "segment", id: segmentId, ...place, ...state });
      });
      return { revision, segmentId };
    },
    "segments.split": async ({ segmentId, at }) => {
      const secondId = createId("segment", random.bytes);
      const { revision } = edit("segments.split", (view) => {
        const splitFrame = parsePlace(at, baseOf(view, mustGet(view, "segment", segmentId)));
        const createTakeId = () => createId("take", random.bytes);
        return splitSegment(view, segmentId, { splitFrame, secondId, createTakeId });
      });
      return { revision, segmentIds: [segmentId, secondId] };
    },
    "segments.merge": async ({ segmentIds }) => {
      const { revision } = edit("segments.merge", (view) => mergeSegments(view, segmentIds));
      const { view } = current.get().project;
      const [kept] = segmentIds.flatMap((id) => view.get("segment", id) ?? []);
      return { revision, segmentId: kept?.id ?? segmentIds[0] ?? createId("segment", random.bytes) };
    },
    "segments.trim": async ({ segmentId, range }) =>
      edit("segments.trim", (view) =>
        trimSegment(view, segmentId, parseRange(range, baseOf(view, mustGet(view, "segment", segmentId)))),
      ),
    "segments.state": async ({ segmentIds, state }) =>
      edit("segments.state", (view) => setSegmentState(view, segmentIds, state)),
    "segments.ignore": async ({ segmentIds }) =>
      edit("segments.ignore", (view) => setSegmentState(view, segmentIds, "ignored")),
    "segments.note": async ({ segmentId, note }) => edit("segments.note", (view) => noteSegment(view, segmentId, note)),
    "segments.assign": async ({ segmentIds, characterId }) =>
      edit("segments.assign", (view) => assignSegments(view, segmentIds, characterId)),
    "segments.remove": async ({ segmentIds }) => edit("segments.remove", (view) => removeSegments(view, segmentIds)),
  };
}

type Listed = AnswerOf<"segments.list">["segments"][number];

function describeSegment(view: ProjectView, segment: Segment): Listed {
  const base = timecodeBaseOf(mustGet(view, "reel", segment.reelId));
  const { id, selectedTakeId, durationFrames, startFrame } = segment;
  const selected = selectedTakeId === null ? undefined : view.get("take", selectedTakeId);
  const coveredFrames = (selected && intersect(selected, segment)?.durationFrames) ?? 0;
  return {
    segmentId: id,
    reelId: segment.reelId,
    versionId: segment.versionId,
    characterId: segment.characterId,
    startFrame,
    durationFrames,
    inTimecode: formatTimecode(startFrame, base),
    outTimecode: formatTimecode(endFrameOf(segment), base),
    state: segment.state,
    takes: view.list("take", { segmentId: id }).length,
    selectedTakeId,
    selectedTakeNumber: selected?.takeNumber ?? null,
    syncConfidence: selected?.syncConfidence ?? null,
    uncoveredFrames: durationFrames - coveredFrames,
    note: segment.note,
  };
}
