// An export in which every tenth frame changed, by copying the source's packets, against encoding all of it; and the proof.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { silentLogger } from "../../src/core/base/index.ts";
import { exportPresets, makePicture } from "../../src/core/export/index.ts";
import type { FaceFrames, MadePicture } from "../../src/core/export/index.ts";
import { findFfmpeg, openMedia } from "../../src/core/media/index.ts";
import { sampleReel } from "../../test/support/sample-records.ts";

const searchPath = (process.env["PATH"] ?? "").split(delimiter);
const tools = await findFfmpeg({ override: process.env["DUBWRIGHT_FFMPEG"], searchPath }, { logger: silentLogger });
const frameCount = 100;
const changed = { startFrame: 45, durationFrames: frameCount / 10 };
const [leastSpeedRatio, leastCopiedRatio] = [3, 0.99];

function ffmpeg(...args: readonly string[]): void {
  const done = spawnSync(tools.ffmpegPath, ["-v", "error", "-nostdin", "-y", ...args]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
}

const faceSizePx = 256;
const values = Float32Array.from({ length: 3 * faceSizePx * faceSizePx }, (_, at) => Math.sin(at / 700));
/** A made face in the middle of a 1080p picture: what is pasted does not matter here, only that it is. */
const faces: FaceFrames = {
  faceSizePx,
  readFrame: async () => ({
    face: { channels: 3, widthPx: faceSizePx, heightPx: faceSizePx, values },
    frameToFace: [0.5, 0, -350, 0, 0.5, -150],
  }),
};

type Way = "copied" | "encoded";

async function exportFilm(
  path: string,
  outPath: string,
  { presetId, way }: { presetId: Form; way: Way },
): Promise<MadePicture> {
  const source = await openMedia(tools, path);
  const [video] = source.facts.video;
  const tempFolder = `${outPath}.temp`;
  await mkdir(tempFolder);
  const { frameRate } = video ?? sampleReel();
  return await makePicture({
    cell: {
      reel: { ...sampleReel(), frameRate, durationFrames: frameCount },
      preset: exportPresets[presetId],
      // Another timecode than the source's is what sends a film the long way.
      startTimecode: way === "copied" ? (video?.startTimecode ?? null) : { label: "09:00:00:00", isDropFrame: false },
      cutFrames: [],
      fadeFrames: 2,
    },
    source,
    placed: [{ takeId: "take:a", segmentId: "segment:a", characterId: null, segment: changed, painted: [changed] }],
    takes: new Map([["take:a", faces]]),
    sound: [],
    fileTags: {},
    path: outPath,
    tempFolder,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onChange: () => undefined,
    onDamage: () => undefined,
  });
}

const forms = {
  prores: { name: "ProRes 422 HQ in MOV", file: "prores.mov", coding: ["-c:v", "prores_ks", "-profile:v", "3"] },
  "dnxhr-mxf": { name: "DNxHR HQX in MXF", file: "dnxhr.mxf", coding: ["-c:v", "dnxhd", "-profile:v", "dnxhr_hqx"] },
} as const;
type Form = keyof typeof forms;

async function compare(folder: string, presetId: Form): Promise<boolean> {
  const { name, file, coding } = forms[presetId];
  const film = join(folder, file);
  const picture = `testsrc2=s=1920x1080:r=25:d=${frameCount / 25},noise=alls=12:allf=t,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709`;
  const rest = [
    "-timecode",
    "01:00:00:00",
    ...(file.endsWith(".mov") ? ["-video_track_timescale", "12800", "-movflags", "+write_colr"] : []),
  ];
  ffmpeg("-f", "lavfi", "-i", picture, "-pix_fmt", "yuv422p10le", ...coding, ...rest, film);
  const times: Partial<Record<Way, number>> = {};
  let copiedPackets = 0;
  for (const way of ["copied", "encoded"] as const) {
    const startMs = performance.now();
    const made = await exportFilm(film, join(folder, `${way}-${file}`), { presetId, way });
    times[way] = performance.now() - startMs;
    if (way === "copied") copiedPackets = made.copiedPackets ?? 0;
  }
  const { copied = Infinity, encoded = 0 } = times;
  const untouched = frameCount - changed.durationFrames;
  const copiedRatio = Math.min(1, copiedPackets / untouched);
  console.log(
    `${name}, ${frameCount} frames of 1080p, ${changed.durationFrames} of them changed, each read back in full:`,
  );
  console.log(`  ${copiedPackets} of ${untouched} untouched frames are the source's own, byte for byte`);
  console.log(
    `  ${(encoded / copied).toFixed(2)} times as fast as encoding all (${(copied / 1000).toFixed(1)} s against ${(encoded / 1000).toFixed(1)} s)`,
  );
  return copiedRatio >= leastCopiedRatio && encoded / copied >= leastSpeedRatio;
}

const folder = await mkdtemp(join(tmpdir(), "dubwright-bench-splice-"));
try {
  const kept: boolean[] = [];
  for (const presetId of Object.keys(forms) as Form[]) kept.push(await compare(folder, presetId));
  console.log(
    `To be kept: ${leastCopiedRatio * 100} % copied, ${leastSpeedRatio} times as fast: ${kept.every(Boolean) ? "kept" : "NOT KEPT"}.`,
  );
  if (!kept.every(Boolean)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
