// What a session takes and gives, and whether given tensors fit: names, dtypes, and sizes that agree with each other.
import { refused } from "../../../shared/failure/index.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import type { Dim } from "../graph/dim.ts";
import { bindDim, multipleOfSymbol, printDims, tryDim } from "../graph/dim.ts";

/** One input or output; a size without a usable name is undefined and fits anything. */
export type Slot = { readonly name: string; readonly dtype: DType; readonly dims: readonly (Dim | undefined)[] };

export type Contract = { readonly inputs: readonly Slot[]; readonly outputs: readonly Slot[] };

/** A size's name in a file: an expression of ours, or someone's text, which promises nothing. */
export const sizeOfName = (name: number | string): Dim | undefined =>
  typeof name === "string" ? tryDim(name) : name < 0 ? undefined : name;

const printSlot = ({ dtype, dims }: Slot): string => `${dtype}${printDims(dims.map((size) => size ?? "?"))}`;
const printTensor = ({ dtype, dims }: Tensor): string => `${dtype}${printDims(dims)}`;

const wrong = (message: string, details: Readonly<Record<string, unknown>>) =>
  refused("onnx.wrong-input", { message, details });

function fitSlot(slot: Slot, tensor: Tensor, sizes: Record<string, number>): void {
  const misfit = (why: string) =>
    wrong(`The input "${slot.name}" is ${printSlot(slot)}; ${printTensor(tensor)} was given: ${why}.`, {
      input: slot.name,
    });
  if (tensor.dtype !== slot.dtype) throw misfit("its type differs");
  if (tensor.dims.length !== slot.dims.length) throw misfit(`it has ${tensor.dims.length} axes`);
  slot.dims.forEach((expected, axis) => {
    const found = tensor.dims[axis] ?? 0;
    const symbol = expected === undefined ? undefined : multipleOfSymbol(expected);
    if (symbol === undefined || symbol.symbol in sizes) return;
    if (found % symbol.factor !== 0) throw misfit(`axis ${axis} must be a multiple of ${symbol.factor}`);
    sizes[symbol.symbol] = found / symbol.factor;
  });
  slot.dims.forEach((expected, axis) => {
    const bound = expected === undefined ? undefined : bindDim(expected, sizes);
    if (typeof bound === "number" && bound !== tensor.dims[axis]) throw misfit(`axis ${axis} must be ${bound}`);
  });
}

/** The sizes that the given tensors give to the contract's symbols; refuses what is missing, extra or does not fit. */
export function fitInputs(
  contract: Contract,
  feeds: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const names = contract.inputs.map(({ name }) => name);
  for (const name of Object.keys(feeds))
    if (!names.includes(name))
      throw wrong(`There is no input "${name}"; there are ${names.join(", ")}.`, { input: name });
  for (const slot of contract.inputs) {
    const tensor = feeds[slot.name];
    if (tensor === undefined)
      throw wrong(`The input "${slot.name}" (${printSlot(slot)}) is missing.`, { input: slot.name });
    fitSlot(slot, tensor, sizes);
  }
  return sizes;
}
