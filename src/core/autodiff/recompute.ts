// Recomputation: a block's inner values die on the way forward and are computed again when the gradient comes back to it.
import { assert } from "../../shared/failure/index.ts";
import { producerOf } from "../onnx/index.ts";
import type { Builder, Node, Value } from "../onnx/index.ts";
import { nothingAfter } from "./after.ts";

/** The block a node belongs to, when its values are to be computed again; undefined keeps them until they are read. */
export type BlockOf = (node: Node) => string | undefined;

/** A value as the way back reads it: itself, or computed anew. */
export type Again = (value: Value) => Value;

type Block = {
  readonly g: Builder;
  readonly isInside: (node: Node) => boolean;
  /** The gradient that reaches the block first. */
  readonly arrived: Value;
  /** What is trained: read as it is. */
  readonly targets: ReadonlySet<Value>;
};

/**
 * Chen et al. 2016, "Training deep nets with sublinear memory cost", made proof against rewriting. What the block reads from
 * outside is read as x + 0 dy, dy being the gradient that reaches the block. The numbers stay (a dy that is not finite spoils
 * the step, which is skipped for it anyway), the copies are no repetitions of the first nodes, so that no pass and no runtime
 * may merge them, and none of them can be computed before dy is there.
 */
export function recomputation({ g, isInside, arrived, targets }: Block): Again {
  const made = new Map<Value, Value>();
  const nothing = nothingAfter(g, arrived);
  const late = (value: Value): Value => {
    const isFloat = value.dtype === "float32" || value.dtype === "float16";
    const isRead = value.origin.kind === "node" || value.origin.kind === "input";
    return isFloat && isRead && !targets.has(value) ? g.add(value, g.cast(nothing, value.dtype)) : value;
  };
  const again = (value: Value): Value => {
    const known = made.get(value);
    if (known !== undefined) return known;
    const producer = producerOf(value);
    if (producer === undefined || !isInside(producer)) {
      const read = late(value);
      made.set(value, read);
      return read;
    }
    const inputs = producer.inputs.map((input) => input && again(input));
    const options = { outputCount: producer.outputs.length, name: `${producer.name}.again` };
    const copies = g.node(producer.op, inputs, producer.attributes, options);
    producer.outputs.forEach((output, index) => {
      const copy = copies[index];
      assert(copy !== undefined, `${producer.name} lost output ${index}`);
      made.set(output, copy);
    });
    return again(value);
  };
  return again;
}
