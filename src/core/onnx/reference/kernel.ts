// What a reference kernel is given and gives.
import type { DType } from "../../tensor/index.ts";
import type { AttributeValues, OpName } from "../operators/table.ts";
import type { Dense } from "./dense.ts";

export type KernelCall<Op extends OpName> = {
  /** Present inputs; an absent optional one is undefined. */
  readonly inputs: readonly (Dense | undefined)[];
  /** Input that the signature says is present. */
  readonly x: (index: number) => Dense;
  readonly attributes: AttributeValues<Op>;
  /** What the shape rule says of the outputs. */
  readonly outputs: readonly { readonly dtype: DType; readonly dims: readonly number[] }[];
  /** Dims of the first output. */
  readonly dims: readonly number[];
};

export type Kernel<Op extends OpName> = (call: KernelCall<Op>) => Dense | readonly Dense[];

/** One kernel for each operator of a family; a missing one does not compile. */
export type Kernels<Op extends OpName> = { readonly [O in Op]: Kernel<O> };
