// A file together with its facts: what every decoder of this room reads from.
import { assert, refused } from "../../shared/failure/index.ts";
import type { AudioStreamFacts, MediaFacts, VideoStreamFacts } from "../../shared/project/index.ts";
import { risingTicks } from "./frame-clock.ts";
import { scanPackets } from "./packet-scan.ts";
import { probeMedia } from "./probe.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type MediaSource = {
  readonly tools: Ffmpeg;
  readonly path: string;
  readonly facts: MediaFacts;
  /** Timestamps of all frames of a video stream in ticks, ascending; read once, then kept. */
  readonly frameTicks: (streamIndex: number, signal?: AbortSignal) => Promise<Float64Array>;
};

/** A source whose facts are known already, from an earlier probe. */
export function mediaSource(tools: Ffmpeg, path: string, facts: MediaFacts): MediaSource {
  const known = new Map<number, Float64Array>();
  return {
    tools,
    path,
    facts,
    frameTicks: async (streamIndex, signal) => {
      const kept = known.get(streamIndex);
      if (kept) return kept;
      const scan = await scanPackets(tools, path, { sizeBytes: facts.container.sizeBytes, streamIndex, signal });
      const packets = scan.streams.get(streamIndex);
      assert(packets !== undefined, "a probed stream has packets");
      const ticks = risingTicks(packets.ticks);
      known.set(streamIndex, ticks);
      return ticks;
    },
  };
}

/** Probes `path` and opens it. */
export async function openMedia(tools: Ffmpeg, path: string, signal?: AbortSignal): Promise<MediaSource> {
  return mediaSource(tools, path, await probeMedia(tools, path, { signal }));
}

/** The stream of that index in the file, or the first video stream. */
export function videoStreamOf(source: MediaSource, streamIndex?: number): VideoStreamFacts {
  return streamOf(source, source.facts.video, { streamIndex, kind: "video" });
}

/** The stream of that index in the file, or the first audio stream. */
export function audioStreamOf(source: MediaSource, streamIndex?: number): AudioStreamFacts {
  return streamOf(source, source.facts.audio, { streamIndex, kind: "audio" });
}

function streamOf<Stream extends { readonly streamIndex: number }>(
  source: MediaSource,
  streams: readonly Stream[],
  wanted: { readonly streamIndex: number | undefined; readonly kind: string },
): Stream {
  const { streamIndex, kind } = wanted;
  const stream =
    streamIndex === undefined ? streams[0] : streams.find((candidate) => candidate.streamIndex === streamIndex);
  if (stream) return stream;
  throw refused("media.no-such-stream", {
    message: `Expected ${kind} ${streamIndex === undefined ? "" : `as stream ${streamIndex} `}in ${source.path}, found none.`,
    hint: "Choose a file that has it.",
    details: { path: source.path, kind, streamIndex, streams: streams.map((one) => one.streamIndex) },
  });
}
