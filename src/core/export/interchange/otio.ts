// OpenTimelineIO JSON: one video track of clips, gaps and transitions, with markers; what we do not know is kept.
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import type { FrameRange, FrameRate } from "../../../shared/time/index.ts";
import type { EditEvent, EditList, EditMarker } from "./edit-list.ts";

const metadata = z.record(z.string(), z.unknown()).default({});
const schemaName = (name: string) => z.string().regex(new RegExp(`^${name}\\.\\d+$`, "u"));

const rationalTime = z.looseObject({
  OTIO_SCHEMA: schemaName("RationalTime"),
  rate: z.number().positive(),
  value: z.number(),
});
const timeRange = z.looseObject({
  OTIO_SCHEMA: schemaName("TimeRange"),
  start_time: rationalTime,
  duration: rationalTime,
});
const marker = z.looseObject({
  OTIO_SCHEMA: schemaName("Marker"),
  name: z.string().default(""),
  color: z.string().nullish(),
  comment: z.string().nullish(),
  marked_range: timeRange,
});
const mediaReference = z.looseObject({
  OTIO_SCHEMA: z.string(),
  target_url: z.string().nullish(),
  available_range: timeRange.nullish(),
});
const clip = z.looseObject({
  OTIO_SCHEMA: schemaName("Clip"),
  name: z.string().nullish(),
  source_range: timeRange.nullish(),
  markers: z.array(marker).default([]),
  media_reference: mediaReference.nullish(),
  media_references: z.record(z.string(), mediaReference).nullish(),
  active_media_reference_key: z.string().nullish(),
  metadata,
});
const gap = z.looseObject({ OTIO_SCHEMA: schemaName("Gap"), source_range: timeRange.nullish() });
const transition = z.looseObject({
  OTIO_SCHEMA: schemaName("Transition"),
  in_offset: rationalTime,
  out_offset: rationalTime,
});
const track = z.looseObject({
  OTIO_SCHEMA: schemaName("Track"),
  kind: z.string().default("Video"),
  children: z.array(z.looseObject({ OTIO_SCHEMA: z.string() })),
});
const timeline = z.looseObject({
  OTIO_SCHEMA: schemaName("Timeline"),
  name: z.string().nullish(),
  global_start_time: rationalTime.nullish(),
  tracks: z.looseObject({
    OTIO_SCHEMA: schemaName("Stack"),
    children: z.array(z.looseObject({ OTIO_SCHEMA: z.string() })),
  }),
});

type RationalTime = z.infer<typeof rationalTime>;
type Clip = z.infer<typeof clip>;

const badOtio = (message: string, hint: string, cause?: unknown) =>
  refused("otio.bad-file", { message, hint, ...(cause === undefined ? {} : { cause }) });

/** Frames at the programme's rate: times of another rate are brought to it, to the nearest frame. */
const framesOf = ({ value, rate }: RationalTime, programme: FrameRate): number =>
  Math.round((value / rate) * (programme.num / programme.den));

const rangeOf = (range: z.infer<typeof timeRange>, programme: FrameRate): FrameRange => ({
  startFrame: framesOf(range.start_time, programme),
  durationFrames: framesOf(range.duration, programme),
});

function referenceOf({ media_reference, media_references, active_media_reference_key }: Clip) {
  return media_references?.[active_media_reference_key ?? "DEFAULT_MEDIA"] ?? media_reference ?? undefined;
}

/** The stretch of the source that the clip shows; without one of its own, all there is. */
function sourceOf(item: Clip, programme: FrameRate): FrameRange {
  const range = item.source_range ?? referenceOf(item)?.available_range;
  if (!range) {
    throw badOtio(
      `The clip "${item.name ?? ""}" says neither what it shows nor how long its media is.`,
      "Export the timeline again with source ranges.",
    );
  }
  return rangeOf(range, programme);
}

function markersOf(item: Clip, recordStartFrame: number, source: FrameRange, programme: FrameRate): EditMarker[] {
  return item.markers.map(({ name, color, comment, marked_range: place }) => ({
    recordFrame: recordStartFrame + framesOf(place.start_time, programme) - source.startFrame,
    colour: color ?? "",
    text: comment ?? name,
  }));
}

const kindOf = (item: { readonly OTIO_SCHEMA: string }): string => item.OTIO_SCHEMA.replace(/\.\d+$/u, "");

/** A name as short as a reel's, from what a clip is called. */
const reelNameOf = (name: string): string =>
  name
    .replaceAll(/[^A-Za-z0-9_]/gu, "")
    .slice(0, 8)
    .toUpperCase() || "AX";

/** The first video track as a list. A transition becomes a dissolve into the clip after it. */
function eventsOf(children: z.infer<typeof track>["children"], startFrame: number, programme: FrameRate) {
  const events: EditEvent[] = [];
  let recordFrame = startFrame;
  let dissolveFrames = 0;
  for (const child of children) {
    const kind = kindOf(child);
    if (kind === "Gap") {
      const { source_range: empty } = gap.parse(child);
      recordFrame += empty ? framesOf(empty.duration, programme) : 0;
    } else if (kind === "Transition") {
      const { in_offset: before, out_offset: after } = transition.parse(child);
      dissolveFrames = framesOf(before, programme) + framesOf(after, programme);
    } else if (kind === "Clip") {
      const item = clip.parse(child);
      const source = sourceOf(item, programme);
      const url = referenceOf(item)?.target_url;
      events.push({
        number: events.length + 1,
        reelName: reelNameOf(item.name ?? ""),
        channels: "V",
        transition: dissolveFrames > 0 ? { kind: "dissolve", durationFrames: dissolveFrames } : { kind: "cut" },
        source,
        record: { startFrame: recordFrame, durationFrames: source.durationFrames },
        fromClipName: item.name ?? undefined,
        toClipName: undefined,
        sourceFile: url ?? undefined,
        speed: undefined,
        markers: markersOf(item, recordFrame, source, programme),
        comments: [],
      });
      recordFrame += source.durationFrames;
      dissolveFrames = 0;
    } else {
      throw badOtio(
        `The video track holds a ${kind}, which is not read: expected clips, gaps and transitions.`,
        "Flatten nested sequences before you export the timeline.",
      );
    }
  }
  return events;
}

/** The first video track of a timeline. Refuses "otio.bad-file" with what was expected. */
export function parseOtio(text: string, rate: FrameRate): EditList {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badOtio("An .otio file is JSON; this one is not.", "Choose the .otio file, not an .otioz bundle.", cause);
  }
  const read = timeline.safeParse(json);
  if (!read.success) {
    const [problem] = read.error.issues;
    throw badOtio(
      `Expected an OpenTimelineIO Timeline; at "${problem?.path.join(".") ?? ""}": ${problem?.message ?? "unreadable"}.`,
      "Export the timeline as OpenTimelineIO (.otio).",
      read.error,
    );
  }
  const found = read.data.tracks.children
    .filter((child) => kindOf(child) === "Track")
    .map((child) => track.parse(child))
    .find(({ kind }) => kind === "Video");
  if (found === undefined) throw badOtio("The timeline has no video track.", "Export a timeline with its picture.");
  const start = read.data.global_start_time;
  const events = eventsOf(found.children, start ? framesOf(start, rate) : 0, rate);
  return { title: read.data.name ?? "", rate, counting: "non-drop", events };
}

const timeAt = (frames: number, { num, den }: FrameRate) => ({
  OTIO_SCHEMA: "RationalTime.1",
  rate: num / den,
  value: frames,
});
const rangeAt = ({ startFrame, durationFrames }: FrameRange, rate: FrameRate) => ({
  OTIO_SCHEMA: "TimeRange.1",
  duration: timeAt(durationFrames, rate),
  start_time: timeAt(startFrame, rate),
});

function clipOf(event: EditEvent, rate: FrameRate) {
  const { fromClipName, toClipName, reelName, sourceFile, source, record, markers, number } = event;
  return {
    OTIO_SCHEMA: "Clip.1",
    name: toClipName ?? fromClipName ?? reelName,
    source_range: rangeAt(source, rate),
    media_reference:
      sourceFile === undefined
        ? { OTIO_SCHEMA: "MissingReference.1", metadata: {} }
        : { OTIO_SCHEMA: "ExternalReference.1", target_url: sourceFile, metadata: {} },
    markers: markers.map(({ recordFrame, colour, text }) => ({
      OTIO_SCHEMA: "Marker.2",
      name: text,
      comment: text,
      color: colour,
      marked_range: rangeAt(
        { startFrame: source.startFrame + recordFrame - record.startFrame, durationFrames: 0 },
        rate,
      ),
      metadata: {},
    })),
    effects: [],
    metadata: { dubwright: { eventNumber: number } },
  };
}

/** A timeline with one video track; the time between events is a gap. Events must follow each other without overlap. */
export function formatOtio({ title, rate, events }: EditList): string {
  const children: object[] = [];
  let recordFrame = events[0]?.record.startFrame ?? 0;
  for (const event of events) {
    const gapFrames = event.record.startFrame - recordFrame;
    if (gapFrames < 0) {
      throw refused("otio.overlap", {
        message: `Event ${event.number} starts before the one before it ends: one track cannot hold both.`,
        hint: "Export an EDL, or remove the overlap.",
        details: { event: event.number },
      });
    }
    if (gapFrames > 0) {
      children.push({
        OTIO_SCHEMA: "Gap.1",
        source_range: rangeAt({ startFrame: 0, durationFrames: gapFrames }, rate),
        metadata: {},
      });
    }
    if (event.transition.kind !== "cut") {
      const half = Math.floor(event.transition.durationFrames / 2);
      children.push({
        OTIO_SCHEMA: "Transition.1",
        transition_type: "SMPTE_Dissolve",
        in_offset: timeAt(half, rate),
        out_offset: timeAt(event.transition.durationFrames - half, rate),
        metadata: {},
      });
    }
    children.push(clipOf(event, rate));
    recordFrame = event.record.startFrame + event.record.durationFrames;
  }
  const file = {
    OTIO_SCHEMA: "Timeline.1",
    name: title,
    global_start_time: timeAt(events[0]?.record.startFrame ?? 0, rate),
    tracks: {
      OTIO_SCHEMA: "Stack.1",
      name: "tracks",
      children: [{ OTIO_SCHEMA: "Track.1", name: "Picture", kind: "Video", children, metadata: {} }],
      metadata: {},
    },
    metadata: {},
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
