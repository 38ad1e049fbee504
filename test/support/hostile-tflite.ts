// Makes TFLite files for tests, sound and hostile: flatbuffers node by node, each of which may lie about itself.
import { bytesOf, littleEndian } from "./hostile-weights.ts";

/** What a node says instead of the truth. */
export type FlatLies = {
  /** Written by whoever points at the node. */
  readonly offsetBytes?: number;
  /** Of a vector. */
  readonly length?: number;
  /** Of a table: from the table back to its field list; the list's own size; the table's size. */
  readonly backToVtableBytes?: number;
  readonly vtableBytes?: number;
  readonly sizeBytes?: number;
  /** Where the first field is said to lie in the table. */
  readonly firstFieldBytes?: number;
};

export type FlatNode =
  | {
      readonly kind: "table";
      readonly fields: readonly (FlatField | undefined)[];
      readonly lies?: FlatLies | undefined;
    }
  | {
      readonly kind: "bytes";
      readonly elements: Uint8Array;
      readonly length: number;
      readonly lies?: FlatLies | undefined;
    }
  | { readonly kind: "tables"; readonly items: readonly FlatNode[]; readonly lies?: FlatLies | undefined };

/** Bytes that stand in the table itself, or a node it points at. */
export type FlatField = Uint8Array | FlatNode;

export const table = (fields: readonly (FlatField | undefined)[], lies?: FlatLies): FlatNode => ({
  kind: "table",
  fields,
  lies,
});
export const tables = (items: readonly FlatNode[], lies?: FlatLies): FlatNode => ({ kind: "tables", items, lies });
export const run = (elements: Uint8Array, lies?: FlatLies): FlatNode => ({
  kind: "bytes",
  elements,
  length: elements.byteLength,
  lies,
});
export const text = (value: string): FlatNode => run(bytesOf(value));
export const int32s = (values: readonly number[], lies?: FlatLies): FlatNode => ({
  kind: "bytes",
  elements: bytesOf(...values.map((value) => littleEndian(value, 4))),
  length: values.length,
  lies,
});
export const int8 = (value: number): Uint8Array => littleEndian(value, 1);
export const int32 = (value: number): Uint8Array => littleEndian(value, 4);
export const uint64 = (value: number): Uint8Array => littleEndian(value, 8);

/** The flatbuffer of a root table; parents stand before their children, as offsets only lead forward. */
export function flatbufferOf(root: FlatNode, identifier = "TFL3"): Uint8Array<ArrayBuffer> {
  const out: number[] = [0, 0, 0, 0, ...bytesOf(identifier)];
  const put = (at: number, bytes: Uint8Array) => bytes.forEach((byte, index) => (out[at + index] = byte));
  const point = (at: number, node: FlatNode) => {
    const target = place(node);
    put(at, littleEndian(node.lies?.offsetBytes ?? target - at, 4));
  };
  const place = (node: FlatNode): number => {
    while (out.length % 4 !== 0) out.push(0);
    if (node.kind === "table") return placeTable(node);
    const start = out.length;
    const length = node.kind === "bytes" ? node.length : node.items.length;
    out.push(...littleEndian(node.lies?.length ?? length, 4));
    if (node.kind === "bytes") {
      out.push(...node.elements);
      return start;
    }
    const places = node.items.map(() => out.push(0, 0, 0, 0) - 4);
    node.items.forEach((item, index) => point(places[index] ?? 0, item));
    return start;
  };
  const placeTable = ({ fields, lies = {} }: Extract<FlatNode, { kind: "table" }>): number => {
    let sizeBytes = 4;
    const places = fields.map((field) => {
      if (!field) return 0;
      const at = sizeBytes;
      sizeBytes += field instanceof Uint8Array ? field.byteLength : 4;
      return at;
    });
    const said = places.map((at, index) => (index === 0 ? (lies.firstFieldBytes ?? at) : at));
    const vtableAt = out.length;
    const vtableBytes = 4 + 2 * fields.length;
    out.push(...littleEndian(lies.vtableBytes ?? vtableBytes, 2), ...littleEndian(lies.sizeBytes ?? sizeBytes, 2));
    for (const at of said) out.push(...littleEndian(at, 2));
    const start = out.length;
    out.push(...littleEndian(lies.backToVtableBytes ?? start - vtableAt, 4), ...new Uint8Array(sizeBytes - 4));
    fields.forEach((field, index) => {
      const at = start + (places[index] ?? 0);
      if (field instanceof Uint8Array) put(at, field);
      else if (field) point(at, field);
    });
    return start;
  };
  point(0, root);
  return Uint8Array.from(out);
}

export type TensorNode = {
  readonly dims?: readonly number[];
  readonly type?: number;
  readonly buffer?: number;
  readonly sparsity?: FlatNode | undefined;
};

export const tensor = (
  name: string,
  { dims = [1, 2, 2, 1], type = 0, buffer = 0, sparsity }: TensorNode = {},
): FlatNode => table([int32s(dims), int8(type), int32(buffer), text(name), undefined, undefined, sparsity]);

export type OperatorNode = {
  readonly code?: number;
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly optionsType?: number;
  readonly options?: FlatNode;
  readonly custom?: FlatNode;
};

export const operator = (node: OperatorNode): FlatNode =>
  table([
    int32(node.code ?? 0),
    int32s(node.inputs ?? []),
    int32s(node.outputs ?? []),
    int8(node.optionsType ?? 0),
    node.options,
    node.custom,
  ]);

/** An operator code: the old byte, the name of a custom operator, its version, the new 32 bits. */
export const code = (number: number, custom?: string): FlatNode =>
  table([int8(Math.min(number, 127)), custom === undefined ? undefined : text(custom), int32(2), int32(number)]);

/** Conv2D options: same padding, stride 1, RELU. */
export const convOptions = table([int8(0), int32(1), int32(1), int8(1)]);

/** {"n": 7} as FlexBuffers keep it: key, keys, values, types, root. */
export const flexMap = Uint8Array.of(0x6e, 0, 1, 3, 1, 1, 1, 7, 4, 2, 36, 1);

export type ModelNode = {
  readonly version?: number;
  readonly codes?: FlatNode;
  readonly subgraphs?: FlatNode;
  readonly tensors?: FlatNode;
  readonly inputs?: FlatNode;
  readonly outputs?: FlatNode;
  readonly operators?: FlatNode;
  readonly buffers?: FlatNode;
  readonly lies?: FlatLies;
};

export const soundTensors: readonly FlatNode[] = [
  tensor("picture"),
  tensor("half weight", { dims: [1, 1, 1, 1], type: 1, buffer: 1 }),
  tensor("weight", { dims: [1, 1, 1, 1] }),
  tensor("convolved"),
  tensor("moved"),
];

export const soundOperators: readonly FlatNode[] = [
  operator({ code: 0, inputs: [1], outputs: [2] }),
  operator({ code: 1, inputs: [0, 2, -1], outputs: [3], optionsType: 1, options: convOptions }),
  operator({ code: 2, inputs: [3], outputs: [4], custom: run(flexMap) }),
];

/** A model of three operators (a half-precision weight, a convolution with RELU, one of its own), unless said otherwise. */
export function tfliteOf(node: ModelNode = {}): Uint8Array<ArrayBuffer> {
  const subgraph = table([
    node.tensors ?? tables(soundTensors),
    node.inputs ?? int32s([0]),
    node.outputs ?? int32s([4]),
    node.operators ?? tables(soundOperators),
  ]);
  const root = table(
    [
      int32(node.version ?? 3),
      node.codes ?? tables([code(6), code(3), code(32, "Move")]),
      node.subgraphs ?? tables([subgraph]),
      undefined,
      // Buffer 0 is empty by custom; buffer 1 holds the half 1.0.
      node.buffers ?? tables([table([]), table([run(Uint8Array.of(0, 0x3c))])]),
    ],
    node.lies,
  );
  return flatbufferOf(root);
}
