// A recogniser from outside: told by what it takes and gives, fed as it expects, its square laid on the face.
import { describe, expect, test } from "vitest";
import { encodeModel, graph, variantOf } from "../../onnx/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import { tensorOf } from "../../tensor/index.ts";
import { applyAffine } from "./affine.ts";
import { embedderSizePx, embedderToFrame, readFaceEmbedder } from "./face-embedder.ts";

/** Means of the picture's rows in 64 bands and two channels: 128 numbers, after whatever `prepare` does. */
async function made(prepare: (g: Builder, picture: Value) => Value, sizePx = embedderSizePx): Promise<Uint8Array> {
  const built = graph("recogniser", (g) => {
    const picture = g.input("data", "float32", [1, 3, sizePx, sizePx]);
    const means = g.reduceMean(prepare(g, picture), [3]);
    return { fc1: g.reshape(means, [1, 3 * sizePx]) };
  });
  const model = await encodeModel(variantOf(built, { lowering: "cpu" }));
  if (!(model instanceof Uint8Array)) throw new Error("a small model is bytes");
  return model;
}

const scalar = (g: Builder, value: number): Value => g.constant(tensorOf("float32", [], Float32Array.of(value)));

describe("a recogniser from outside", () => {
  test("is fed bytes where it scales them itself, and -1..1 otherwise", async () => {
    const plain = readFaceEmbedder(await made((g, picture) => g.relu(picture)));
    expect([plain.inputName, plain.outputName, plain.range]).toEqual(["data", "fc1", [-1, 1]]);
    const scaling = readFaceEmbedder(
      await made((g, picture) => g.mul(g.sub(picture, scalar(g, 127.5)), scalar(g, 1 / 128))),
    );
    expect(scaling.range).toEqual([0, 255]);
  });

  test("is refused where it takes another picture", async () => {
    const other = await made((g, picture) => g.relu(picture), 64);
    expect(() => readFaceEmbedder(other)).toThrow(/no face recogniser/u);
  });

  test("looks at the face through a square in which eyes and mouth lie where it learnt them", () => {
    const landmarks = new Float32Array(3 * 468);
    const set = (point: number, x: number, y: number) => landmarks.set([x, y, 0], 3 * point);
    // The template itself, twice as large, turned by a quarter and moved.
    const place = (x: number, y: number): readonly [number, number] => [500 - 2 * y, 300 + 2 * x];
    for (const point of [33, 133]) set(point, ...place(38.2946, 51.6963));
    for (const point of [362, 263]) set(point, ...place(73.5318, 51.5014));
    set(1, ...place(56.0252, 71.7366));
    set(61, ...place(41.5493, 92.3655));
    set(291, ...place(70.7299, 92.2041));
    const { x, y } = applyAffine(embedderToFrame(landmarks), { x: 10, y: 20 });
    expect([x, y]).toEqual([expect.closeTo(460, 3), expect.closeTo(320, 3)]);
  });
});
