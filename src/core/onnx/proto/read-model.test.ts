// Rules of reading: what we wrote comes back; what a stranger wrote is bounded, understood, or refused by name.
import { link, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { graph } from "../build/graph-builder.ts";
import { tensorFromValues } from "../graph/dtype.ts";
import type { Graph } from "../graph/graph.ts";
import { printGraph, printType } from "../graph/print.ts";
import type { Weight } from "../graph/weights.ts";
import { readWeight, weightsInMemory } from "../graph/weights.ts";
import { evaluateGraph } from "../reference/evaluate.ts";
import { differences, noise, runOrt } from "../testing/run-both.ts";
import { encodeMessage, ropeBytes } from "./encode.ts";
import { foreignLimits } from "./limits.ts";
import { readForeignModel, readModel } from "./read-model.ts";
import type { Message } from "./schema.ts";
import { encodeModel, placeWeights, planModel, writeModel } from "./write-model.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-onnx-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const weights = weightsInMemory({ "conv.weight": noise([4, 3, 3, 3]), "conv.bias": noise([4], 2) });

const small = (): Graph =>
  graph(
    "small",
    (g) => {
      const x = g.input("x", "float32", ["batch", 3, "2*height", "2*width"]);
      const y = g.op("QuickGelu", [g.layers.conv("conv", x, { padding: 1, stride: 2 })]);
      return { y, "logits.0": g.reshape(y, ["batch", "4*height*width"]) };
    },
    { weights },
  );

test("a graph that was written reads back to the same text, in one file or with a data file", async () => {
  for (const inlineBytes of [0, 1 << 20]) {
    const path = join(folder, `small-${inlineBytes}.onnx`);
    await writeModel(small(), path, { inlineBytes });
    const back = await readModel(path);
    // Inside the file small weights are constants; their names and all types stay.
    const text = (built: Graph) => printGraph(built).replaceAll(/(return .*) = .*:/g, "$1:");
    if (inlineBytes === 0) expect(text(back)).toBe(text(small()));
    expect(back.nodes.map((node) => node.outputs.map(printType))).toEqual(
      small().nodes.map((node) => node.outputs.map(printType)),
    );
    const feeds = { x: noise([2, 3, 4, 6], 3) };
    for (const { relative } of differences(await evaluateGraph(back, feeds), await evaluateGraph(small(), feeds)))
      expect(relative).toBe(0);
  }
});

test("ONNX Runtime finds the data file beside the model by itself", async () => {
  const { InferenceSession } = await import("onnxruntime-node");
  const path = join(folder, "beside.onnx");
  await writeModel(small(), path, { inlineBytes: 0 });
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  expect(session.outputNames).toEqual(["y", "logits.0"]);
  await session.release();
});

test("weights lie on cache lines, big ones on pages, beyond 2 GiB as before it", () => {
  const weight = (key: string, ...dims: number[]): Weight => ({ key, dtype: "float32", dims, read: noBytes });
  const placed = placeWeights([weight("a", 5), weight("b", 700_000_000), weight("c", 3), weight("d", 1 << 20)]);
  expect(placed.map(({ byteOffset }) => byteOffset)).toEqual([0, 4096, 2_800_004_096, 2_800_005_120]);
  for (const { byteOffset, byteLength } of placed) expect(byteOffset % (byteLength >= 1 << 20 ? 4096 : 64)).toBe(0);
});

async function* noBytes(): AsyncIterable<Uint8Array> {
  yield new Uint8Array();
}

test("a weight beyond 2 GiB of its data file is read, by us and by ONNX Runtime, from a sparse file", async () => {
  const tail = tensorFromValues("float32", [2], [3, 5]);
  const tailWeights = weightsInMemory({ tail });
  const huge: Weight = { key: "huge", dtype: "float32", dims: [1 << 15, 1 << 15], read: noBytes };
  const built = graph(
    "sparse",
    (g) => {
      const x = g.input("x", "float32", [2]);
      // Only one element of the huge weight is ever looked at.
      const corner = g.slice(g.slice(g.adopt(huge), { axis: 0, to: 1 }), { axis: 1, to: 2 });
      return { y: g.add(g.mul(x, g.weight("tail")), corner) };
    },
    { weights: tailWeights },
  );
  const plan = planModel(built, "sparse.onnx.data", 0);
  const path = join(folder, "sparse.onnx");
  await writeFile(path, await ropeBytes(plan.model));
  const place = plan.placements.find(({ weight }) => weight.key === "tail");
  expect(place?.byteOffset).toBeGreaterThan(2 ** 31);
  {
    await using file = await open(`${path}.data`, "w");
    await file.truncate(plan.data.byteLength);
    await file.write(Buffer.from(tail.data.buffer), 0, 8, place?.byteOffset ?? 0);
  }
  const back = await readModel(path);
  const read = back.nodes.flatMap((node) => node.inputs).find((input) => input?.name === "tail")?.origin;
  expect(read?.kind === "weight" && (await readWeight(read.weight)).data).toEqual(tail.data);
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(path, { logSeverityLevel: 3, graphOptimizationLevel: "disabled" });
  const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(1, 2), [2]) });
  expect(y?.data).toEqual(Float32Array.of(3, 10));
  await session.release();
  await rm(`${path}.data`);
});

const tensorType = (dims: readonly Message<"DimensionProto">[], elem_type = 1): Message<"TypeProto"> => ({
  tensor_type: { elem_type, shape: { dim: dims } },
});

/** A right foreign model, x -> Relu -> y, with parts replaced. */
const foreign = (parts: Message<"GraphProto"> = {}, model: Message<"ModelProto"> = {}): Message<"ModelProto"> => ({
  ir_version: 8,
  opset_import: [{ domain: "", version: 17 }],
  graph: {
    name: "foreign",
    node: [{ input: ["x"], output: ["y"], name: "act", op_type: "Relu" }],
    input: [{ name: "x", type: tensorType([{ dim_param: "N / weird name" }, { dim_value: 3 }, {}]) }],
    output: [{ name: "y", type: tensorType([]) }],
    ...parts,
  },
  ...model,
});

const bytesOfModel = (model: Message<"ModelProto">) => ropeBytes(encodeMessage("ModelProto", model));
const twice = (name: string) => ({ input: ["x"], output: [name], op_type: "Relu" });
const initialiser = (tensor: Message<"TensorProto">): Message<"GraphProto"> => ({
  node: [{ input: ["x", "w"], output: ["y"], op_type: "Add" }],
  initializer: [{ name: "w", ...tensor }],
});
const outside = (location: string) =>
  initialiser({ dims: [3], data_type: 1, data_location: 1, external_data: [{ key: "location", value: location }] });
const withAttribute = (attribute: Message<"AttributeProto">): Message<"GraphProto"> => ({
  node: [{ input: ["x"], output: ["y"], op_type: "Relu", attribute: [attribute] }],
});
const nested = new Uint8Array([0x0a, 0x00]);

const fixedInput = { input: [{ name: "x", type: tensorType([{ dim_value: 1 }, { dim_value: 3 }, { dim_value: 8 }]) }] };
const pooled = (attribute: Message<"AttributeProto">): Message<"GraphProto"> => ({
  ...fixedInput,
  node: [
    {
      input: ["x"],
      output: ["y"],
      op_type: "MaxPool",
      attribute: [{ name: "kernel_shape", type: 7, ints: [2] }, attribute],
    },
  ],
});
/** A slice of x by starts, ends, axes and steps of one element each. */
const sliced = (numbers: readonly bigint[]): Message<"GraphProto"> => ({
  ...fixedInput,
  node: [{ input: ["x", "i0", "i1", "i2", "i3"], output: ["y"], op_type: "Slice" }],
  initializer: numbers.map((number, i) => ({ name: `i${i}`, dims: [1], data_type: 7, int64_data: [number] })),
});

/** What is wrong, the file, what the message must name. */
const hostile: readonly (readonly [string, Message<"ModelProto">, RegExp])[] = [
  ["external data beside it", foreign(outside("weights.bin")), /lies in another file/],
  ["external data above it", foreign(outside("../../secret")), /lies in another file/],
  ["external data by absolute path", foreign(outside("/etc/passwd")), /lies in another file/],
  [
    "external data without the flag",
    foreign(initialiser({ dims: [3], data_type: 1, external_data: [{ key: "location", value: "w" }] })),
    /another file/,
  ],
  [
    "a custom domain",
    foreign({}, { opset_import: [{ version: 17 }, { domain: "evil.ops", version: 1 }] }),
    /domain "evil\.ops"/,
  ],
  ["a node of an undeclared domain", foreign({ node: [{ ...twice("y"), domain: "evil" }] }), /domain "evil"/],
  ["a contrib operator", foreign({ node: [{ ...twice("y"), op_type: "QuickGelu" }] }), /QuickGelu is not known/],
  ["an unknown operator", foreign({ node: [{ ...twice("y"), op_type: "ImageDecoder" }] }), /ImageDecoder is not known/],
  ["a subgraph", foreign(withAttribute({ name: "body", type: 5, g: nested })), /a graph or another kind of attribute/],
  [
    "a subgraph disguised as an integer",
    foreign(withAttribute({ name: "alpha", type: 2, i: 1, g: nested })),
    /a graph or another kind/,
  ],
  ["functions of its own", foreign({}, { functions: [nested] }), /operators of its own/],
  ["training graphs", foreign({}, { training_info: [nested] }), /training/],
  ["sparse weights", foreign({ sparse_initializer: [nested] }), /sparse/],
  ["an operator set of the future", foreign({}, { opset_import: [{ version: 99 }] }), /operator set 99/],
  ["no operator set", foreign({}, { opset_import: [] }), /operator set 0/],
  ["no graph", { ...foreign(), graph: undefined }, /no graph/],
  ["no outputs", foreign({ output: [] }), /no outputs/],
  ["a value from nowhere", foreign({ node: [{ ...twice("y"), input: ["ghost"] }] }), /reads "ghost"/],
  [
    "a cycle",
    foreign({
      node: [
        { ...twice("a"), input: ["y"] },
        { ...twice("y"), input: ["a"] },
      ],
    }),
    /reads "y"/,
  ],
  ["two values of one name", foreign({ node: [twice("y"), twice("y")] }), /Two values are named "y"/],
  [
    "two inputs of one name",
    foreign({ input: [...(foreign().graph?.input ?? []), ...(foreign().graph?.input ?? [])] }),
    /Two values are named "x"/,
  ],
  ["an output from nowhere", foreign({ output: [{ name: "z" }] }), /reads "z"/],
  ["a name of a megabyte", foreign({ node: [twice("y".repeat(1 << 20))] }), /1048576 letters/],
  [
    "more bytes claimed than there are",
    foreign(initialiser({ dims: [4], data_type: 1, raw_data: new Uint8Array(12) })),
    /needs 16 bytes and has 12/,
  ],
  [
    "dims whose product overflows",
    foreign(initialiser({ dims: [2 ** 40, 2 ** 40], data_type: 1, raw_data: new Uint8Array(4) })),
    /claims/,
  ],
  [
    "a negative size",
    foreign(initialiser({ dims: [-3], data_type: 1, raw_data: new Uint8Array() })),
    /a size that is no size/,
  ],
  [
    "a hundred axes",
    foreign(initialiser({ dims: Array.from({ length: 100 }, () => 1), data_type: 1, raw_data: new Uint8Array(4) })),
    /100 axes/,
  ],
  ["strings as weights", foreign(initialiser({ dims: [1], data_type: 8 })), /ONNX type 8/],
  [
    "an input that is a sequence",
    foreign({ input: [{ name: "x", type: { sequence_type: nested } }] }),
    /no dense tensor/,
  ],
  [
    "an input of unknown rank",
    foreign({ input: [{ name: "x", type: { tensor_type: { elem_type: 1 } } }] }),
    /how many axes/,
  ],
  ["a negative input size", foreign({ input: [{ name: "x", type: tensorType([{ dim_value: -1 }]) }] }), /the size -1/],
  [
    "shapes that cannot be",
    foreign(initialiser({ dims: [5, 1], data_type: 1, raw_data: new Uint8Array(20) })),
    /3 is not 5/,
  ],
  [
    "an attribute of the wrong kind",
    foreign({
      node: [{ input: ["x"], output: ["y"], op_type: "Softmax", attribute: [{ name: "axis", type: 1, f: 0.5 }] }],
    }),
    /needs int for "axis"/,
  ],
  ["a stride of 0", foreign(pooled({ name: "strides", type: 7, ints: [0] })), /would be \[.*Infinity/],
  ["a step of 0", foreign(sliced([0n, 1n, 1n, 0n])), /goes nowhere/],
  [
    "an attribute nobody knows",
    foreign(withAttribute({ name: "shell", type: 3, s: new Uint8Array([114, 109]) })),
    /no attribute "shell"/,
  ],
];

test.each(hostile)("a foreign model with %s is refused, and the message names it", async (_, model, message) => {
  const bytes = await bytesOfModel(model);
  expect(() => readForeignModel(bytes)).toThrow(
    expect.objectContaining({ name: "DubError", kind: "refused", message: expect.stringMatching(message) }),
  );
});

test("the model all hostile ones are made from is read; its sizes get names of our own", async () => {
  const read = readForeignModel(await bytesOfModel(foreign()));
  expect(read.inputs[0]?.dims).toEqual(["symbol_1", 3, "unnamed_1"]);
});

test("counts and sizes beyond the limits are refused", async () => {
  const bytes = await bytesOfModel(foreign());
  for (const limits of [{ maxFileBytes: 10 }, { maxNodes: 0 }, { maxRank: 2 }])
    expect(() => readForeignModel(bytes, { ...foreignLimits, ...limits })).toThrow(/allowed|axes/);
});

test("a foreign model with flipped or missing bytes is refused or read, in bounded time, never a crash", async () => {
  const good = await encodeModel(
    graph("small", (g) => {
      const x = g.input("x", "float32", ["n", 3, 8, 8]);
      return { y: g.softmax(g.relu(g.conv(x, g.constant(noise([4, 3, 3, 3])), { padding: 1 })), 1) };
    }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.nat(good.length),
      (flips, cut) => {
        const bytes = good.slice(0, flips.length % 2 === 0 ? good.length : cut);
        for (const [at, byte] of flips) if (at < bytes.length) bytes[at] = byte;
        try {
          readForeignModel(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "DubError", kind: "refused" });
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("data files behind a link, a second name, a path, or too short are refused", async () => {
  const path = join(folder, "linked.onnx");
  await writeModel(small(), path, { inlineBytes: 0 });
  const data = `${path}.data`;
  const bytes = await readFile(data);
  const secret = join(folder, "secret");
  await writeFile(secret, bytes);

  await rm(data);
  await expect(readModel(path)).rejects.toThrow(/is missing/);
  await symlink(secret, data);
  await expect(readModel(path)).rejects.toThrow(/link or no file/);
  await rm(data);
  await link(secret, data);
  await expect(readModel(path)).rejects.toThrow(/second name/);
  await rm(data);
  await writeFile(data, bytes.subarray(0, 100));
  await expect(readModel(path)).rejects.toThrow(/has 100 bytes/);

  for (const location of ["../secret", "/etc/passwd", "a/b", "..", "C:\\x", ""]) {
    const model = foreign({ ...outside(location), input: [{ name: "x", type: tensorType([{ dim_param: "n" }]) }] });
    await writeFile(path, await bytesOfModel(model));
    await expect(readModel(path)).rejects.toThrow(/outside its folder/);
  }
});

test("older spellings are read as today's: axes and bounds as attributes, shape arithmetic of exporters", async () => {
  const int = (name: string, i: number) => ({ name, type: 2, i });
  const shapeChain: Message<"GraphProto"> = {
    node: [
      { input: ["x"], output: ["s"], op_type: "Shape" },
      {
        output: ["zero"],
        op_type: "Constant",
        attribute: [{ name: "value", type: 4, t: { dims: [], data_type: 7, int64_data: [0n] } }],
      },
      { input: ["s", "zero"], output: ["n"], op_type: "Gather", attribute: [int("axis", 0)] },
      { input: ["n"], output: ["n1"], op_type: "Unsqueeze", attribute: [{ name: "axes", type: 7, ints: [0] }] },
      { input: ["n1", "rest"], output: ["target"], op_type: "Concat", attribute: [int("axis", 0)] },
      { input: ["x", "target"], output: ["flat"], op_type: "Reshape" },
      {
        input: ["flat"],
        output: ["mean"],
        op_type: "ReduceMean",
        attribute: [{ name: "axes", type: 7, ints: [1] }, int("keepdims", 1)],
      },
      { input: ["mean", "low", ""], output: ["y"], op_type: "Clip" },
    ],
    initializer: [
      { name: "rest", dims: [1], data_type: 7, int64_data: [-1n] },
      { name: "low", data_type: 1, float_data: [0] },
    ],
    input: [{ name: "x", type: tensorType([{ dim_param: "batch" }, { dim_value: 3 }, { dim_value: 4 }]) }],
  };
  const read = readForeignModel(await bytesOfModel(foreign(shapeChain, { opset_import: [{ version: 12 }] })));
  expect(read.outputs[0]?.value.dims).toEqual(["batch", 1]);
  const feeds = { x: noise([2, 3, 4]) };
  for (const { relative } of differences(await runOrt(read, feeds), await evaluateGraph(read, feeds)))
    expect(relative).toBeLessThan(1e-6);
});

test("a writing that is broken off leaves nothing under the model's name, and the model before it stays", async () => {
  const path = join(folder, "broken.onnx");
  await writeModel(small(), path, { inlineBytes: 0 });
  const before = await readFile(path);
  const stop = new AbortController();
  async function* endless(): AsyncIterable<Uint8Array> {
    yield new Uint8Array(2 << 20);
    stop.abort(new Error("cancelled"));
    yield new Uint8Array(2 << 20);
  }
  const big: Weight = { key: "big", dtype: "uint8", dims: [4 << 20], read: endless };
  const built = graph("big", (g) => ({
    y: g.cast(g.adopt(big), "float32"),
    x: g.identity(g.input("in", "float32", [1])),
  }));
  await expect(writeModel(built, path, { inlineBytes: 0, signal: stop.signal })).rejects.toThrow("cancelled");
  expect(await readFile(path)).toEqual(before);
  const left = (await readdir(folder)).filter((name) => name.startsWith("broken"));
  expect(left).toEqual(["broken.onnx", "broken.onnx.data"]);
  await expect(readModel(path)).resolves.toMatchObject({ name: "small" });
});

test("a weight that gives other bytes than it promised is a bug that is found while writing", async () => {
  const short: Weight = { key: "short", dtype: "float32", dims: [8], read: noBytes };
  const built = graph("short", (g) => ({ y: g.add(g.input("x", "float32", [8]), g.adopt(short)) }));
  await expect(encodeModel(built)).rejects.toThrow(/32 bytes gave 0/);
});
