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
