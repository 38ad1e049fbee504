// Rules of sessions, on ONNX Runtime's CPU provider; WebGPU over a software device is tried in test/onnx.
import { link, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLogger, systemClock } from "../../base/index.ts";
import { asFloat16, asFloat32, floats, relativeError, zeros } from "../../tensor/index.ts";
import { graph } from "../build/graph-builder.ts";
import { bakeSizes } from "../passes/simplify.ts";
import { encodeModel, writeModel } from "../proto/write-model.ts";
import { weightsInMemory } from "../graph/weights.ts";
import { noise } from "../testing/run-both.ts";
import { classifyFailure, needsNewProcess } from "./failures.ts";
import { estimateMemory } from "./memory.ts";
import { openRuntime, sessionOptions } from "./runtime.ts";
import type { OrtLibrary, Runtime } from "./runtime.ts";

let runtime: Runtime;
let folder = "";
beforeAll(async () => {
  runtime = await openRuntime({ role: "test", logger: silentLogger });
  folder = await mkdtemp(join(tmpdir(), "dubwright-session-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scaled = graph("scaled", (g) => {
  const x = g.input("x", "float32", ["batch", 3, "8*height"]);
  const time = g.input("time", "float32", ["batch"]);
  const y = g.mul(x, g.unsqueeze(time, 1, 2));
  return { y, total: g.reduceSum(y, [1, 2], "drop") };
});

const open = async (options = {}) =>
  runtime.openSession("scaled", await encodeModel(scaled), { providers: ["cpu"], threads: 1, ...options });

test("sessions are refused outside workers, tests and benchmarks", async () => {
  await expect(openRuntime({ role: "core-host" as "worker", logger: silentLogger })).rejects.toThrow(
    /worker processes only/,
  );
});

test("a session runs named tensors and gives the outputs asked for", async () => {
  await using session = await open();
  expect(session.contract.inputs[0]).toEqual({ name: "x", dtype: "float32", dims: ["batch", 3, "8*height"] });
  const feeds = { x: zeros("float32", [2, 3, 8]), time: floats([2], [1, 2]) };
  feeds.x.data.fill(1);
  const all = await session.run(feeds);
  expect(Object.keys(all)).toEqual(["y", "total"]);
  const { total } = await session.run(feeds, ["total"]);
  expect(total).toEqual(floats([2], [24, 48]));
});

const fit = { x: zeros("float32", [2, 3, 8]), time: zeros("float32", [2]) };
test.each([
  ["a missing input", { x: fit.x }, /"time" \(float32\[batch\]\) is missing/],
  ["an unknown input", { ...fit, z: fit.x }, /no input "z"; there are x, time/],
  ["another type", { ...fit, time: zeros("int64", [2]) }, /its type differs/],
  ["another rank", { ...fit, x: zeros("float32", [2, 3]) }, /has 2 axes/],
  ["another fixed size", { ...fit, x: zeros("float32", [2, 4, 8]) }, /axis 1 must be 3/],
  ["a size that is no multiple", { ...fit, x: zeros("float32", [2, 3, 12]) }, /multiple of 8/],
  ["sizes that disagree between inputs", { ...fit, time: zeros("float32", [3]) }, /axis 0 must be 2/],
])("%s is refused before the runtime sees it", async (_, feeds, message) => {
  await using session = await open();
  await expect(session.run(feeds)).rejects.toThrow(
    expect.objectContaining({ code: "onnx.wrong-input", message: expect.stringMatching(message) }),
  );
});

test("an unknown output and a disposed session are refused", async () => {
  const session = await open();
  await expect(session.run(fit, ["z"])).rejects.toThrow(/no output "z"; there are y, total/);
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await expect(session.run(fit)).rejects.toThrow(/was disposed/);
});

test("halves go in and come out as their bits", async () => {
  const halves = graph("halves", (g) => {
    const x = g.input("x", "float16", [4]);
    return { y: g.add(x, x) };
  });
  await using session = await runtime.openSession("halves", await encodeModel(halves), { providers: ["cpu"] });
  const { y } = await session.run({ x: asFloat16(floats([4], [0.5, -1, 2, 1e-7])) });
  expect(y?.dtype === "float16" && asFloat32(y).data).toEqual(
    asFloat32(asFloat16(floats([4], [1, -2, 4, 2.4e-7]))).data,
  );
});

test("a view into a larger buffer is read from its own place", async () => {
  await using session = await open();
  const data = new Float32Array(100).fill(7).subarray(26, 50).fill(1);
  const { total } = await session.run({ x: { dtype: "float32", dims: [1, 3, 8], data }, time: floats([1], [2]) });
  expect(total).toEqual(floats([1], [48]));
});

test("a preferred provider this machine lacks is passed over with its reason, and CPU runs", async () => {
  const reports = await runtime.providers();
  expect(reports.find(({ provider }) => provider === "cpu")).toEqual({ provider: "cpu", available: true, reason: "" });
  const lacking = reports.filter(({ available }) => !available);
  for (const { reason } of lacking) expect(reason).not.toBe("");
  const providers = lacking.map(({ provider }) => provider);
  await using session = await open({ providers });
  expect(session.provider).toBe("cpu");
  expect(session.passedOver.map(({ provider }) => provider)).toEqual(providers);
  if (lacking[0] !== undefined)
    await expect(open({ providers: [lacking[0].provider], fallBack: "never" })).rejects.toThrow(
      expect.objectContaining({ code: "onnx.no-provider" }),
    );
});

test("a device that works but is a software device is passed over, unless nothing else was asked for", async () => {
  let readings = 0;
  // Each trial reads the clock twice; the device, tried first, takes 290 ms and the CPU 1 ms.
  const instants = [0, 290, 1000, 1001];
  const clock = { ...systemClock, monotonicMs: () => instants[readings++] ?? 0 };
  const slow = await openRuntime({
    role: "test",
    logger: silentLogger,
    clock,
    library: () => failingDevice("create", "never said", Infinity),
  });
  await using session = await slow.openSession("scaled", await encodeModel(scaled));
  expect(session.provider).toBe("cpu");
  expect(session.passedOver.find(({ provider }) => provider === "webgpu")?.reason).toMatch(
    /slower than the processor \(a product took 290 ms there and 1.0 ms here\)/,
  );
  await using insisted = await slow.openSession("scaled", await encodeModel(scaled), {
    providers: ["webgpu"],
    fallBack: "never",
  });
  expect(insisted.provider).toBe("webgpu");
});

test("each provider is offered its own variant of the model", async () => {
  const asked: string[] = [];
  const model = async (provider: string) => {
    asked.push(provider);
    return encodeModel(scaled);
  };
  await using session = await runtime.openSession("scaled", model, { providers: ["cpu"] });
  expect(asked).toEqual(["cpu"]);
  expect(session.provider).toBe("cpu");
});

test("a damaged model is refused as such, not tried on every device", async () => {
  const bytes = (await encodeModel(scaled)).slice(0, 150);
  await expect(runtime.openSession("torn", bytes, { providers: ["cpu"] })).rejects.toThrow(
    expect.objectContaining({ code: "onnx.invalid-model" }),
  );
});

test("memory is estimated before loading and a budget below it refuses", async () => {
  const weights = weightsInMemory({ w: noise([256, 256]) });
  const built = graph("wide", (g) => ({ y: g.relu(g.matMul(g.input("x", "float32", ["n", 256]), g.weight("w"))) }), {
    weights,
  });
  const estimate = estimateMemory(built, { n: 100 });
  // x, which is the caller's until the run ends, the product and its relu.
  expect(estimate).toMatchObject({ weightBytes: 262_144, activationBytes: 3 * 100 * 256 * 4 });
  expect(estimateMemory(bakeSizes(built, { n: 100 }))).toEqual(estimate);
  await expect(open({ memory: { budgetBytes: 1000, estimate } })).rejects.toThrow(
    expect.objectContaining({ code: "onnx.over-budget" }),
  );
  await using session = await open({ memory: { budgetBytes: 1e9, estimate } });
  expect(session.provider).toBe("cpu");
});

test("an allocation that fails is out of memory, and the process lives on", async () => {
  const huge = graph("huge", (g) => {
    const x = g.input("x", "float32", ["n", 1]);
    return { y: g.reduceSum(g.matMul(x, g.transpose(x, [1, 0])), [0, 1]) };
  });
  await using session = await runtime.openSession("huge", await encodeModel(huge), { providers: ["cpu"] });
  // A matrix of 16 TiB.
  const x = zeros("float32", [1 << 21, 1]);
  await expect(session.run({ x })).rejects.toThrow(expect.objectContaining({ code: "onnx.out-of-memory" }));
  const { y } = await session.run({ x: floats([2, 1], [1, 2]) });
  expect(y?.data).toEqual(Float32Array.of(9));
});

// Texts as the runtimes print them: ONNX Runtime's allocators, CUDA, DirectML, Dawn, Vulkan.
test.each([
  [
    "onnx.out-of-memory",
    "bfc_arena.cc:376 AllocateRawInternal Failed to allocate memory for requested buffer of size 17179869184",
  ],
  ["onnx.out-of-memory", "CUDA failure 2: out of memory ; GPU=0 ; hostname=x"],
  ["onnx.out-of-memory", "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED"],
  [
    "onnx.out-of-memory",
    "Exception(1) tid(1c) 8007000E Not enough memory resources are available to complete this operation.",
  ],
  ["onnx.out-of-memory", "std::bad_alloc"],
  [
    "onnx.device-lost",
    "887A0005 The GPU device instance has been suspended. Use GetDeviceRemovedReason to determine the action.",
  ],
  ["onnx.device-lost", "WebGPU device lost (2): Device was destroyed."],
  ["onnx.device-lost", "vkQueueSubmit failed with VK_ERROR_DEVICE_LOST"],
  ["onnx.device-lost", "CUDA failure 700: an illegal memory access was encountered"],
  [
    "onnx.unsupported-operator",
    "NOT_IMPLEMENTED : Could not find an implementation for NhwcConv(1) node with name 'x'",
  ],
  ["onnx.invalid-model", "Load model from x.onnx failed:Protobuf parsing failed."],
  ["onnx.run-failed", "Non-zero status code returned while running Foo node."],
] as const)("%s is read from: %s", (code, text) => {
  expect(classifyFailure(text)).toBe(code);
});

test("options of the C interface are strings, and threads never spin unasked", () => {
  const { extra = {}, executionProviders } = sessionOptions("cuda", {
    deviceId: 1,
    extra: { "session.x": "2" },
    disabledOptimisers: ["A", "B"],
  });
  expect(Object.values(extra).every((value) => typeof value === "string")).toBe(true);
  expect(extra).toMatchObject({
    "session.intra_op.allow_spinning": "0",
    "session.x": "2",
    "optimization.disable_specified_optimizers": "A;B",
  });
  expect(executionProviders).toEqual([{ name: "cuda", deviceId: 1 }]);
});

test("a model on disk is opened by its path, with its data file, unless a link could show another file as weights", async () => {
  const weights = weightsInMemory({ w: noise([64, 64]) });
  const built = graph("disk", (g) => ({ y: g.matMul(g.input("x", "float32", ["n", 64]), g.weight("w")) }), { weights });
  const path = join(folder, "disk.onnx");
  await writeModel(built, path, { inlineBytes: 0 });
  const x = noise([3, 64], 5);
  await using fromDisk = await runtime.openSession("disk", path, { providers: ["cpu"] });
  await using fromBytes = await runtime.openSession("bytes", await encodeModel(built), { providers: ["cpu"] });
  await link(`${path}.data`, join(folder, "second-name"));
  await expect(runtime.openSession("linked", path, { providers: ["cpu"] })).rejects.toThrow(/second name/);
  const [a, b] = [await fromDisk.run({ x }), await fromBytes.run({ x })];
  expect(a["y"] !== undefined && b["y"] !== undefined && relativeError(a["y"], b["y"])).toBe(0);
});

/**
 * ONNX Runtime with a pretended GPU named "webgpu": sessions on it compute on the CPU until, at the n-th call, they fail with
 * a text as real devices print it.
 */
async function failingDevice(failAt: "create" | "run", text: string, worksTimes = 1): Promise<OrtLibrary> {
  const ort = await import("onnxruntime-node");
  let created = 0;
  const create = async (source: Uint8Array, options: InferenceSession.SessionOptions) => {
    const onDevice = options.executionProviders?.[0] === "webgpu";
    const session = await ort.InferenceSession.create(source, { ...options, executionProviders: ["cpu"] });
    if (!onDevice) return session;
    created += 1;
    // The first one is the trial of the device, which works.
    if (created > worksTimes && failAt === "create") throw new Error(text);
    if (created > worksTimes) Object.defineProperty(session, "run", { value: () => Promise.reject(new Error(text)) });
    return session;
  };
  return {
    Tensor: ort.Tensor,
    listSupportedBackends: () => [
      { name: "webgpu", bundled: true },
      { name: "cpu", bundled: true },
    ],
    InferenceSession: { create } as unknown as OrtLibrary["InferenceSession"],
  };
}

test("a device that runs out of memory while loading is passed over, and the next one runs", async () => {
  const text = "Failed to allocate memory for requested buffer of size 5072222488";
  const failing = await openRuntime({
    role: "test",
    logger: silentLogger,
    library: () => failingDevice("create", text),
  });
  await using session = await failing.openSession("scaled", await encodeModel(scaled), { providers: ["webgpu"] });
  expect(session.provider).toBe("cpu");
  expect(session.passedOver).toEqual([
    { provider: "webgpu", available: false, reason: expect.stringContaining("more memory than there is") },
  ]);
  await expect(
    failing.openSession("scaled", await encodeModel(scaled), { providers: ["webgpu"], fallBack: "never" }),
  ).rejects.toThrow(expect.objectContaining({ code: "onnx.out-of-memory", kind: "failed" }));
});

test.each([
  ["is lost", "WebGPU device lost (2): Device was destroyed."],
  ["runs out of memory", "Failed to allocate memory for requested buffer of size 5072222488"],
])("a device that %s in the middle of the work is left, and the same run is done by the next one", async (_, text) => {
  const failing = await openRuntime({
    role: "test",
    logger: silentLogger,
    library: () => failingDevice("run", text, 2),
  });
  const asked: string[] = [];
  const model = async (provider: string) => {
    asked.push(provider);
    return encodeModel(scaled);
  };
  // Of two sessions on the device the first one works.
  await using working = await failing.openSession("scaled", model, { providers: ["webgpu"] });
  const feeds = { x: zeros("float32", [2, 3, 8]), time: floats([2], [1, 2]) };
  feeds.x.data.fill(1);
  const expected = await working.run(feeds);
  await using session = await failing.openSession("scaled", model, { providers: ["webgpu"] });
  expect(session.provider).toBe("webgpu");
  expect(await session.run(feeds)).toEqual(expected);
  expect(session.provider).toBe("cpu");
  expect(session.passedOver).toEqual([
    { provider: "webgpu", available: false, reason: expect.stringContaining(text.slice(0, 20)) },
  ]);
  expect(asked).toEqual(["webgpu", "webgpu", "cpu"]);
});

test("a device that is lost while nothing else may be used says so, by a code that has its process replaced", async () => {
  const text = "vkQueueSubmit failed with VK_ERROR_DEVICE_LOST";
  const failing = await openRuntime({ role: "test", logger: silentLogger, library: () => failingDevice("run", text) });
  await using session = await failing.openSession("scaled", await encodeModel(scaled), {
    providers: ["webgpu"],
    fallBack: "never",
  });
  const failure: unknown = await session.run(fit).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: "failed",
    code: "onnx.device-lost",
    details: { provider: "webgpu", runtime: text },
  });
  expect(needsNewProcess("onnx.device-lost")).toBe(true);
  expect(needsNewProcess("onnx.wrong-input")).toBe(false);
});
