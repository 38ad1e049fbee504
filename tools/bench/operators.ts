// The ways a CPU can run what networks are made of, each against the plain one: why the lowerings are as they are.
import { cpuUsage } from "node:process";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import {
  castWeight,
  encodeModel,
  graph,
  openRuntime,
  quantiseRows,
  tensorFromValues,
  transposeWeight,
  variantOf,
  weightOf,
} from "../../src/core/onnx/index.ts";
import type { Builder, Lowering, Precision, Session, Value } from "../../src/core/onnx/index.ts";
import { elementCount, relativeError } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";

/** Ways to compute one thing from the same inputs; the first is the baseline. */
type Contest = {
  readonly name: string;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Multiplications and additions of one run, where that says something. */
  readonly operations?: number;
  readonly ways: Readonly<
    Record<
      string,
      { readonly lowering: Lowering; readonly precision?: Precision; readonly build: (g: Builder, x: Value) => Value }
    >
  >;
};

const random = randomFrom(1);
function noise(...dims: readonly number[]): Tensor {
  const values = Float32Array.from({ length: elementCount(dims) }, () => random.uniform() - 0.5);
  return tensorFromValues("float32", dims, values);
}

const rounds = 7;

/** Processor time of one thread, best of some runs, the ways taking turns: a busy machine disturbs it least. */
async function bestMs(sessions: readonly Session[], feeds: Contest["feeds"]): Promise<readonly number[]> {
  const best = sessions.map(() => Infinity);
  for (let round = 0; round <= rounds; round++)
    for (const [index, session] of sessions.entries()) {
      const before = cpuUsage();
      await session.run(feeds, ["peak"]);
      const { user, system } = cpuUsage(before);
      // The first round warms up.
      if (round > 0) best[index] = Math.min(best[index] ?? Infinity, (user + system) / 1000);
    }
  return best;
}

const linear = (tokens: number, from: number, to: number): Contest => {
  const [weight, bias] = [weightOf("w", noise(to, from)), noise(to)];
  const { values, scales } = quantiseRows(weight, "columns");
  const plain = (g: Builder, x: Value) => g.matMul(x, g.adopt(transposeWeight(weight)));
  return {
    name: `linear ${tokens} x ${from} -> ${to}`,
    feeds: { x: noise(1, tokens, from) },
    operations: 2 * tokens * from * to,
    ways: {
      "MatMul, weight turned in the file": { lowering: "cpu", build: plain },
      "MatMul, then Add of a bias": { lowering: "cpu", build: (g, x) => g.add(plain(g, x), g.constant(bias)) },
      "Gemm with transB and a bias": {
        lowering: "cpu",
        build: (g, x) => g.linear(x, g.adopt(weight), g.constant(bias)),
      },
      "Gemm with transB": { lowering: "cpu", build: (g, x) => g.linear(x, g.adopt(weight)) },
      "float16 weight, cast back": {
        lowering: "cpu",
        build: (g, x) => g.linear(x, g.cast(g.adopt(castWeight(weight, "float16")), "float32")),
      },
      "DynamicQuantizeMatMul u8 x s8": {
        lowering: "cpu",
        build: (g, x) => g.op("DynamicQuantizeMatMul", [x, g.adopt(values), g.adopt(scales)]),
      },
    },
  };
};

const conv = (images: number, from: number, to: number, side: number): Contest => {
  const [weight, bias] = [weightOf("w", noise(to, from, 3, 3)), noise(to)];
  const build = (g: Builder, x: Value) => g.conv(x, g.adopt(weight), { bias: g.constant(bias), padding: 1 });
  return {
    name: `conv 3x3 ${images} x ${from} -> ${to} at ${side} x ${side}`,
    feeds: { x: noise(images, from, side, side) },
    operations: 2 * images * from * to * 9 * side * side,
    ways: {
      Conv: { lowering: "cpu", build },
      "MatMulIntegerToFloat over patches": { lowering: "cpu", precision: "int8", build },
    },
  };
};

const attention = (batch: number, queries: number, keys: number, size: number): Contest => {
  const others = noise(batch, keys, 8 * size);
  const build = (g: Builder, x: Value) => {
    const kv = keys === queries ? x : g.constant(others);
    return g.attention(x, kv, kv, { heads: 8 });
  };
  return {
    name: `attention ${batch} x 8 heads x ${queries} x ${keys} x ${size}`,
    feeds: { x: noise(batch, queries, 8 * size) },
    operations: 4 * batch * 8 * queries * keys * size,
    ways: { "MatMul, Softmax, MatMul": { lowering: "plain", build }, MultiHeadAttention: { lowering: "cpu", build } },
  };
};

const groupNorm = (dims: readonly number[]): Contest => {
  const channels = dims[1] ?? 0;
  const [scale, bias] = [noise(channels), noise(channels)];
  const build = (g: Builder, x: Value) =>
    g.groupNorm(x, { groups: 32, scale: g.constant(scale), bias: g.constant(bias), activation: "silu" });
  return {
    name: `group norm and SiLU over [${dims.join(", ")}]`,
    feeds: { x: noise(...dims) },
    ways: {
      "InstanceNormalization, Mul, Add, x sigmoid(x)": { lowering: "plain", build },
      "the cpu lowering": { lowering: "cpu", build },
      "GroupNormalization, QuickGelu": {
        lowering: "cpu",
        build: (g, x) =>
          g.silu(g.op("GroupNormalization", [x, g.constant(scale), g.constant(bias)], { num_groups: 32 })),
      },
    },
  };
};

/** Statistics over frames as well, of pictures that lie frame by frame: the U-Net's residual blocks. */
function groupNormOverFrames([batch, frames, channels, places]: readonly [number, number, number, number]): Contest {
  const [groups, inGroup] = [32, (channels / 32) * places];
  const [scale, bias] = [noise(channels), noise(channels)];
  const column = (g: Builder, x: Tensor) => g.constant({ ...x, dims: [channels, 1] });
  const perChannel = (g: Builder, x: Value) =>
    g.reshape(g.expand(x, [batch, 1, groups, channels / groups]), [batch, 1, channels, 1]);
  /** gamma / sqrt(variance + epsilon) of each channel, from the sum of squares of each frame and group. */
  const gain = (g: Builder, squares: Value, meanSquare?: Value) => {
    const mean = g.div(g.reduceSum(squares, [1]), frames * inGroup);
    const variance = meanSquare === undefined ? mean : g.sub(mean, meanSquare);
    return g.mul(perChannel(g, g.reciprocal(g.sqrt(g.add(variance, 1e-5)))), column(g, scale));
  };
  const byGroup = (g: Builder, x: Value) => g.reshape(x, [batch, frames, groups, inGroup]);
  const byChannel = (g: Builder, x: Value) => g.reshape(x, [batch, frames, channels, places]);
  const meanOf = (g: Builder, x: Value) => g.reduceMean(g.reduceMean(byGroup(g, x), [3]), [1]);
  return {
    name: `group norm over frames and SiLU over [${[batch, frames, channels, places].join(", ")}]`,
    feeds: { x: noise(batch, frames, channels, places) },
    ways: {
      "channels turned before frames, and back": {
        lowering: "cpu",
        build: (g, x) => {
          const turned = g.transpose(x, [0, 2, 1, 3]);
          const spec = { groups, scale: g.constant(scale), bias: g.constant(bias), activation: "silu" } as const;
          return g.transpose(g.groupNorm(turned, spec), [0, 2, 1, 3]);
        },
      },
      "two-stage sums, mean taken off first": {
        lowering: "cpu",
        build: (g, x) => {
          const centred = g.sub(byGroup(g, x), meanOf(g, x));
          const factor = gain(g, g.reduceSumSquare(centred, [3]));
          return g.silu(g.add(g.mul(byChannel(g, centred), factor), column(g, bias)));
        },
      },
      "two-stage moments, one scale and shift": {
        lowering: "cpu",
        build: (g, x) => {
          const mean = meanOf(g, x);
          const factor = gain(g, g.reduceSumSquare(byGroup(g, x), [3]), g.mul(mean, mean));
          const shift = g.sub(column(g, bias), g.mul(perChannel(g, mean), factor));
          return g.silu(g.add(g.mul(x, factor), shift));
        },
      },
    },
  };
}

/** Self-attention with its projections, keys and values from their own products or cut from one. */
function projections(batch: number, tokens: number, width: number): Contest {
  const [query, key, value] = [noise(width, width), noise(width, width), noise(width, width)];
  const rows = [query, key, value].flatMap(({ data }) => [...(data as Float32Array)]);
  const joined = weightOf("qkv", tensorFromValues("float32", [3 * width, width], rows));
  const one = (g: Builder, x: Value, name: string, tensor: Tensor) => g.linear(x, g.adopt(weightOf(name, tensor)));
  return {
    name: `attention with projections ${batch} x ${tokens} x ${width}`,
    feeds: { x: noise(batch, tokens, width) },
    ways: {
      "three products": {
        lowering: "cpu",
        build: (g, x) => g.attention(one(g, x, "q", query), one(g, x, "k", key), one(g, x, "v", value), { heads: 8 }),
      },
      "one product, split": {
        lowering: "cpu",
        build: (g, x) => {
          const [q = x, k = x, v = x] = g.split(g.linear(x, g.adopt(joined)), 2, 3);
          return g.attention(q, k, v, { heads: 8 });
        },
      },
    },
  };
}

/** A gated feed-forward as it is written, and as the cpu lowering takes it apart and blocks its rows. */
function feedForward(rows: number, width: number): Contest {
  const [wide, narrow] = [weightOf("wide", noise(8 * width, width)), weightOf("narrow", noise(width, 4 * width))];
  const build = (g: Builder, x: Value) => g.linear(g.geglu(g.linear(x, g.adopt(wide))), g.adopt(narrow));
  return {
    name: `gated feed-forward ${rows} x ${width}`,
    feeds: { x: noise(1, rows, width) },
    operations: 24 * rows * width * width,
    ways: {
      "one product, split": { lowering: "plain", build },
      "two products, rows in blocks": { lowering: "cpu", build },
    },
  };
}

const geglu = (tokens: number, width: number): Contest => {
  const build = (g: Builder, x: Value) => g.geglu(x);
  return {
    name: `gated GELU ${tokens} x ${width}`,
    feeds: { x: noise(1, tokens, width) },
    ways: { plain: { lowering: "plain", build }, cpu: { lowering: "cpu", build } },
  };
};

const contests: readonly Contest[] = [
  linear(4096, 320, 320),
  linear(4096, 320, 2560),
  linear(1024, 1280, 1280),
  conv(4, 320, 320, 32),
  conv(4, 1280, 1280, 8),
  conv(1, 128, 128, 128),
  attention(4, 1024, 1024, 40),
  attention(4, 1024, 50, 40),
  attention(1024, 16, 16, 40),
  groupNorm([2, 320, 4, 32, 32]),
  groupNorm([4, 320, 32, 32]),
  groupNormOverFrames([2, 16, 320, 1024]),
  groupNormOverFrames([2, 16, 1280, 64]),
  projections(4, 1024, 320),
  projections(1024, 16, 320),
  feedForward(32_768, 320),
  feedForward(8192, 640),
  geglu(4096, 2560),
];

/** Beside the answer its largest element: asking only for that keeps the copy of the answer out of the time. */
const timed = (way: string, dims: readonly number[], build: (g: Builder, x: Value) => Value) =>
  graph(way, (g) => {
    const y = build(g, g.input("x", "float32", dims));
    return { y, peak: g.reduceMax(y, []) };
  });

const runtime = await openRuntime({ role: "bench", logger: silentLogger });
for (const { name, feeds, operations, ways } of contests) {
  const x = feeds["x"];
  if (x === undefined) throw new Error(`${name} has no input x`);
  const sessions: Session[] = [];
  for (const [way, { lowering, precision = "float32", build }] of Object.entries(ways)) {
    const built = variantOf(timed(way, x.dims, build), { lowering, precision });
    sessions.push(await runtime.openSession(way, await encodeModel(built), { providers: ["cpu"], threads: 1 }));
  }
  const times = await bestMs(sessions, feeds);
  const outputs = await Promise.all(sessions.map((session) => session.run(feeds)));
  console.log(name);
  Object.keys(ways).forEach((way, index) => {
    const [ms = NaN, baseMs = NaN] = [times[index], times[0]];
    const [y, base] = [outputs[index]?.["y"], outputs[0]?.["y"]];
    const error = y && base ? relativeError(y, base).toExponential(1) : "?";
    const rate = operations === undefined ? "" : `, ${(operations / ms / 1e6).toFixed(0)} GOP/s`;
    console.log(`  ${way}: ${(ms / baseMs).toFixed(2)} of the baseline's time, differs by ${error}${rate}`);
  });
  for (const session of sessions) await session[Symbol.asyncDispose]();
}
