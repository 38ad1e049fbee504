// What each frame hears: embeddings of the dialogue, computed block by block as frames go by, kept by content.
import { assert } from "../../../shared/failure/index.ts";
import type { FrameRate } from "../../../shared/time/index.ts";
import { loudestLogPower, whisperHopSamples, whisperLogMel, whisperLogPower, whisperScale } from "../../audio/index.ts";
import type { MelSpectrogram } from "../../audio/index.ts";
import { heardOf } from "../../models/index.ts";
import { keyOf } from "../cache/file-cache.ts";
import type { FileCache } from "../cache/file-cache.ts";
import { bytesOfFloats, floatsOfBytes } from "../cache/pack.ts";
import type { LipsyncNetworks } from "../model/networks.ts";
import { firstRowHeard, parityRowsHeard, rowsHeard } from "../plan/audio-rows.ts";
import { dialogueSamples, stretchOfStream } from "./dialogue-samples.ts";
import type { Dialogue } from "./dialogue-samples.ts";
import { blockGrid, blocksOf, partOfBlock } from "./embedding-blocks.ts";
import { gateSpeech, speechOf } from "./speech-gate.ts";

/** Raised when the same sound gives other embeddings than before. */
const soundRevision = 1;

export type HearingTools = {
  readonly networks: LipsyncNetworks;
  readonly cache: FileCache;
  readonly signal?: AbortSignal | undefined;
  /** Told of every block that the network had to hear. */
  readonly onBlock: () => void;
};

export type HearingRules = {
  /** Of the picture. */
  readonly frameRate: FrameRate;
  readonly profile: "time-true" | "parity";
  /** "rest": outside speech the network hears silence. "as-heard": breath, noise and rooms too. */
  readonly silence: "rest" | "as-heard";
};

/** What a frame of the reel hears, [rows * states, width]; rows of the model's `hearing`. */
export type Hear = (frameIndex: number) => Promise<Float32Array>;

/** Frames should be asked for in order: a few blocks are held, whatever the length. */
export function hearDialogue(dialogue: Dialogue, rules: HearingRules, tools: HearingTools): Hear {
  return rules.profile === "parity" ? hearAsPublished(dialogue, tools) : hearTimeTrue(dialogue, rules, tools);
}

const rowLengthOf = ({ networks }: HearingTools): number => {
  const { whisper } = networks.files.config;
  const { states, width } = heardOf(whisper);
  return states * width;
};

function hearTimeTrue(dialogue: Dialogue, { frameRate, silence }: HearingRules, tools: HearingTools): Hear {
  const { hearing, whisper } = tools.networks.files.config;
  const grid = blockGrid(whisper.positions);
  const rowLength = rowLengthOf(tools);
  const speech = lazily(() => (silence === "rest" ? speechOf(dialogue, tools) : Promise.resolve(undefined)));
  const blocks = heldBlocks(dialogue, tools, { profile: "time-true", silence, grid }, async (firstRow) => {
    const stretch = {
      firstSample: firstRow * 2 * whisperHopSamples,
      sampleCount: grid.positions * 2 * whisperHopSamples,
    };
    const samples = await dialogueSamples(dialogue, stretch, tools.signal);
    const ranges = await speech();
    return whisperLogMel(ranges ? gateSpeech(samples, stretch, ranges) : samples).values;
  });
  return async (frameIndex) => {
    const firstRow = firstRowHeard(frameIndex, frameRate, hearing);
    const rowCount = rowsHeard(hearing);
    const heard = new Float32Array(rowCount * rowLength);
    for (const block of blocksOf({ firstRow, rowCount }, grid)) {
      const parts = Array.from({ length: rowCount }, (_, at) => partOfBlock(firstRow + at, block, grid));
      if (parts.every((part) => part === 0)) continue;
      const rows = await blocks(block.firstRow);
      for (const [at, part] of parts.entries()) {
        if (part === 0) continue;
        const from = (firstRow + at - block.firstRow) * rowLength;
        for (let k = 0; k < rowLength; k++)
          heard[at * rowLength + k] = (heard[at * rowLength + k] ?? 0) + part * (rows[from + k] ?? 0);
      }
    }
    return heard;
  };
}

/**
 * The published way, dossier 1.9: the whole track counted from its own start, the loudest moment that of the whole track,
 * pieces of 30 s without overlap, the last filled with 0.0 of the scaled spectrogram, edge rows repeated.
 */
function hearAsPublished(dialogue: Dialogue, tools: HearingTools): Hear {
  const { hearing, whisper } = tools.networks.files.config;
  const rowLength = rowLengthOf(tools);
  const stretch = stretchOfStream(dialogue);
  const melFramesInAll = Math.floor(stretch.sampleCount / whisperHopSamples);
  const rowsInAll = Math.floor(melFramesInAll / 2);
  const mel = lazily(async () => {
    const logPower = whisperLogPower(await dialogueSamples(dialogue, stretch, tools.signal));
    return whisperScale(logPower, loudestLogPower(logPower));
  });
  const grid = { positions: whisper.positions };
  const blocks = heldBlocks(dialogue, tools, { profile: "parity", grid }, async (firstRow) =>
    pieceOfMel(await mel(), 2 * firstRow, 2 * whisper.positions),
  );
  // A frame of 25 a second lasts 640 samples of 16 kHz.
  const startFrame = Math.round(stretch.firstSample / 640);
  return async (frameIndex) => {
    const rows = parityRowsHeard(Math.max(0, frameIndex - startFrame), rowsInAll, hearing);
    const heard = new Float32Array(rows.length * rowLength);
    for (const [at, row] of rows.entries()) {
      const firstRow = Math.floor(row / whisper.positions) * whisper.positions;
      const from = (row - firstRow) * rowLength;
      heard.set((await blocks(firstRow)).subarray(from, from + rowLength), at * rowLength);
    }
    return heard;
  };
}

/** Mel frames from `fromMelFrame` on, 0.0 beyond the end. */
function pieceOfMel({ melBins, melFrames, values }: MelSpectrogram, fromMelFrame: number, count: number): Float32Array {
  const piece = new Float32Array(melBins * count);
  const there = Math.min(count, melFrames - fromMelFrame);
  assert(there > 0, "a piece of the spectrogram begins within it");
  for (let band = 0; band < melBins; band++) {
    const from = band * melFrames + fromMelFrame;
    piece.set(values.subarray(from, from + there), band * count);
  }
  return piece;
}

/** At most this many blocks are held: a frame at a border hears two, and the next frames the later one. */
const heldCount = 3;

/** Embeddings by a block's first row: held, else cached, else computed from `logMelOf`. */
function heldBlocks(
  { mediaHash, streamIndex, offsetSamples }: Dialogue,
  { networks, cache, onBlock, signal }: HearingTools,
  rules: object,
  logMelOf: (firstRow: number) => Promise<Float32Array>,
): (firstRow: number) => Promise<Float32Array> {
  const held = new Map<number, Float32Array>();
  const { config, parts } = networks.files;
  const inputs = {
    soundRevision,
    mediaHash,
    streamIndex,
    offsetSamples,
    rules,
    network: [parts.whisper.contentSha256, config.whisper],
  };
  return async (firstRow) => {
    const known = held.get(firstRow);
    if (known) return known;
    signal?.throwIfAborted();
    const key = keyOf({ ...inputs, firstRow });
    const [stored] = (await cache.read("sound", key))?.blocks ?? [];
    let rows = stored && floatsOfBytes(stored);
    if (!rows) {
      rows = await networks.embed(await logMelOf(firstRow));
      onBlock();
      await cache.write("sound", key, { facts: {}, blocks: [bytesOfFloats(rows)] });
    }
    held.set(firstRow, rows);
    for (const oldest of held.keys()) {
      if (held.size <= heldCount) break;
      held.delete(oldest);
    }
    return rows;
  };
}

function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
