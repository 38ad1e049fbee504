// OpenTimelineIO: a timeline as its reference library writes it is read, and what is written reads back.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameRates } from "../../../shared/time/index.ts";
import { formatOtio, parseOtio } from "./otio.ts";
import type { EditEvent, EditList } from "./edit-list.ts";

const time = (value: number, rate = 24) => ({ OTIO_SCHEMA: "RationalTime.1", rate, value });
const range = (start: number, duration: number, rate = 24) => ({
  OTIO_SCHEMA: "TimeRange.1",
  start_time: time(start, rate),
  duration: time(duration, rate),
});

/** Written after the published schemas: Clip.2 with media_references, an audio track that is not read, unknown fields. */
const published = {
  OTIO_SCHEMA: "Timeline.1",
  metadata: { someProgram: { version: 3 } },
  name: "Cut 4",
  global_start_time: time(86_400),
  tracks: {
    OTIO_SCHEMA: "Stack.1",
    children: [
      { OTIO_SCHEMA: "Track.1", kind: "Audio", children: [] },
      {
        OTIO_SCHEMA: "Track.1",
        kind: "Video",
        children: [
          {
            OTIO_SCHEMA: "Clip.2",
            name: "sc1_t3",
            source_range: range(100, 48),
            active_media_reference_key: "DEFAULT_MEDIA",
            media_references: {
              DEFAULT_MEDIA: {
                OTIO_SCHEMA: "ExternalReference.1",
                target_url: "file:///a.mov",
                available_range: range(0, 500),
              },
            },
            markers: [
              { OTIO_SCHEMA: "Marker.2", name: "lips", color: "RED", marked_range: range(110, 1), metadata: {} },
            ],
          },
          { OTIO_SCHEMA: "Gap.1", source_range: range(0, 12) },
          {
            OTIO_SCHEMA: "Transition.1",
            transition_type: "SMPTE_Dissolve",
            in_offset: time(6),
            out_offset: time(6),
          },
          {
            OTIO_SCHEMA: "Clip.1",
            name: "sc2",
            media_reference: { OTIO_SCHEMA: "MissingReference.1", available_range: range(25, 50, 25) },
          },
        ],
      },
    ],
  },
};

describe("parseOtio", () => {
  test("reads the picture of a timeline as its schemas are published, times of another rate included", () => {
    const { title, events } = parseOtio(JSON.stringify(published), frameRates["24"]);
    expect(title).toBe("Cut 4");
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      fromClipName: "sc1_t3",
      sourceFile: "file:///a.mov",
      source: { startFrame: 100, durationFrames: 48 },
      record: { startFrame: 86_400, durationFrames: 48 },
      markers: [{ recordFrame: 86_410, colour: "RED", text: "lips" }],
    });
    expect(events[1]).toMatchObject({
      source: { startFrame: 24, durationFrames: 48 },
      record: { startFrame: 86_460, durationFrames: 48 },
      transition: { kind: "dissolve", durationFrames: 12 },
    });
  });

  test("what is no timeline is refused with what was expected", () => {
    expect(() => parseOtio("EDL", frameRates["24"])).toThrow("JSON");
    expect(() => parseOtio("{}", frameRates["24"])).toThrow("Timeline");
    const nested = structuredClone(published);
    nested.tracks.children[1]?.children.push({ OTIO_SCHEMA: "Stack.1", source_range: range(0, 1) });
    expect(() => parseOtio(JSON.stringify(nested), frameRates["24"])).toThrow("Stack");
  });
});

describe("formatOtio", () => {
  test("what is written reads back the same in all that the format can say", () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9]{0,7}$/u);
    const event = fc.record({
      name,
      gapFrames: fc.nat(50),
      source: fc.record({ startFrame: fc.nat(100_000), durationFrames: fc.integer({ min: 1, max: 900 }) }),
      dissolveFrames: fc.nat(40),
      file: fc.option(fc.constant("file:///media/a.mov"), { nil: undefined }),
      note: fc.option(name, { nil: undefined }),
    });
    const list: fc.Arbitrary<EditList> = fc
      .record({
        title: name,
        rate: fc.constantFrom(frameRates["24"], frameRates["23.976"], frameRates["25"], frameRates["59.94"]),
        startFrame: fc.nat(100_000),
        made: fc.array(event, { minLength: 1, maxLength: 6 }),
      })
      .map(({ title, rate, startFrame, made }) => {
        let recordFrame = startFrame;
        const events = made.map(
          ({ name: clipName, gapFrames, source, dissolveFrames, file, note }, index): EditEvent => {
            recordFrame += index === 0 ? 0 : gapFrames;
            const record = { startFrame: recordFrame, durationFrames: source.durationFrames };
            recordFrame += source.durationFrames;
            return {
              number: index + 1,
              reelName: clipName,
              channels: "V",
              transition: dissolveFrames === 0 ? { kind: "cut" } : { kind: "dissolve", durationFrames: dissolveFrames },
              source,
              record,
              fromClipName: clipName,
              toClipName: undefined,
              sourceFile: file,
              speed: undefined,
              markers: note === undefined ? [] : [{ recordFrame: record.startFrame, colour: "GREEN", text: note }],
              comments: [],
            };
          },
        );
        return { title, rate, counting: "non-drop", events };
      });
    fc.assert(
      fc.property(list, (made) => {
        expect(parseOtio(formatOtio(made), made.rate)).toEqual(made);
      }),
    );
  });

  test("events that overlap are refused: one track cannot hold them", () => {
    const { events } = parseOtio(JSON.stringify(published), frameRates["24"]);
    const overlapping = events.map((event) => ({ ...event, record: { startFrame: 0, durationFrames: 48 } }));
    expect(() => formatOtio({ title: "", rate: frameRates["24"], counting: "non-drop", events: overlapping })).toThrow(
      "Event 2",
    );
  });
});
