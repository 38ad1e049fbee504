// A sync network at work: pictures of a face at 25 fps and their sound in, confidence and offset out.
import { z } from "zod";
import { assert } from "../../shared/failure/index.ts";
import { mfcc } from "../audio/index.ts";
import type { Logger } from "../base/index.ts";
import { syncNetV2PictureGraph, syncNetV2SoundGraph, syncNetV2Window } from "../models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../onnx/index.ts";
import type { Graph, ProcessRole, Session, Weights } from "../onnx/index.ts";
import { expectTensor } from "../tensor/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { openTensorFile, weightsOf } from "../weights/index.ts";
import { pictureWindows, soundWindows } from "./sync-windows.ts";
import { syncPositions, syncScore } from "./sync-score.ts";
import type { Embeddings, SyncScore } from "./sync-score.ts";

export type SyncNetwork = AsyncDisposable & {
  /** What a score says that it was measured by. */
  readonly name: string;
  /**
   * `crops` are RGB bytes, 224 x 224 x 3, at 25 fps; `samples` 16 kHz from the first of them on. Undefined where there is too
   * little to compare.
   */
  readonly score: (crops: readonly Uint8Array[], samples: Float32Array) => Promise<SyncScore | undefined>;
};

/** Where the network's weights lie and of what sizes it is, as the model store says. */
export type SyncNetworkFile = {
  readonly title: string;
  readonly weightsPath: string;
  readonly config: unknown;
};

const configSchema = z.strictObject({
  pictureChannels: z.array(z.int().positive()),
  soundChannels: z.array(z.int().positive()),
  embeddingWidth: z.int().positive(),
});

const batchPositions = 16;

/** Opens SyncNet v2 from its weights. Only a worker, a test or a benchmark may: say which. */
export async function openSyncNetwork(file: SyncNetworkFile, role: ProcessRole, logger: Logger): Promise<SyncNetwork> {
  const config = configSchema.parse(file.config);
  using tensors = openTensorFile(file.weightsPath);
  const weights = weightsOf(tensors, { dtype: "float32" });
  const runtime = await openRuntime({ role, logger });
  await using opening = new AsyncDisposableStack();
  const open = async (define: (of: { config: typeof config; weights: Weights }) => Graph): Promise<Session> => {
    const graph = variantOf(define({ config, weights }), { lowering: "cpu" });
    return opening.use(await runtime.openSession(graph.name, await encodeModel(graph), { providers: ["cpu"] }));
  };
  const picture = await open(syncNetV2PictureGraph);
  const sound = await open(syncNetV2SoundGraph);
  const opened = opening.move();
  return {
    name: file.title,
    score: async (crops, samples) => {
      const count = syncPositions(crops.length, samples.length);
      if (count < 1) return undefined;
      const cepstra = mfcc(samples);
      const [seen, heard]: [Embeddings[], Embeddings[]] = [[], []];
      for (let firstPosition = 0; firstPosition < count; firstPosition += batchPositions) {
        const range = { firstPosition, count: Math.min(batchPositions, count - firstPosition) };
        const shown = crops.slice(firstPosition, firstPosition + range.count + syncNetV2Window.frames - 1);
        seen.push(await embed(picture, { pictures: pictureWindows(shown, range) }));
        heard.push(await embed(sound, { cepstra: soundWindows(cepstra, range) }));
      }
      return syncScore(joined(seen), joined(heard));
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function embed(session: Session, feeds: Readonly<Record<string, Tensor>>): Promise<Embeddings> {
  const { embedding } = await session.run(feeds);
  assert(embedding, "a branch answers with an embedding");
  const { dims, data } = expectTensor("an embedding", embedding, "float32", [undefined, undefined]);
  return { count: dims[0] ?? 0, width: dims[1] ?? 0, values: data };
}

function joined(parts: readonly Embeddings[]): Embeddings {
  const width = parts[0]?.width ?? 0;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const values = new Float32Array(count * width);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { count, width, values };
}
