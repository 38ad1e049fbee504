// The part of onnx.proto this house reads and writes, as a table. Field numbers from onnx/onnx.proto of ONNX 1.16 (IR 10).

/** Scalars by how they lie on the wire; "bytes" and "string" are length-delimited, int64 and enums are varints. */
export type ScalarKind = "int64" | "bigint64" | "float" | "double" | "string" | "bytes";

export type FieldSpec = {
  readonly number: number;
  readonly type: string;
  /** "one", "many" (one tag each) or "packed" (one tag, all values). Readers accept both forms of lists. */
  readonly count: "one" | "many" | "packed";
};

const one = <const T extends string>(number: number, type: T) => ({ number, type, count: "one" }) as const;
const many = <const T extends string>(number: number, type: T) => ({ number, type, count: "many" }) as const;
const packed = <const T extends string>(number: number, type: T) => ({ number, type, count: "packed" }) as const;

/** Fields left out are skipped by readers; those named "refused" below are read so that they can be refused. */
export const messages = {
  ModelProto: {
    ir_version: one(1, "int64"),
    producer_name: one(2, "string"),
    producer_version: one(3, "string"),
    graph: one(7, "GraphProto"),
    opset_import: many(8, "OperatorSetIdProto"),
    metadata_props: many(14, "StringStringEntryProto"),
    training_info: many(20, "bytes"),
    functions: many(25, "bytes"),
  },
  GraphProto: {
    node: many(1, "NodeProto"),
    name: one(2, "string"),
    initializer: many(5, "TensorProto"),
    input: many(11, "ValueInfoProto"),
    output: many(12, "ValueInfoProto"),
    value_info: many(13, "ValueInfoProto"),
    sparse_initializer: many(15, "bytes"),
  },
  NodeProto: {
    input: many(1, "string"),
    output: many(2, "string"),
    name: one(3, "string"),
    op_type: one(4, "string"),
    attribute: many(5, "AttributeProto"),
    domain: one(7, "string"),
  },
  AttributeProto: {
    name: one(1, "string"),
    f: one(2, "float"),
    i: one(3, "int64"),
    s: one(4, "bytes"),
    t: one(5, "TensorProto"),
    g: one(6, "bytes"),
    floats: many(7, "float"),
    ints: many(8, "int64"),
    strings: many(9, "bytes"),
    type: one(20, "int64"),
    ref_attr_name: one(21, "string"),
  },
  TensorProto: {
    dims: many(1, "int64"),
    data_type: one(2, "int64"),
    segment: one(3, "bytes"),
    float_data: packed(4, "float"),
    int32_data: packed(5, "int64"),
    int64_data: packed(7, "bigint64"),
    name: one(8, "string"),
    raw_data: one(9, "bytes"),
    double_data: packed(10, "double"),
    uint64_data: packed(11, "bigint64"),
    external_data: many(13, "StringStringEntryProto"),
    data_location: one(14, "int64"),
  },
  ValueInfoProto: { name: one(1, "string"), type: one(2, "TypeProto") },
  TypeProto: {
    tensor_type: one(1, "TensorTypeProto"),
    sequence_type: one(4, "bytes"),
    map_type: one(5, "bytes"),
    sparse_tensor_type: one(8, "bytes"),
    optional_type: one(9, "bytes"),
  },
  TensorTypeProto: { elem_type: one(1, "int64"), shape: one(2, "TensorShapeProto") },
  TensorShapeProto: { dim: many(1, "DimensionProto") },
  DimensionProto: { dim_value: one(1, "int64"), dim_param: one(2, "string") },
  OperatorSetIdProto: { domain: one(1, "string"), version: one(2, "int64") },
  StringStringEntryProto: { key: one(1, "string"), value: one(2, "string") },
} as const satisfies Record<string, Record<string, FieldSpec>>;

export type MessageName = keyof typeof messages;

/** Bytes that are not in memory yet: written into a file piece by piece. */
export type ByteStream = {
  readonly byteLength: number;
  readonly read: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
};

type Scalars = {
  readonly int64: number;
  readonly bigint64: bigint;
  readonly float: number;
  readonly double: number;
  readonly string: string;
  readonly bytes: Uint8Array | ByteStream;
};

type ItemOf<T> = T extends MessageName ? Message<T> : T extends keyof Scalars ? Scalars[T] : never;

type ValueOfField<F> = F extends { readonly type: infer T; readonly count: infer C }
  ? C extends "one"
    ? ItemOf<T>
    : readonly ItemOf<T>[]
  : never;

/** A message as plain data; a field that is absent is undefined. */
export type Message<M extends MessageName> = {
  readonly [F in keyof (typeof messages)[M]]?: ValueOfField<(typeof messages)[M][F]> | undefined;
};
