// From estimated clean latents to their losses as pictures, and back: decode, look, and take the slopes home.
import { assert } from "../../../shared/failure/index.ts";
import { backward, planRecomputation } from "../../autodiff/index.ts";
import { vaeDecoderGraph, vaeScalingFactor } from "../../models/index.ts";
import type { VaeConfig } from "../../models/index.ts";
import { bakeSizes, extendGraph } from "../../onnx/index.ts";
import type { Graph, Session, Weights } from "../../onnx/index.ts";
import { floats, reshape, sliceRows, tensorOf, transpose } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Example } from "../loop/dataset.ts";
import { pictureLossGraphs } from "../losses/picture-losses.ts";
import type { PictureLossGraph, PictureLosses, PictureSizes } from "../losses/picture-losses.ts";
import { tensorNamed } from "./noising.ts";
import { answerNamed, numberNamed, openGraph } from "./open-graphs.ts";
import type { Device } from "./open-graphs.ts";

type Frames = Tensor<"float32">;

export type PictureGradients = AsyncDisposable & {
  /**
   * Losses by name before their weights, and d Σ weight loss / d latents, for estimated clean latents [channels, frames,
   * height, width]. The example gives "pictures" [frames, 3, height, width] of -1..1 and "mel" [1, 80, columns] where they are asked for.
   */
  readonly look: (
    latents: Frames,
    example: Example,
  ) => Promise<{ readonly losses: Readonly<Record<string, number>>; readonly slope: Frames }>;
};

export type PictureGradientOptions = {
  readonly losses: PictureLosses;
  readonly sizes: PictureSizes;
  readonly decoder: { readonly config: VaeConfig; readonly weights: Weights };
  readonly device: Device;
};

/**
 * Every loss is a session of its own, and so is the decoder, which takes one frame at a time on the way back. What one has
 * used is free before the next begins: the most that lives at once is the largest of them, not their sum, and no rewriting
 * can change that. Nothing is opened when no loss is asked for.
 */
export async function openPictureGradients(options: PictureGradientOptions): Promise<PictureGradients> {
  const { device, sizes } = options;
  // Frozen networks see halves only where they are fast; their losses stay in float32 here.
  const exact: Device = { ...device, precision: "float32" };
  await using stack = new AsyncDisposableStack();
  const parts: OpenPart[] = [];
  for (const part of pictureLossGraphs(options.losses, sizes))
    parts.push({ ...part, session: stack.use(await openGraph(part.graph, exact)) });
  const needsPictures = parts.some(({ space }) => space === "pixels");
  const decoder = needsPictures ? stack.use(await openGraph(decoderGraph(options), exact)) : undefined;
  const back = needsPictures ? stack.use(await openGraph(decoderSlopeGraph(options), exact)) : undefined;
  const kept = stack.move();
  return {
    look: async (latents, example) => {
      const frames = transpose(latents, [1, 0, 2, 3]);
      const pictures = decoder && (await byFrame(frames, (frame) => decode(decoder, frame)));
      const seen = { pixels: pictures, latents: frames };
      const losses: Record<string, number> = {};
      const slopes: { pixels?: Frames; latents?: Frames } = {};
      for (const part of parts) {
        const given = seen[part.space];
        assert(given !== undefined, "pictures are decoded where a loss sees them");
        const { loss, slope } = await lookAt(part, given, example);
        losses[part.name] = loss;
        slopes[part.space] = addScaled(slopes[part.space], slope, part.weight);
      }
      const pixelSlope = slopes.pixels;
      if (pixelSlope !== undefined && back !== undefined) {
        const home = await byFrame(frames, (frame, index) =>
          decodeSlope(back, frame, sliceRows(pixelSlope, index, index + 1)),
        );
        slopes.latents = addScaled(slopes.latents, home, 1);
      }
      const slope = slopes.latents ?? floats(frames.dims, new Float32Array(frames.data.length));
      return { losses, slope: transpose(slope, [1, 0, 2, 3]) };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

type OpenPart = PictureLossGraph & { readonly session: Session };

/** Mean of the part's loss over runs of `framesAtOnce`, and its slope for every frame. */
async function lookAt({ session, name, framesAtOnce }: OpenPart, frames: Frames, example: Example) {
  const count = frames.dims[0] ?? 0;
  const runs = count / framesAtOnce;
  const slope = new Float32Array(frames.data.length);
  let loss = 0;
  for (let run = 0; run < runs; run += 1) {
    const [from, to] = [run * framesAtOnce, (run + 1) * framesAtOnce];
    const companion =
      name === "sync"
        ? { mel: reshape(tensorNamed(example, "mel"), [1, ...tensorNamed(example, "mel").dims]) }
        : { truth: sliceRows(tensorNamed(example, "pictures"), from, to) };
    const answers = await session.run({ frames: sliceRows(frames, from, to), ...companion });
    loss += numberNamed(answers, "loss") / runs;
    const part = answerNamed(answers, "grad/frames").data.map((value) => value / runs);
    slope.set(part, run * part.length);
  }
  return { loss, slope: tensorOf("float32", frames.dims, slope) };
}

/** One frame after another, answers joined along the first axis. */
async function byFrame(frames: Frames, answer: (frame: Frames, index: number) => Promise<Frames>): Promise<Frames> {
  const answers: Frames[] = [];
  for (let index = 0; index < (frames.dims[0] ?? 0); index += 1)
    answers.push(await answer(sliceRows(frames, index, index + 1), index));
  const [first] = answers;
  assert(first !== undefined, "a window has frames");
  const data = new Float32Array(answers.length * first.data.length);
  answers.forEach((each, index) => data.set(each.data, index * first.data.length));
  return tensorOf("float32", [answers.length, ...first.dims.slice(1)], data);
}

/** a + factor b, where a may be nothing yet. */
function addScaled(a: Frames | undefined, b: Frames, factor: number): Frames {
  const data = b.data.map((value, i) => (a?.data[i] ?? 0) + factor * value);
  return tensorOf("float32", b.dims, data);
}

const unscaled = ({ dims, data }: Frames): Frames =>
  tensorOf(
    "float32",
    dims,
    data.map((value) => value / vaeScalingFactor),
  );

const decode = async (session: Session, frame: Frames): Promise<Frames> =>
  answerNamed(await session.run({ latent: unscaled(frame) }), "image");

async function decodeSlope(session: Session, frame: Frames, slope: Frames): Promise<Frames> {
  const answers = await session.run({ latent: unscaled(frame), slope }, ["grad/latent"]);
  const { dims, data } = answerNamed(answers, "grad/latent");
  return tensorOf(
    "float32",
    dims,
    data.map((value) => value / vaeScalingFactor),
  );
}

function decoderGraph({ decoder, sizes }: PictureGradientOptions): Graph {
  const { latentHeight: height, latentWidth: width } = sizes;
  return bakeSizes(vaeDecoderGraph(decoder), { batch: 1, height, width });
}

/** d Σ image · slope / d latent of one frame, its blocks computed again as far as the budget asks for it. */
function decoderSlopeGraph(options: PictureGradientOptions): Graph {
  const decoder = decoderGraph(options);
  const [image] = decoder.outputs;
  assert(image !== undefined, "a decoder gives an image");
  const weighed = extendGraph(decoder, (g) => {
    const slope = g.input("slope", "float32", image.value.dims);
    return { seen: g.reduceSum(g.mul(image.value, slope), [0, 1, 2, 3], "drop") };
  });
  const asked = { loss: "seen", of: ["latent"] };
  const { blockOf } = planRecomputation(weighed, { ...asked, budgetBytes: options.device.memoryBudgetBytes });
  return backward(weighed, { ...asked, recompute: blockOf });
}
