// How fast this machine multiplies at best: one large product and one typical convolution, measured in the same run.
import { randomFrom } from "../../../src/core/base/index.ts";
import { encodeModel, graph, multiplyAddsOf, variantOf, weightOf } from "../../../src/core/onnx/index.ts";
import type { Graph, Runtime, Sizes } from "../../../src/core/onnx/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";
import { bestOf, fixed, gigaflops, noise } from "./measure.ts";
import type { Times } from "./measure.ts";

export type Bench = { readonly runtime: Runtime; readonly threads: number; readonly rounds: number };

type Work = Times & { readonly multiplyAdds: number };

const random = randomFrom(5);

/** Runs a graph over its feeds as the CPU's float32 variant at these sizes. */
async function measure({ runtime, threads, rounds }: Bench, whole: Graph, { feeds, sizes }: Given): Promise<Work> {
  const model = await encodeModel(variantOf(whole, { lowering: "cpu", sizes }));
  await using session = await runtime.openSession(whole.name, model, { providers: ["cpu"], threads });
  await session.run(feeds);
  const { seconds, processorSeconds } = await bestOf(rounds, () => session.run(feeds));
  return { seconds, processorSeconds, multiplyAdds: multiplyAddsOf(whole, sizes) };
}

type Given = { readonly feeds: Readonly<Record<string, Tensor>>; readonly sizes: Sizes };

/** Both answer with one number, so that nothing is timed but the product. */
const ceilings = {
  product: {
    side: [2048, 2048],
    build: () =>
      graph("2048 x 2048 x 2048", (g) => {
        const x = g.input("x", "float32", [2048, 2048]);
        return { peak: g.reduceMax(g.matMul(x, g.adopt(weightOf("w", noise(random, [2048, 2048])))), []) };
      }),
  },
  convolution: {
    side: [4, 320, 32, 32],
    build: () =>
      graph("conv 3x3, 320 channels", (g) => {
        const x = g.input("x", "float32", [4, 320, 32, 32]);
        const kernel = g.adopt(weightOf("w", noise(random, [320, 320, 3, 3])));
        return { peak: g.reduceMax(g.conv(x, kernel, { padding: 1 }), []) };
      }),
  },
} as const;

export type Ceiling = Readonly<Record<keyof typeof ceilings, Work>>;

const perProcessorSecond = ({ multiplyAdds, processorSeconds }: Work): number => multiplyAdds / processorSeconds;

export async function measureCeiling(bench: Bench): Promise<Ceiling> {
  const run = async ({ side, build }: (typeof ceilings)[keyof typeof ceilings]) => {
    const work = await measure(bench, build(), { feeds: { x: noise(random, side) }, sizes: {} });
    console.log(`ceiling: ${build().name}: ${gigaflops(work.multiplyAdds, work.seconds)}`);
    return work;
  };
  return { product: await run(ceilings.product), convolution: await run(ceilings.convolution) };
}

/** Prints a network's time, its rate, and its rate as a share of both ceilings, by processor time: others' load falls out. */
export async function compareWithCeiling(
  bench: Bench,
  ceiling: Ceiling,
  { whole, ...given }: Given & { readonly whole: Graph },
) {
  const work = await measure(bench, whole, given);
  const share = (best: Work) => fixed(perProcessorSecond(work) / perProcessorSecond(best), 2);
  const rate = `${fixed(1000 * work.seconds, 0)} ms, ${gigaflops(work.multiplyAdds, work.seconds)}`;
  console.log(
    `${whole.name}: ${rate}; ${share(ceiling.product)} of the product's rate, ${share(ceiling.convolution)} of the convolution's`,
  );
}
