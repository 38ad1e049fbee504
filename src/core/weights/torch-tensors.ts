// Tensors that a walked pickle describes, placed in the storages of a file: what both of torch's formats share.
import { assert } from "../../shared/failure/index.ts";
import { readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";
import type { PickleValue, TensorRef } from "./pickle-values.ts";
import type { StoredEntry } from "./stored-zip.ts";
import { badShape, elementCount, mustHave, readInChunks, weightDtypes } from "./tensor-file.ts";
import type { TensorEntry, TensorFile } from "./tensor-file.ts";

const maxNesting = 32;
const maxTensors = 100_000;
/** A pickle may mention one list many times over; walking it out must end. */
const maxValues = 2_000_000;

type Placed = TensorEntry & { readonly tensor: TensorRef; readonly storage: StoredEntry };

type Bad = (why: string) => Error;

export type Leaf = readonly [name: string, leaf: TensorRef | string | number | boolean];

/** Everything that the root value describes, by name. */
export function leavesOf(root: PickleValue, bad: Bad): readonly Leaf[] {
  const found: Leaf[] = [];
  let tensors = 0;
  for (const leaf of leaves(root, { path: "", depth: 0 }, counted(bad))) {
    found.push(leaf);
    if (typeof leaf[1] === "object" && ++tensors > maxTensors) throw bad(`it has more than ${maxTensors} tensors`);
  }
  return found;
}

type Described = {
  readonly format: "torch-zip" | "torch-legacy";
  readonly leaves: readonly Leaf[];
  /** Where the storage of a key lies. */
  readonly storageOf: (key: string) => StoredEntry | undefined;
};

/** The file of these tensors. Takes the source over: disposing the file closes it. */
export function tensorFileOf(source: ByteSource, { format, leaves: all, storageOf }: Described): TensorFile {
  const placed = new Map<string, Placed>();
  const scalars = new Map<string, string | number | boolean>();
  for (const [name, leaf] of all) {
    if (typeof leaf === "object") placed.set(name, placeTensor(name, leaf, storageOf(leaf.storage.key)));
    else scalars.set(name, leaf);
  }
  return {
    format,
    entries: placed,
    scalars,
    chunks: (name, chunkBytes) => {
      mustHave({ entries: placed }, name);
      const found = placed.get(name);
      assert(found, "mustHave has found it");
      return chunksOf(source, found, chunkBytes);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

type Counter = { readonly bad: Bad; left: number };

const counted = (bad: Bad): Counter => ({ bad, left: maxValues });

type Place = { readonly path: string; readonly depth: number };

/** Tensors and scalars below `value`, named by their path. What is neither (empty, None, names) is left out. */
function* leaves(
  value: PickleValue,
  { path, depth }: Place,
  counter: Counter,
): Iterable<[string, TensorRef | string | number | boolean]> {
  if (depth > maxNesting) throw counter.bad(`it nests deeper than ${maxNesting} levels`);
  if (--counter.left < 0) throw counter.bad(`it describes more than ${maxValues} values`);
  if (value === undefined) return;
  if (typeof value !== "object") {
    yield [path, value];
    return;
  }
  if (value.kind === "tensor") yield [path, value];
  else
    for (const [key, child] of children(value))
      yield* leaves(child, { path: path === "" ? String(key) : `${path}.${key}`, depth: depth + 1 }, counter);
}

function children(value: Exclude<PickleValue, undefined | boolean | number | string | TensorRef>) {
  if (value.kind === "dict") return value.entries;
  return value.kind === "list" || value.kind === "tuple" ? value.items.entries() : [];
}

function placeTensor(name: string, tensor: TensorRef, storage: StoredEntry | undefined): Placed {
  const { dtype } = tensor.storage;
  if (!storage) throw badShape(name, `its storage ${tensor.storage.key} is missing from the file`);
  const storageBytes = tensor.storage.elementCount * weightDtypes[dtype];
  if (storage.byteLength !== storageBytes)
    throw badShape(name, `its storage should have ${storageBytes} bytes and has ${storage.byteLength}`);
  const count = elementCount(name, tensor.dims);
  checkWindow(name, tensor, count);
  return { name, dtype, dims: tensor.dims, byteLength: count * weightDtypes[dtype], tensor, storage };
}

/** Every element must lie in the storage, and a tensor may not have more elements than its storage. */
function checkWindow(name: string, tensor: TensorRef, count: number): void {
  const { storage, offsetElements, dims, strides } = tensor;
  if (count > storage.elementCount) throw badShape(name, `it claims ${count} elements of ${storage.elementCount}`);
  if (strides.some((stride) => stride < 0) || offsetElements < 0) throw badShape(name, "it counts backwards");
  const last = dims.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), offsetElements);
  if (count > 0 && !(last < storage.elementCount))
    throw badShape(name, `it reaches element ${last} of a storage with ${storage.elementCount}`);
}

function chunksOf(source: ByteSource, placed: Placed, chunkBytes: number): Iterable<Uint8Array<ArrayBuffer>> {
  const { tensor, storage, byteLength, dtype } = placed;
  const elementBytes = weightDtypes[dtype];
  if (isDense(tensor)) {
    const offsetBytes = storage.offsetBytes + tensor.offsetElements * elementBytes;
    const wholeElements = Math.max(elementBytes, chunkBytes - (chunkBytes % elementBytes));
    return readInChunks(source, { offsetBytes, byteLength, chunkBytes: wholeElements });
  }
  return [gather(source, placed)];
}

/** Row-major without gaps; the stride of an axis of length 1 does not matter. */
function isDense({ dims, strides }: TensorRef): boolean {
  let expected = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const dim = dims[axis] ?? 1;
    if (dim !== 1 && strides[axis] !== expected) return false;
    expected *= dim;
  }
  return true;
}

/** A transposed or sliced tensor, element by element out of its whole storage. Rare: checkpoints hold dense tensors. */
function gather(source: ByteSource, { tensor, storage, byteLength, dtype }: Placed): Uint8Array<ArrayBuffer> {
  const elementBytes = weightDtypes[dtype];
  const all = readRange(source, storage);
  const result = new Uint8Array(byteLength);
  const { dims, strides } = tensor;
  const index = dims.map(() => 0);
  let from = tensor.offsetElements;
  for (let to = 0; to < byteLength; to += elementBytes) {
    result.set(all.subarray(from * elementBytes, (from + 1) * elementBytes), to);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (dims[axis] ?? 1)) break;
      from -= (dims[axis] ?? 1) * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
