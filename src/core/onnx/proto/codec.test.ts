// Rules of the wire format and of written models.
import * as fc from "fast-check";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { graph } from "../build/graph-builder.ts";
import { tensorFromValues } from "../graph/dtype.ts";
import { weightsInMemory } from "../graph/weights.ts";
import { decodeMessage } from "./decode.ts";
import { encodeMessage, ropeBytes, varint } from "./encode.ts";
import type { Message } from "./schema.ts";
import { encodeModel } from "./write-model.ts";

const attribute: fc.Arbitrary<Message<"AttributeProto">> = fc.record(
  {
    name: fc.string({ unit: "binary" }).filter((name) => name.isWellFormed()),
    i: fc.maxSafeInteger(),
    f: fc.float({ noNaN: true }),
    s: fc.uint8Array(),
    ints: fc.array(fc.maxSafeInteger(), { minLength: 1 }),
    floats: fc.array(fc.float({ noNaN: true }), { minLength: 1 }),
    t: fc.record(
      {
        dims: fc.array(fc.nat(), { minLength: 1 }),
        int64_data: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
        raw_data: fc.uint8Array(),
        double_data: fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

test("a message that was written reads back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(attribute, async (message) => {
      const bytes = await ropeBytes(encodeMessage("AttributeProto", message));
      expect(decodeMessage("AttributeProto", bytes)).toEqual(message);
    }),
  );
});

test("a message cut anywhere is refused or shorter, never a crash", async () => {
  await fc.assert(
    fc.asyncProperty(attribute, fc.double({ min: 0, max: 1, noNaN: true }), async (message, part) => {
      const bytes = await ropeBytes(encodeMessage("AttributeProto", message));
      try {
        decodeMessage("AttributeProto", bytes.subarray(0, Math.floor(part * bytes.byteLength)));
      } catch (error) {
        expect(error).toMatchObject({ code: "onnx.malformed" });
      }
    }),
  );
});

test("varints follow the protobuf documents: 300 is ac 02, -1 is ten bytes", () => {
  expect([...varint(300)]).toEqual([0xac, 0x02]);
  expect([...varint(-1)]).toEqual([255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
});

test("ONNX Runtime loads what is written and computes it: y = 2 x W + 1 under symbolic dims", async () => {
  const weights = weightsInMemory({ "proj.weight": tensorFromValues("float32", [3, 2], [1, 2, 3, 4, 5, 6]) });
  const built = graph(
    "affine",
    (g) => {
      const x = g.input("x", "float32", ["batch", "tokens", 3]);
      const flat = g.reshape(x, ["batch*tokens", 3]);
      const y = g.add(g.mul(2, g.matMul(flat, g.scope("proj").weight("weight"))), 1);
      return { y: g.reshape(y, ["batch", "tokens", 2]), echo: x, w: g.weight("proj.weight") };
    },
    { weights },
  );
  const session = await InferenceSession.create(await encodeModel(built), { logSeverityLevel: 3 });
  const x = new OrtTensor("float32", Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1]), [2, 2, 3]);
  const { y, w } = await session.run({ x });
  expect(y?.dims).toEqual([2, 2, 2]);
  expect(y?.data).toEqual(Float32Array.of(3, 5, 7, 9, 11, 13, 19, 25));
  expect(w?.dims).toEqual([3, 2]);
});
