// 500 mutated media files, the same ones in every run: nothing hangs, nothing half is taken for whole, the host lives.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { randomFrom } from "../../src/core/base/index.ts";
import type { Random } from "../../src/core/base/index.ts";
import { decodeFrames, decodeStrictly, mediaSource, probeMedia } from "../../src/core/media/index.ts";
import type { Ffmpeg } from "../../src/core/media/index.ts";
import { DubError } from "../../src/shared/failure/index.ts";
import type { MediaFacts } from "../../src/shared/project/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";

const roundCount = 500;
const longestMs = 10_000;
const folder = await tempFolder();
const at = (name: string) => `${folder.path}/${name}`;
afterAll(() => folder[Symbol.asyncDispose]());

type Original = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly facts: MediaFacts;
  readonly pictures: string;
};

const clips: readonly (readonly [name: string, ...options: readonly string[]])[] = [
  ["a.mp4", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", "6", "-c:a", "aac", "-movflags", "+faststart"],
  ["b.mov", "-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-c:a", "pcm_s16le", "-movflags", "+faststart"],
  ["c.mkv", "-pix_fmt", "yuv420p", "-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1", "-c:a", "flac"],
  ["d.mxf", "-pix_fmt", "yuv420p", "-c:v", "mpeg2video", "-g", "6", "-c:a", "pcm_s16le"],
  ["e.webm", "-pix_fmt", "yuv420p", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
  ["f.wav", "-vn", "-c:a", "pcm_s16le", "-write_bext", "1"],
];

/** FFV1 and FLAC carry checksums: whatever differs in a picture of these must be noticed. */
const checksummed = new Set(["c.mkv"]);

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const below = (random: Random, limit: number) => Math.floor(random.uniform() * limit);

const flipBytes: Mutation = (bytes, random) => {
  const flipCount = 1 + below(random, 40);
  for (let flip = 0; flip < flipCount; flip += 1) {
    const place = below(random, bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 + below(random, 255));
  }
  return bytes;
};

const truncateAt =
  (percent: number): Mutation =>
  (bytes) =>
    bytes.subarray(0, Math.floor((bytes.length * percent) / 100));

/** Sizes, counts and offsets stand in the first kilobytes of every container here. */
const lieInHeader: Mutation = (bytes, random) => {
  const lies = [0, 1, 0x7f, 0xff];
  const start = below(random, Math.min(bytes.length, 3000) - 8);
  const lengthBytes = [1, 2, 4, 8][below(random, 4)] ?? 4;
  return bytes.fill(lies[below(random, lies.length)] ?? 0, start, start + lengthBytes);
};

const dropBlock: Mutation = (bytes, random) => {
  const start = below(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + below(random, 2000))]);
};

const mutations: readonly (readonly [name: string, mutate: Mutation])[] = [
  ["flip", flipBytes],
  ["flip", flipBytes],
  ["lie", lieInHeader],
  ["lie", lieInHeader],
  ["lie", lieInHeader],
  ["drop", dropBlock],
  ...[1, 10, 50, 90, 99].map((percent) => [`cut at ${percent} %`, truncateAt(percent)] as const),
];

type Tally = { noticed: number; harmless: number; unseeable: number; readonly broken: string[] };

test(
  `${roundCount} mutated files: no hang over 10 s, no silent success, no crash of the host`,
  { timeout: 900_000 },
  async () => {
    const tools = await testFfmpeg({ probeTimeMs: 8000, silenceMs: 8000 });
    const originals = await makeOriginals(tools);
    const tally: Tally = { noticed: 0, harmless: 0, unseeable: 0, broken: [] };
    let nextRound = 0;
    const work = async (lane: number) => {
      for (let round = nextRound++; round < roundCount; round = nextRound++) await playRound(round, lane);
    };
    const playRound = async (round: number, lane: number) => {
      const random = randomFrom(round);
      const original = originals[round % originals.length];
      const [kind, mutate] = mutations[below(random, mutations.length)] ?? [];
      if (!original || !mutate) throw new Error("the tables are not empty");
      const bytes = mutate(Buffer.from(original.bytes), random);
      const path = at(`${lane}-${original.name}`);
      await writeFile(path, bytes);
      const startMs = performance.now();
      const verdict = await judge(tools, path, original);
      const tookMs = performance.now() - startMs;
      const what = `round ${round}, ${kind} of ${original.name}`;
      if (tookMs > longestMs) tally.broken.push(`${what}: took ${Math.round(tookMs)} ms`);
      if (verdict.startsWith("broken")) tally.broken.push(`${what}: ${verdict}`);
      else if (bytes.equals(original.bytes)) tally.harmless += 1;
      else if (verdict === "noticed" || verdict === "harmless" || verdict === "unseeable") tally[verdict] += 1;
    };
    await Promise.all([work(0), work(1)]);
    process.stdout.write(
      `media mutations: ${roundCount} rounds, ${tally.noticed} faults fired and noticed, ${tally.harmless} without effect, ` +
        `${tally.unseeable} changed samples that carry no checksum, ${tally.broken.length} invariants broken\n`,
    );
    expect(tally.broken).toEqual([]);
    expect(tally.noticed).toBeGreaterThan(roundCount / 4);
  },
);

async function makeOriginals(tools: Ffmpeg): Promise<readonly Original[]> {
  const sources = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=0.6", "-f", "lavfi", "-i", "sine=r=48000:d=0.6"];
  const originals: Original[] = [];
  for (const [name, ...options] of clips) {
    await ffmpeg(...sources, ...options, at(name));
    const facts = await probeMedia(tools, at(name));
    originals.push({
      name,
      bytes: await readFile(at(name)),
      facts,
      pictures: await picturesOf(tools, at(name), facts),
    });
  }
  return originals;
}

/**
 * What the room says of a file. "noticed": refused, failed, or different facts. "harmless": the same film. "unseeable": the
 * same facts and a clean strict decode, but other samples, where the codec has no checksum. "broken ...": an invariant is.
 */
async function judge(tools: Ffmpeg, path: string, original: Original): Promise<string> {
  try {
    const facts = await probeMedia(tools, path);
    if (whatMatters(facts) !== whatMatters(original.facts)) {
      // Noticed already; one in three is decoded all the same, as an editor would who wants what is left.
      if (facts.container.sizeBytes % 3 === 0) await picturesOf(tools, path, facts);
      return "noticed";
    }
    await decodeStrictly(tools, path);
    if ((await picturesOf(tools, path, facts)) === original.pictures) return "harmless";
    return checksummed.has(original.name)
      ? "broken: other pictures in a checksummed codec were not noticed"
      : "unseeable";
  } catch (error) {
    return error instanceof DubError ? "noticed" : `broken: ${String(error)}`;
  }
}

const whatMatters = ({ video, audio, warnings }: MediaFacts) => JSON.stringify([video, audio, warnings]);

/** All pictures, as one hash. A stream yields as many frames as its facts say, or throws. */
async function picturesOf(tools: Ffmpeg, path: string, facts: MediaFacts): Promise<string> {
  const hash = createHash("sha256");
  const [video] = facts.video;
  if (!video) return "";
  let count = 0;
  for await (using frame of decodeFrames(mediaSource(tools, path, facts))) {
    hash.update(frame.bytes);
    count += 1;
  }
  if (count !== video.frameCount) throw new Error(`${count} frames came where ${video.frameCount} were promised`);
  return hash.digest("hex");
}
