// Reads every packet's timestamps, without decoding: the ground truth for frame counts, rates and where decoding may begin.
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import { runToolByLine } from "./run-tool.ts";
import { toolFailure } from "./tool-failure.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type PacketTimes = {
  /** Presentation timestamps of shown packets in ticks, ascending. */
  readonly ticks: Float64Array;
  /** Presentation timestamps of key frames among them, ascending. */
  readonly keyTicks: Float64Array;
  /** End of the last shown packet in ticks. */
  readonly endTicks: number;
  /** Packets that are only decoded, never shown: an edit list cuts them off. */
  readonly discardedCount: number;
  /** Packets without a presentation timestamp; their decode timestamp was taken instead. */
  readonly guessedCount: number;
};

export type PacketScan = {
  readonly streams: ReadonlyMap<number, PacketTimes>;
  readonly errorCount: number;
  readonly firstError: string | undefined;
};

/** A file whose tables promise more than it holds can keep a demuxer busy for ever; a slow disk reads 10 MB a second. */
const slowestDiskBytesPerMs = 10_000;

type ScanOptions = {
  readonly sizeBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Only this stream; all of them otherwise. */
  readonly streamIndex?: number;
  /** Only the first so many seconds. */
  readonly firstSeconds?: number;
};

/** Scans the packets of `path`. Errors on the way are counted, not thrown: a damaged file still has facts. */
export async function scanPackets(tools: Ffmpeg, path: string, options: ScanOptions): Promise<PacketScan> {
  const { signal, streamIndex, firstSeconds } = options;
  const collected = new Map<number, PacketCollector>();
  const report = await runToolByLine(
    tools,
    {
      program: "ffprobe",
      args: [
        ...optionList({
          loglevel: "level+error",
          ...inputGuards(tools.limits.maxSidePx ** 2),
          select_streams: streamIndex,
          read_intervals: firstSeconds === undefined ? undefined : `%+${firstSeconds}`,
          show_entries: "packet=stream_index,pts,dts,duration,flags",
          print_format: "csv=print_section=0",
        }),
        fileUrl(path),
      ],
      signal,
      silenceLimitMs: tools.limits.silenceMs,
      timeLimitMs: tools.limits.probeTimeMs + options.sizeBytes / slowestDiskBytesPerMs,
    },
    (line) => collectLine(line, collected),
  );
  if (report.stopped !== undefined) throw toolFailure(report, { doing: "read the packets of", path, signal });
  return {
    streams: new Map(Array.from(collected, ([index, collector]) => [index, collector.finish()])),
    errorCount: report.errorLineCount,
    firstError: report.firstErrorLine,
  };
}

/** "0,-2002,-4004,1001,KD": stream, pts, dts, duration, flags. */
function collectLine(line: string, collected: Map<number, PacketCollector>): void {
  const [index = "", pts = "", dts = "", durationTicks = "", flags = ""] = line.split(",");
  if (flags === "") return;
  const streamIndex = Number(index);
  let collector = collected.get(streamIndex);
  if (!collector) {
    collector = new PacketCollector();
    collected.set(streamIndex, collector);
  }
  collector.add({ pts: Number(pts), dts: Number(dts), durationTicks: Number(durationTicks), flags });
}

class PacketCollector {
  #ticks = new Float64Array(1024);
  #count = 0;
  readonly #keyTicks: number[] = [];
  #endTicks = -Infinity;
  #discardedCount = 0;
  #guessedCount = 0;

  add(packet: { pts: number; dts: number; durationTicks: number; flags: string }): void {
    if (packet.flags.includes("D")) {
      this.#discardedCount += 1;
      return;
    }
    const isGuessed = Number.isNaN(packet.pts);
    const ticks = isGuessed ? packet.dts : packet.pts;
    if (isGuessed) this.#guessedCount += 1;
    if (Number.isNaN(ticks)) return;
    if (this.#count === this.#ticks.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#ticks);
      this.#ticks = larger;
    }
    this.#ticks[this.#count] = ticks;
    this.#count += 1;
    if (packet.flags.includes("K")) this.#keyTicks.push(ticks);
    this.#endTicks = Math.max(this.#endTicks, ticks + (packet.durationTicks || 0));
  }

  finish(): PacketTimes {
    return {
      ticks: this.#ticks.slice(0, this.#count).toSorted(),
      keyTicks: Float64Array.from(this.#keyTicks).toSorted(),
      endTicks: this.#endTicks,
      discardedCount: this.#discardedCount,
      guessedCount: this.#guessedCount,
    };
  }
}
