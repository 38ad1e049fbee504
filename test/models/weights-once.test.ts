// A stored model's graphs refer to its weights file: the weights lie on the disk once, and ONNX Runtime reads them there.
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../src/core/base/index.ts";
import { graph, openRuntime, readModel, weightOf, writeModel } from "../../src/core/onnx/index.ts";
import { floats } from "../../src/core/tensor/index.ts";
import { openTensorFile, weightsOf, writeSafetensors } from "../../src/core/weights/index.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-once-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const width = 96;
const matrix = floats(
  [width, width],
  Array.from({ length: width * width }, (_, index) => (index % 7) - 3),
);
const bias = floats(
  [width],
  Array.from({ length: width }, (_, index) => index),
);

test("a model written beside weights.safetensors refers into it, and runs", async () => {
  const weightsPath = join(folder, "weights.safetensors");
  await writeSafetensors(weightsPath, [weightOf("w", matrix), weightOf("b", bias)]);
  using file = openTensorFile(weightsPath);
  const weights = weightsOf(file, { dtype: "float32" });
  const built = graph(
    "once",
    (g) => {
      const x = g.input("x", "float32", [1, width]);
      return { y: g.add(g.matMul(x, g.weight("w", [width, width])), g.weight("b", [width])) };
    },
    { weights },
  );
  const path = join(folder, "graph.onnx");
  await writeModel(built, path, { inlineBytes: 0 });
  expect((await readdir(folder)).toSorted()).toEqual(["graph.onnx", "weights.safetensors"]);
  expect((await stat(path)).size).toBeLessThan(2000);
  expect((await readModel(path)).name).toBe("once");
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  await using session = await runtime.openSession("once", path, { providers: ["cpu"], threads: 1 });
  const ones = floats(
    [1, width],
    Array.from({ length: width }, () => 1),
  );
  const { y } = await session.run({ x: ones });
  const expected = Array.from({ length: width }, (_, column) => {
    let sum = column;
    for (let row = 0; row < width; row++) sum += ((row * width + column) % 7) - 3;
    return sum;
  });
  expect(y).toEqual(floats([1, width], expected));
});

test("weights that are converted on the way, or lie elsewhere, are written into the model's own data", async () => {
  const weightsPath = join(folder, "weights.safetensors");
  await writeSafetensors(weightsPath, [weightOf("w", matrix)]);
  using file = openTensorFile(weightsPath);
  for (const [dtype, place] of [
    ["float16", folder],
    ["float32", join(folder, "..")],
  ] as const) {
    const weights = weightsOf(file, { dtype });
    const built = graph(
      "copied",
      (g) => ({ y: g.mul(g.input("x", dtype, [width, width]), g.weight("w", [width, width])) }),
      {
        weights,
      },
    );
    const path = join(place, `copied-${process.pid}.onnx`);
    await writeModel(built, path, { inlineBytes: 0 });
    expect((await stat(`${path}.data`)).size, dtype).toBe(width * width * (dtype === "float16" ? 2 : 4));
    await rm(path);
    await rm(`${path}.data`);
  }
});
