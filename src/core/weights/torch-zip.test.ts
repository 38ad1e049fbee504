// Torch checkpoints: what sound ones yield, and that every hostile one is refused by a message that names the cause.
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  littleEndian,
  op,
  pickleOf,
  tensorOps,
  torchZipOf,
  zipOf,
} from "../../../test/support/hostile-weights.ts";
import { memoryByteSource, readTensorBytes, readTensorFile } from "./index.ts";

const open = (bytes: Uint8Array) => readTensorFile(memoryByteSource("test.pt", bytes));

const orderedDict = bytesOf(op.global("collections", "OrderedDict"), op.emptyTuple, op.reduce);
const floats = (bytes: Uint8Array<ArrayBuffer>) => [...new Float32Array(bytes.buffer)];

describe("a sound checkpoint", () => {
  test("yields its tensors by path, with dtype and dims", () => {
    using file = open(torchZipOf(pickleOf(tensorOps())));
    expect(file.format).toBe("torch-zip");
    expect([...file.entries.keys()]).toEqual(["w"]);
    expect(file.entries.get("w")).toMatchObject({ dtype: "float32", dims: [2], byteLength: 8 });
    expect(floats(readTensorBytes(file, "w"))).toEqual([1, 2]);
  });

  test("yields numbers and strings beside its tensors as scalars", () => {
    const pickle = bytesOf(op.proto(), op.emptyDict, op.text("step"), op.int(-7), op.setItem, op.stop);
    using file = open(torchZipOf(pickle));
    expect(file.scalars.get("step")).toBe(-7);
  });

  test("drops the version table that torch keeps as the state of a state_dict", () => {
    const stateDict = bytesOf(orderedDict, op.text("w"), tensorOps(), op.setItem, op.emptyDict, op.build);
    using file = open(torchZipOf(bytesOf(op.proto(), stateDict, op.stop)));
    expect([...file.entries.keys()]).toEqual(["w"]);
  });

  test("yields a transposed tensor row by row", () => {
    const storage = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
    const pickle = pickleOf(tensorOps({ key: "1", elements: 6, dims: [3, 2], strides: [1, 3] }));
    using file = open(torchZipOf(pickle, [{ name: "model/data/1", content: storage }]));
    expect(floats(readTensorBytes(file, "w"))).toEqual([0, 3, 1, 4, 2, 5]);
  });

  test("yields a window that begins inside its storage", () => {
    using file = open(torchZipOf(pickleOf(tensorOps({ offsetElements: 1, dims: [1], strides: [1] }))));
    expect(floats(readTensorBytes(file, "w"))).toEqual([2]);
  });

  test("is read in chunks that hold whole elements", () => {
    using file = open(torchZipOf(pickleOf(tensorOps())));
    expect([...file.chunks("w", 5)].map((chunk) => chunk.byteLength)).toEqual([4, 4]);
  });
});

const storageBytes = new Uint8Array(8);
const withPickle = (value: Uint8Array) => torchZipOf(pickleOf(value));
const sound = withPickle(tensorOps());
const call = (module: string, name: string, ...args: readonly Uint8Array[]) =>
  bytesOf(op.global(module, name), op.tuple(...args), op.reduce);
const dataEntry = (lies: object) =>
  zipOf([
    { name: "model/data.pkl", content: pickleOf(tensorOps()) },
    { name: "model/data/0", content: storageBytes, lies },
  ]);

/** Case -> [bytes, words that the message must contain]. */
const hostilePickles: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "asks for os.system": [withPickle(call("os", "system", op.text("true"))), "os.system"],
  "asks for posix.system": [withPickle(call("posix", "system", op.text("true"))), "posix.system"],
  "asks for builtins.eval": [withPickle(call("builtins", "eval", op.text("1"))), "builtins.eval"],
  "asks for __builtin__.getattr": [withPickle(call("__builtin__", "getattr")), "__builtin__.getattr"],
  "asks for a name of Object.prototype": [withPickle(op.global("x", "__proto__")), "x.__proto__"],
  "asks for subprocess.Popen": [withPickle(call("subprocess", "Popen")), "subprocess.Popen"],
  "asks for a sparse tensor": [withPickle(call("torch._utils", "_rebuild_sparse_tensor")), "_rebuild_sparse_tensor"],
  "asks for a quantised tensor": [withPickle(call("torch._utils", "_rebuild_qtensor")), "_rebuild_qtensor"],
  "asks for argparse.Namespace": [withPickle(call("argparse", "Namespace")), "argparse.Namespace"],
  "uses STACK_GLOBAL": [withPickle(bytesOf(op.text("os"), op.text("system"), 0x93)), "0x93"],
  "uses INST": [withPickle(bytesOf("(", "i", "os\nsystem\n")), "0x69"],
  "uses OBJ": [withPickle(bytesOf("(", op.global("collections", "OrderedDict"), "o")), "0x6f"],
  "uses NEWOBJ": [withPickle(bytesOf(op.global("collections", "OrderedDict"), op.emptyTuple, 0x81)), "0x81"],
  "uses EXT1": [withPickle(bytesOf(0x82, 1)), "0x82"],
  "uses a text persistent id": [withPickle(bytesOf("P", "0\n")), "0x50"],
  "restores the state of a tensor": [withPickle(bytesOf(tensorOps(), op.emptyDict, op.build)), "state of an object"],
  "restores the state of a plain dictionary": [
    withPickle(bytesOf(op.emptyDict, op.emptyDict, op.build)),
    "state of an object",
  ],
  "restores a state that is no dictionary": [withPickle(bytesOf(orderedDict, op.none, op.build)), "state of an object"],
  "calls a tuple": [withPickle(bytesOf(op.emptyTuple, op.emptyTuple, op.reduce)), "no name"],
  "calls OrderedDict with items": [withPickle(call("collections", "OrderedDict", op.emptyList)), "arguments"],
  "rebuilds a tensor from a string": [
    withPickle(call("torch._utils", "_rebuild_tensor_v2", op.text("x"))),
    "arguments",
  ],
  "calls a storage type": [withPickle(call("torch", "FloatStorage")), "arguments"],
  "names an unknown storage type": [withPickle(tensorOps({ storage: "QUInt8Storage" })), "QUInt8Storage"],
  "names a storage by a path": [withPickle(tensorOps({ key: "../0" })), "unacceptable key"],
  "claims a negative storage": [withPickle(tensorOps({ elements: -2 })), "claims -2"],
  "sets a key twice": [
    torchZipOf(
      bytesOf(
        op.proto(),
        op.emptyDict,
        op.text("w"),
        op.int(1),
        op.setItem,
        op.text("w"),
        op.int(2),
        op.setItem,
        op.stop,
      ),
    ),
    "set twice",
  ],
  "has a tensor as key": [
    torchZipOf(bytesOf(op.proto(), op.emptyDict, tensorOps(), op.int(1), op.setItem, op.stop)),
    "key",
  ],
  "recalls what it never remembered": [withPickle(op.get(9)), "memo has no entry 9"],
  "contains itself": [
    torchZipOf(bytesOf(op.proto(), op.emptyDict, op.put(0), op.text("w"), op.get(0), op.setItem, op.stop)),
    "nests deeper",
  ],
  "pops an empty stack": [torchZipOf(bytesOf(op.proto(), op.setItem, op.stop)), "runs empty"],
  "leaves values over": [torchZipOf(bytesOf(op.proto(), op.none, op.none, op.stop)), "left over"],
  "has a mark where a value should be": [torchZipOf(bytesOf(op.proto(), op.mark, op.stop)), "mark"],
  "ends without STOP": [torchZipOf(bytesOf(op.proto(), op.none)), "cut off"],
  "ends inside a string": [torchZipOf(bytesOf(op.proto(), "X", littleEndian(100, 4), "abc")), "cut off"],
  "claims a string of 4 GB": [torchZipOf(bytesOf(op.proto(), "X", littleEndian(0xffffffff, 4))), "4294967295 bytes"],
  "claims an integer of 255 bytes": [withPickle(op.long(1n, 255)), "255 bytes"],
  "has an integer beyond 2^53": [withPickle(op.long(1n << 62n, 8)), "too large"],
  "is of protocol 5": [torchZipOf(bytesOf(op.proto(5), op.none, op.stop)), "newer than 4"],
};

const hostileTensors: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "more elements than the storage has": [withPickle(tensorOps({ dims: [3] })), "claims 3"],
  "a stride of 0 that makes much of little": [withPickle(tensorOps({ dims: [1e6], strides: [0] })), "claims 1000000"],
  "an offset beyond the storage": [withPickle(tensorOps({ offsetElements: 1 })), "reaches element 2"],
  "a negative offset": [withPickle(tensorOps({ offsetElements: -1 })), "backwards"],
  "a negative stride": [withPickle(tensorOps({ strides: [-1] })), "backwards"],
  "a negative dim": [withPickle(tensorOps({ dims: [-2] })), "-2"],
  "dims whose product overflows": [withPickle(tensorOps({ dims: [2 ** 40, 2 ** 40], strides: [1, 1] })), "overflows"],
  "nine axes": [withPickle(tensorOps({ dims: Array(9).fill(1), strides: Array(9).fill(1) })), "9 axes"],
  "fewer strides than dims": [withPickle(tensorOps({ dims: [1, 2], strides: [1] })), "arguments"],
  "a storage that is missing": [withPickle(tensorOps({ key: "7" })), "storage 7 is missing"],
  "a storage of another size": [withPickle(tensorOps({ elements: 3 })), "should have 12 bytes"],
  "another dtype than its storage's size": [
    withPickle(tensorOps({ storage: "DoubleStorage" })),
    "should have 16 bytes",
  ],
};

const hostileZips: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "a compressed entry": [dataEntry({ method: 8 }), "compressed"],
  "an encrypted entry": [dataEntry({ flags: 1 }), "encrypted"],
  "two sizes for one entry": [dataEntry({ packedBytes: 4 }), "two different sizes"],
  "an entry beyond the end": [dataEntry({ plainBytes: 5000, packedBytes: 5000 }), "beyond the end"],
  "an entry that lies on another": [dataEntry({ localOffsetBytes: 0, localName: "model/data.pkl" }), "calls itself"],
  "an entry that lies nowhere": [dataEntry({ localOffsetBytes: 3 }), "does not lie where"],
  "an entry of another name where it lies": [dataEntry({ localName: "model/data/9" }), "calls itself"],
  "a zip64 entry without its field": [dataEntry({ plainBytes: 0xffffffff, packedBytes: 0xffffffff }), "zip64"],
  "a zip64 field of 2^60 bytes": [
    dataEntry({
      plainBytes: 0xffffffff,
      packedBytes: 0xffffffff,
      extra: bytesOf(littleEndian(1, 2), littleEndian(16, 2), littleEndian(1n << 60n, 8), littleEndian(1n << 60n, 8)),
    }),
    "no size",
  ],
  "a path upwards": [
    torchZipOf(pickleOf(tensorOps()), [{ name: "model/../x", content: storageBytes }]),
    "unacceptable name",
  ],
  "an absolute path": [
    torchZipOf(pickleOf(tensorOps()), [{ name: "/etc/x", content: storageBytes }]),
    "unacceptable name",
  ],
  "a NUL in a name": [
    torchZipOf(pickleOf(tensorOps()), [{ name: "model/a\0b", content: storageBytes }]),
    "unacceptable name",
  ],
  "one name twice": [
    torchZipOf(pickleOf(tensorOps()), [{ name: "model/data/0", content: storageBytes }]),
    "two entries",
  ],
  "two pickles": [torchZipOf(pickleOf(tensorOps()), [{ name: "b/data.pkl", content: storageBytes }]), "more than one"],
  "no pickle": [zipOf([{ name: "model/x", content: storageBytes }]), "no data.pkl"],
  "big-endian storages": [
    torchZipOf(pickleOf(tensorOps()), [{ name: "model/byteorder", content: bytesOf("big") }]),
    "byte order",
  ],
  "something appended": [bytesOf(sound, "x"), "cut off or has something appended"],
};

describe.each([
  ["a pickle that", hostilePickles],
  ["a tensor with", hostileTensors],
  ["a zip with", hostileZips],
])("%s", (_, cases) => {
  test.each(Object.entries(cases))("%s is refused", (_name, [bytes, words]) => {
    expect(() => open(bytes)).toThrow(words);
  });
});

test("a checkpoint cut off at any byte is refused, never half read", () => {
  for (let length = 0; length < sound.byteLength; length++) expect(() => open(sound.subarray(0, length))).toThrow();
});

test("a checkpoint with any one byte changed is read or refused, and never crashes otherwise", () => {
  let refusals = 0;
  for (let position = 0; position < sound.byteLength; position++) {
    const copy = sound.slice();
    copy[position] = (copy[position] ?? 0) ^ 0xff;
    try {
      using file = open(copy);
      for (const name of file.entries.keys()) readTensorBytes(file, name);
    } catch (error) {
      expect(error).toMatchObject({ name: "DubError", kind: "refused" });
      refusals++;
    }
  }
  expect(refusals).toBeGreaterThan(sound.byteLength / 2);
});
