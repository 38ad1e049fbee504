// Rules of versions and of the sound under them.
import { describe, expect, test } from "vitest";
import { addAudioTrack, addVersion, changeAudioTrack, removeVersion, renameVersion, soundWarnings } from "./index.ts";
import type { Media, RecordId } from "./index.ts";
import {
  sampleCharacter,
  sampleMedia,
  sampleReel,
  sampleSegment,
  sampleTake,
  sampleTrack,
  sampleVersion,
} from "../../../test/support/sample-records.ts";
import { viewOf } from "../../../test/support/view-of.ts";

const withSound = (name: string): Media => {
  const media = sampleMedia(name);
  const stream = {
    streamIndex: 1,
    codec: "pcm_s24le",
    sampleRateHz: 48_000,
    channelCount: 1,
    sampleCount: 480_000,
    sampleCountFrom: "container",
    timeBase: { num: 1, den: 48_000 },
    firstSampleTicks: 0,
    startOffsetSamples: 0,
    dispositions: [],
  } as const;
  return { ...media, facts: { ...media.facts, audio: [stream] } };
};

describe("versions", () => {
  test("of one name and language there is one", () => {
    const view = viewOf([sampleVersion()]);
    const again = { ...sampleVersion(), id: "version:x" as RecordId<"version"> };
    expect(() => addVersion(view, again)).toThrow("already a version");
    const other = { ...again, name: "TV" };
    const both = viewOf([sampleVersion(), other]);
    expect(() => renameVersion(both, other.id, "Cinema")).toThrow("already a version");
    expect(renameVersion(both, other.id, "Airline").changed[0]?.[1]).toMatchObject({ name: "Airline" });
  });

  test("go with their sound, segments and takes, and the others close the gap", () => {
    const kept = { ...sampleVersion("fr"), order: 1 };
    const view = viewOf([sampleVersion(), kept, sampleTrack(), sampleSegment(), sampleTake()]);
    const diff = removeVersion(view, sampleVersion().id);
    expect(diff.removed.map(({ type }) => type)).toEqual(["version", "audio-track", "segment", "take"]);
    expect(diff.changed).toEqual([[kept, { ...kept, order: 0 }]]);
  });
});

describe("sound of a version", () => {
  const records = [sampleVersion(), sampleReel(), sampleCharacter()];

  test("comes in together with a file that is new, as one diff", () => {
    const media = withSound("b");
    const track = { ...sampleTrack(), mediaId: media.id };
    expect(addAudioTrack(viewOf(records), track, media).added).toEqual([media, track]);
  });

  test("of a stream that the file lacks is refused with the streams it has", () => {
    const view = viewOf([...records, withSound("a")]);
    const add = () => addAudioTrack(view, { ...sampleTrack(), streamIndex: 3 });
    expect(add).toThrow(expect.objectContaining({ code: "media.no-such-stream", hint: "Its audio streams are 1." }));
  });

  test("is laid in once: the same stream twice would be twice as loud", () => {
    const view = viewOf([...records, withSound("a"), sampleTrack("a")]);
    expect(() => addAudioTrack(view, sampleTrack("b"))).toThrow(expect.objectContaining({ code: "track.exists" }));
    const ofAnna = { ...sampleTrack("b"), characterId: sampleCharacter().id };
    expect(addAudioTrack(view, ofAnna).added).toEqual([ofAnna]);
  });

  test("belongs to a character only when it is dialogue", () => {
    const view = viewOf([...records, withSound("a"), sampleTrack()]);
    const change = { stem: "mix", characterId: sampleCharacter().id } as const;
    expect(() => changeAudioTrack(view, sampleTrack().id, change)).toThrow("Only dialogue belongs");
  });

  test("is slipped under a fixed picture by changing its offset alone", () => {
    const view = viewOf([...records, withSound("a"), sampleTrack()]);
    const moved = { ...sampleTrack(), offsetSamples: 2002 };
    expect(changeAudioTrack(view, sampleTrack().id, { offsetSamples: 2002 }).changed).toEqual([[sampleTrack(), moved]]);
  });
});

describe("what an editor is told of sound", () => {
  const reel = { frameRate: { num: 24_000, den: 1001 }, durationFrames: 240 };
  const codes = (sampleCount: number, offsetSamples = 0, sampleRateHz = 48_000) =>
    soundWarnings({ reel, stream: { sampleCount, sampleRateHz }, offsetSamples }).map(({ code }) => code);
  const reelSamples = 480_480;

  test("nothing, when it ends within a frame of the picture", () => {
    expect(codes(reelSamples)).toEqual([]);
    expect(codes(reelSamples - 2000)).toEqual([]);
    expect(codes(reelSamples + 2000)).toEqual([]);
  });

  test("that it is shorter, longer, early, beside the picture, or thin", () => {
    expect(codes(reelSamples - 5000)).toEqual(["shorter-than-reel"]);
    expect(codes(reelSamples + 5000)).toEqual(["longer-than-reel"]);
    expect(codes(reelSamples + 96_000, -48_000)).toEqual(["longer-than-reel", "starts-before-reel"]);
    expect(codes(1000, -2000)).toEqual(["beside-reel"]);
    expect(codes(1000, reelSamples)).toEqual(["beside-reel"]);
    expect(codes(80_080, 0, 8000)).toEqual(["low-sample-rate"]);
  });
});
