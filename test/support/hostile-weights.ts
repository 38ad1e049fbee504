// Makes checkpoints for tests, sound and hostile: pickles op by op, stored zips entry by entry, safetensors by header.

const encoder = new TextEncoder();

export function bytesOf(...parts: readonly (number | string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const arrays = parts.map((part) =>
    typeof part === "number" ? Uint8Array.of(part) : typeof part === "string" ? encoder.encode(part) : part,
  );
  const result = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let position = 0;
  for (const array of arrays) {
    result.set(array, position);
    position += array.byteLength;
  }
  return result;
}

export function littleEndian(value: number | bigint, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 255n));
}

/** Pickle opcodes as a small assembler; each returns its bytes. */
export const op = {
  proto: (version = 2) => bytesOf(0x80, version),
  stop: bytesOf("."),
  mark: bytesOf("("),
  global: (module: string, name: string) => bytesOf("c", module, "\n", name, "\n"),
  text: (text: string) => bytesOf("X", littleEndian(encoder.encode(text).byteLength, 4), text),
  int: (value: number) => bytesOf("J", littleEndian(value, 4)),
  long: (value: bigint, byteCount: number) => bytesOf(0x8a, byteCount, littleEndian(value, byteCount)),
  tuple: (...items: readonly Uint8Array[]) => bytesOf("(", ...items, "t"),
  emptyTuple: bytesOf(")"),
  emptyDict: bytesOf("}"),
  emptyList: bytesOf("]"),
  reduce: bytesOf("R"),
  build: bytesOf("b"),
  persistentId: bytesOf("Q"),
  setItem: bytesOf("s"),
  none: bytesOf("N"),
  no: bytesOf(0x89),
  put: (index: number) => bytesOf("q", index),
  get: (index: number) => bytesOf("h", index),
};

export type TensorSketch = {
  readonly key?: string;
  readonly storage?: string;
  readonly elements?: number;
  readonly offsetElements?: number;
  readonly dims?: readonly number[];
  readonly strides?: readonly number[];
  /** A sixth member of the storage's id, as files before torch 1.6 have it. */
  readonly view?: Uint8Array;
};

/** The opcodes of one tensor; the defaults describe two float32 elements of storage "0". */
export function tensorOps(sketch: TensorSketch = {}): Uint8Array {
  const { key = "0", storage = "FloatStorage", elements = 2, offsetElements = 0, dims = [2], strides = [1] } = sketch;
  const numbers = (values: readonly number[]) =>
    op.tuple(...values.map((value) => (Math.abs(value) < 2 ** 31 ? op.int(value) : op.long(BigInt(value), 8))));
  const storageId = op.tuple(
    op.text("storage"),
    op.global("torch", storage),
    op.text(key),
    op.text("cpu"),
    elements < 2 ** 31 ? op.int(elements) : op.long(BigInt(elements), 8),
    ...(sketch.view ? [sketch.view] : []),
  );
  const hooks = bytesOf(op.global("collections", "OrderedDict"), op.emptyTuple, op.reduce);
  return bytesOf(
    op.global("torch._utils", "_rebuild_tensor_v2"),
    op.tuple(
      bytesOf(storageId, op.persistentId),
      op.int(offsetElements),
      numbers(dims),
      numbers(strides),
      op.no,
      hooks,
    ),
    op.reduce,
  );
}

/** A pickle of {"w": <value>}. */
export const pickleOf = (value: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytesOf(op.proto(), op.emptyDict, op.text("w"), value, op.setItem, op.stop);

export type ZipSketch = {
  readonly name: string;
  readonly content: Uint8Array;
  /** What the directory says instead of the truth. */
  readonly lies?: {
    readonly method?: number;
    readonly flags?: number;
    readonly plainBytes?: number;
    readonly packedBytes?: number;
    readonly localOffsetBytes?: number;
    readonly localName?: string;
    readonly extra?: Uint8Array;
  };
};

/** A zip of stored entries with a central directory; checksums are left 0, which no reader of ours looks at. */
export function zipOf(entries: readonly ZipSketch[]): Uint8Array<ArrayBuffer> {
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let position = 0;
  for (const { name, content, lies = {} } of entries) {
    const sizes = bytesOf(
      littleEndian(lies.packedBytes ?? content.byteLength, 4),
      littleEndian(lies.plainBytes ?? content.byteLength, 4),
    );
    const nameBytes = encoder.encode(name);
    const localName = encoder.encode(lies.localName ?? name);
    const common = bytesOf(
      littleEndian(lies.flags ?? 0, 2),
      littleEndian(lies.method ?? 0, 2),
      new Uint8Array(8),
      sizes,
    );
    const local = bytesOf(
      "PK\x03\x04",
      littleEndian(20, 2),
      common,
      littleEndian(localName.byteLength, 2),
      littleEndian(0, 2),
      localName,
      content,
    );
    const extra = lies.extra ?? new Uint8Array(0);
    centrals.push(
      bytesOf(
        "PK\x01\x02",
        littleEndian(20, 2),
        littleEndian(20, 2),
        common,
        littleEndian(nameBytes.byteLength, 2),
        littleEndian(extra.byteLength, 2),
        new Uint8Array(10),
        littleEndian(lies.localOffsetBytes ?? position, 4),
        nameBytes,
        extra,
      ),
    );
    locals.push(local);
    position += local.byteLength;
  }
  const directory = bytesOf(...centrals);
  const end = bytesOf(
    "PK\x05\x06",
    new Uint8Array(4),
    littleEndian(entries.length, 2),
    littleEndian(entries.length, 2),
    littleEndian(directory.byteLength, 4),
    littleEndian(position, 4),
    littleEndian(0, 2),
  );
  return bytesOf(...locals, directory, end);
}

/** A torch checkpoint of one pickle and one storage of two float32 elements, 1 and 2. */
export function torchZipOf(pickle: Uint8Array, extra: readonly ZipSketch[] = []): Uint8Array<ArrayBuffer> {
  return zipOf([
    { name: "model/data.pkl", content: pickle },
    { name: "model/data/0", content: new Uint8Array(Float32Array.of(1, 2).buffer) },
    ...extra,
  ]);
}

/** A safetensors file of a header (JSON text, or a value) and data. */
export function safetensorsOf(header: unknown, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  return bytesOf(littleEndian(encoder.encode(text).byteLength, 8), text, data);
}

export type LegacySketch = {
  readonly magic?: Uint8Array;
  readonly version?: Uint8Array;
  readonly system?: Uint8Array;
  readonly root?: Uint8Array;
  readonly keys?: Uint8Array;
  readonly storages?: readonly { readonly count?: number; readonly content: Uint8Array }[];
  readonly tail?: Uint8Array;
};

/** A list of texts. */
export const listOps = (...keys: readonly string[]): Uint8Array =>
  bytesOf(op.emptyList, op.mark, ...keys.map(op.text), "e");

const pickled = (value: Uint8Array): Uint8Array => bytesOf(op.proto(), value, op.stop);

/** A checkpoint of before torch 1.6 with one storage of two float32 elements, 1 and 2, unless said otherwise. */
export function torchLegacyOf(sketch: LegacySketch = {}): Uint8Array<ArrayBuffer> {
  const magic = Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);
  const yes = Uint8Array.of(0x88);
  const system = bytesOf(op.emptyDict, op.text("little_endian"), yes, op.setItem);
  const storages = sketch.storages ?? [{ content: new Uint8Array(Float32Array.of(1, 2).buffer) }];
  return bytesOf(
    sketch.magic ?? magic,
    pickled(sketch.version ?? op.int(1001)),
    pickled(sketch.system ?? system),
    sketch.root ?? pickleOf(tensorOps({ key: "94031293844560" })),
    pickled(sketch.keys ?? listOps("94031293844560")),
    ...storages.flatMap(({ count = 2, content }) => [littleEndian(count, 8), content]),
    sketch.tail ?? new Uint8Array(0),
  );
}
