// A small stage for takes: a made clip with a face that is said to wander, made dialogue, a random model in a store of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectingLogger, randomFrom, silentLogger, systemClock } from "../../src/core/base/index.ts";
import type { LogEntry } from "../../src/core/base/index.ts";
import { fileCache, findLipsyncModel, lipsyncNetworks } from "../../src/core/lipsync/index.ts";
import type { FacePath, TakeOrder, TakeTools } from "../../src/core/lipsync/index.ts";
import { recogniseNetwork } from "../../src/core/models/index.ts";
import type { Affine, LipsyncModelConfig } from "../../src/core/models/index.ts";
import { contentIdentity, openMedia } from "../../src/core/media/index.ts";
import { openRuntime } from "../../src/core/onnx/index.ts";
import { importModel } from "../../src/core/weights/index.ts";
import { settingsOfQuality } from "../../src/shared/project/index.ts";
import type { FrameRate } from "../../src/shared/time/index.ts";
import { tinyLipsync, writeRandomLipsyncModel } from "../../tools/models/random-lipsync-model.ts";
import { ffmpeg, testFfmpeg } from "./media.ts";

/** A moving colourful picture: every frame differs in every part. Lossless, so that what is decoded is what was drawn. */
export async function makeClip(
  path: string,
  { rate, frameCount }: { rate: string; frameCount: number },
): Promise<void> {
  const source = `testsrc2=s=320x180:r=${rate},trim=end_frame=${frameCount}`;
  await ffmpeg("-f", "lavfi", "-i", source, "-c:v", "ffv1", "-pix_fmt", "yuv420p", "-bitexact", path);
}

/** Syllables: a tone with overtones that comes and goes three times a second, then a pause. */
export async function makeDialogue(
  path: string,
  { seconds, sampleRateHz = 48_000, expression }: { seconds: number; sampleRateHz?: number; expression?: string },
): Promise<void> {
  const voice = "0.3*sin(2*PI*140*t)+0.2*sin(2*PI*700*t)+0.1*sin(2*PI*2300*t)";
  const said = expression ?? `(${voice})*gt(sin(2*PI*3*t),0)*lt(mod(t,3),2)`;
  const source = `aevalsrc='${said}':s=${sampleRateHz}:d=${seconds}`;
  await ffmpeg("-f", "lavfi", "-i", source, "-c:a", "pcm_s16le", "-bitexact", path);
}

/** A face of 100 px that drifts and turns a little, on every frame but those left out. */
export function wanderingFace(
  range: FacePath["range"],
  { sizePx, without = [], cuts = [] }: { sizePx: number; without?: readonly number[]; cuts?: readonly number[] },
): FacePath {
  const frameToFace = Array.from({ length: range.durationFrames }, (_, at): Affine | undefined => {
    const frameIndex = range.startFrame + at;
    if (without.includes(frameIndex)) return undefined;
    const scale = sizePx / 100;
    const angle = 0.05 * Math.sin(frameIndex / 9);
    const [x, y] = [110 + 8 * Math.sin(frameIndex / 7), 40 + 5 * Math.cos(frameIndex / 11)];
    const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    return [cos, -sin, -cos * x + sin * y, sin, cos, -sin * x - cos * y];
  });
  return { range, frameToFace, shotStarts: new Set(cuts) };
}

export async function lipsyncStage(config: LipsyncModelConfig = tinyLipsync) {
  const folder = await mkdtemp(join(tmpdir(), "dubwright-lipsync-"));
  const storeFolder = join(folder, "models");
  const modelPath = join(folder, "random.safetensors");
  await writeRandomLipsyncModel(modelPath, { config });
  const none = new AbortController().signal;
  await importModel(
    { path: modelPath, how: "import", dtype: "float32", claimedId: undefined, trainedForPx: undefined },
    {
      storeFolder,
      published: [],
      recognise: recogniseNetwork,
      licence: () => Promise.resolve(null),
      clock: systemClock,
      random: randomFrom(1),
      signal: none,
      onProgress: () => undefined,
      onStage: () => undefined,
    },
  );
  const files = await findLipsyncModel(storeFolder, undefined);
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const networks = lipsyncNetworks(files, { runtime, providers: ["cpu"], threads: 1 });
  const tools = await testFfmpeg();
  const entries: LogEntry[] = [];

  const media = async (path: string) => {
    const source = await openMedia(tools, path);
    return { source, mediaHash: (await contentIdentity(path, source.facts)).mediaHash };
  };
  return {
    folder,
    storeFolder,
    files,
    networks,
    runtime,
    logged: entries,
    /** An order over files of this folder; the whole picture unless faces say otherwise. */
    order: async (
      of: { readonly picture: string; readonly dialogue: string; readonly rate: FrameRate },
      change: { readonly settings?: Partial<TakeOrder["settings"]>; readonly faces?: FacePath } = {},
    ): Promise<TakeOrder> => {
      const [picture, dialogue] = [await media(of.picture), await media(of.dialogue)];
      const durationFrames = picture.source.facts.video[0]?.frameCount ?? 0;
      const range = { startFrame: 0, durationFrames };
      return {
        picture: { ...picture, streamIndex: picture.source.facts.video[0]?.streamIndex ?? 0 },
        dialogue: { ...dialogue, streamIndex: dialogue.source.facts.audio[0]?.streamIndex ?? 0, offsetSamples: 0 },
        frameRate: of.rate,
        faces: change.faces ?? wanderingFace(range, { sizePx: files.config.faceSizePx }),
        settings: { ...settingsOfQuality.full, inferenceSteps: 2, ...change.settings },
      };
    },
    tools: (change: Partial<TakeTools> = {}): TakeTools => ({
      networks,
      cache: fileCache(join(folder, "cache")),
      batches: { windows: 2, pictures: 8 },
      clock: systemClock,
      log: collectingLogger("lipsync", (entry) => entries.push(entry)),
      signal: none,
      onProgress: () => undefined,
      onStage: () => undefined,
      onWindow: () => Promise.resolve(),
      ...change,
    }),
    [Symbol.asyncDispose]: async () => {
      await networks[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
