// The face networks: milliseconds of detectors and meshes, their GFLOP/s against this machine's MatMul and Conv, and the crops.
import { cpuUsage } from "node:process";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import {
  faceDetectorGraph,
  faceMeshGraph,
  fullRangeDetector,
  letterboxToFrame,
  meshSizePx,
  openFaceModel,
  regionToFrame,
  sampleRegion,
  shortRangeDetector,
} from "../../src/core/models/index.ts";
import type { Affine } from "../../src/core/models/index.ts";
import { encodeModel, graph, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Graph, Session } from "../../src/core/onnx/index.ts";
import { elementCount, tensorOf } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";

const random = randomFrom(1);
const rounds = 15;

function noise(...dims: readonly number[]): Tensor<"float32"> {
  return tensorOf(
    "float32",
    dims,
    Float32Array.from({ length: elementCount(dims) }, () => random.uniform() - 0.5),
  );
}

/** Multiplications and additions of all convolutions and products for one picture. */
function operations({ nodes }: Graph): number {
  let total = 0;
  for (const { op, inputs, outputs } of nodes) {
    if (op !== "Conv") continue;
    const [, weight] = inputs;
    const sizes = (outputs[0]?.dims ?? []).map((size) => (typeof size === "number" ? size : 1));
    const [, ...kernel] = weight?.dims.map(Number) ?? [];
    total += 2 * elementCount(sizes) * elementCount(kernel);
  }
  return total;
}

/** Processor time of this process for one call, best of some: a busy machine disturbs it least. */
async function bestMs(work: () => Promise<unknown> | undefined): Promise<number> {
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const before = cpuUsage();
    await work();
    const { user, system } = cpuUsage(before);
    // The first round warms up.
    if (round > 0) best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

const runtime = await openRuntime({ role: "bench", logger: silentLogger });

async function open(built: Graph, sizes: Readonly<Record<string, number>> = {}): Promise<Session> {
  const model = await encodeModel(variantOf(built, { lowering: "cpu", sizes }));
  return runtime.openSession(built.name, model, { providers: ["cpu"], threads: 1 });
}

/** What one thread of this machine can do with the two operations that networks are made of, measured now. */
async function ceilings(): Promise<Readonly<Record<"MatMul" | "Conv", number>>> {
  const side = 1024;
  const matMul = graph("matmul", (g) => {
    const product = g.matMul(g.input("x", "float32", [side, side]), g.input("y", "float32", [side, side]));
    return { peak: g.reduceMax(product, []) };
  });
  const conv = graph("conv", (g) => {
    const x = g.input("x", "float32", [1, 256, 32, 32]);
    return { peak: g.reduceMax(g.conv(x, g.constant(noise(256, 256, 3, 3)), { padding: 1 }), []) };
  });
  await using matMulSession = await open(matMul);
  await using convSession = await open(conv);
  const [a, b, picture] = [noise(side, side), noise(side, side), noise(1, 256, 32, 32)];
  const matMulMs = await bestMs(() => matMulSession.run({ x: a, y: b }));
  const convMs = await bestMs(() => convSession.run({ x: picture }));
  return { MatMul: (2 * side ** 3) / matMulMs / 1e6, Conv: operations(conv) / convMs / 1e6 };
}

const networks = {
  "detector, short range": faceDetectorGraph({
    config: shortRangeDetector,
    model: openFaceModel("detector-short-range"),
  }),
  "detector, full range": faceDetectorGraph({ config: fullRangeDetector, model: openFaceModel("detector-full-range") }),
  "mesh, 468 points": faceMeshGraph({ model: openFaceModel("mesh") }),
  "mesh with attention, 478 points": faceMeshGraph({ model: openFaceModel("mesh-with-attention") }),
} as const;

const { MatMul, Conv } = await ceilings();
console.log(`ceiling of one thread: MatMul ${MatMul.toFixed(0)} GFLOP/s, Conv 3 x 3 ${Conv.toFixed(0)} GFLOP/s`);
for (const [name, built] of Object.entries(networks)) {
  const sizePx = Number(built.inputs[0]?.dims.at(-1));
  const work = operations(built);
  for (const batch of [1, 8]) {
    await using session = await open(built, { batch });
    const picture = noise(batch, 3, sizePx, sizePx);
    const ms = (await bestMs(() => session.run({ picture }))) / batch;
    const rate = work / ms / 1e6;
    console.log(
      `${name}, ${batch} at once: ${ms.toFixed(2)} ms a picture, ${(work / 1e6).toFixed(0)} MFLOP, ` +
        `${rate.toFixed(0)} GFLOP/s = ${(rate / Conv).toFixed(2)} of Conv, ${(rate / MatMul).toFixed(2)} of MatMul`,
    );
  }
}

const [width, height] = [1920, 1080];
const frame = { width, height, data: Uint8Array.from({ length: 3 * width * height }, () => random.uniform() * 256) };

async function timeCrop(name: string, sizePx: number, toFrame: Affine): Promise<void> {
  const target = new Float32Array(3 * sizePx * sizePx);
  const ms = await bestMs(() => {
    sampleRegion(frame, { toFrame, sizePx, range: [0, 1] }, target);
    return undefined;
  });
  console.log(`${name} out of ${width} x ${height}: ${ms.toFixed(2)} ms`);
}

await timeCrop("picture for short range", 128, letterboxToFrame(frame, 128));
await timeCrop("picture for full range", 192, letterboxToFrame(frame, 192));
const region = { centre: { x: 900, y: 500 }, sizePx: 500, rotationRadians: 0.1 };
await timeCrop("picture for the mesh", meshSizePx, regionToFrame(region, meshSizePx));
