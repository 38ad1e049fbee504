// An encoder that tells phones: what is heard of it is how likely each is, with the rows around beside it.
import { expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import { bakeSizes, evaluateGraph, valuesOf, weightsInMemory } from "../../onnx/index.ts";
import { elementCount, tensorOf } from "../../tensor/index.ts";
import { parametersOf } from "../parameters.ts";
import { heardOf, phoneLogitsGraph, whisperEncoderGraph } from "./whisper-encoder.ts";
import type { WhisperConfig } from "./whisper-encoder.ts";

const config: WhisperConfig = {
  melBins: 4,
  positions: 6,
  width: 8,
  heads: 2,
  blocks: 1,
  phones: { count: 3, contextRows: [-2, 0, 1] },
};

test("a row holds the phones of the rows around it, those beyond the ends repeated, and each sums to one", async () => {
  const { uniform } = randomFrom(1);
  const drawn = (dims: readonly number[]) =>
    tensorOf(
      "float32",
      dims,
      Float32Array.from({ length: elementCount(dims) }, () => uniform() - 0.5),
    );
  const asked = parametersOf((weights) => whisperEncoderGraph({ config, weights }));
  const weights = weightsInMemory(Object.fromEntries([...asked].map(([key, dims]) => [key, drawn(dims)])));
  const feeds = { log_mel: drawn([1, 4, 12]) };
  const heard = await evaluateGraph(bakeSizes(whisperEncoderGraph({ config, weights }), { batch: 1 }), feeds);
  const told = await evaluateGraph(bakeSizes(phoneLogitsGraph({ config, weights }), { batch: 1 }), feeds);
  expect(heardOf(config)).toEqual({ states: 1, width: 9 });
  expect(heard["embeddings"]?.dims).toEqual([1, 1, 6, 9]);
  const rows = heard["embeddings"] ? [...valuesOf(heard["embeddings"])] : [];
  const logits = told["logits"] ? [...valuesOf(told["logits"])] : [];
  for (let row = 0; row < 6; row += 1)
    for (const [place, offset] of [-2, 0, 1].entries()) {
      const from = 3 * Math.min(5, Math.max(0, row + offset));
      const powers = logits.slice(from, from + 3).map(Math.exp);
      const sum = powers.reduce((total, each) => total + each, 0);
      powers.forEach((power, phone) => expect(rows[9 * row + 3 * place + phone]).toBeCloseTo(power / sum, 5));
    }
});
