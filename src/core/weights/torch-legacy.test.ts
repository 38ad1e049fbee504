// Checkpoints of before torch 1.6: what sound ones yield, and that every hostile one is refused by name.
import { describe, expect, test } from "vitest";
import { DubError } from "../../shared/failure/index.ts";
import {
  bytesOf,
  listOps,
  op,
  pickleOf,
  tensorOps,
  torchLegacyOf,
  torchZipOf,
} from "../../../test/support/hostile-weights.ts";
import { memoryByteSource, readTensorBytes, readTensorFile } from "./index.ts";

const open = (bytes: Uint8Array) => readTensorFile(memoryByteSource("old.pth", bytes));
const floats = (bytes: Uint8Array<ArrayBuffer>) => [...new Float32Array(bytes.buffer)];

const key = "94031293844560";
const at = (sketch: Parameters<typeof tensorOps>[0] = {}) => tensorOps({ key, ...sketch });
const orderedDict = bytesOf(op.global("collections", "OrderedDict"), op.emptyTuple, op.reduce);

describe("a sound checkpoint of before 1.6", () => {
  test("yields its tensors by path", () => {
    using file = open(torchLegacyOf());
    expect(file.format).toBe("torch-legacy");
    expect(file.entries.get("w")).toMatchObject({ dtype: "float32", dims: [2], byteLength: 8 });
    expect(floats(readTensorBytes(file, "w"))).toEqual([1, 2]);
  });

  test("may say of its storages that they are no views", () => {
    using file = open(torchLegacyOf({ root: pickleOf(at({ view: op.none })) }));
    expect(floats(readTensorBytes(file, "w"))).toEqual([1, 2]);
  });

  test("yields parameters as torch 0.1 wrote them, whose flags are dropped", () => {
    const yes = Uint8Array.of(0x88);
    const parameter = bytesOf(op.global("torch.nn.parameter", "Parameter"), op.tuple(at()), op.reduce);
    const root = pickleOf(bytesOf(parameter, op.tuple(yes, op.no, orderedDict), op.build));
    using file = open(torchLegacyOf({ root }));
    expect(floats(readTensorBytes(file, "w"))).toEqual([1, 2]);
  });

  test("yields two tensors of one storage, and several storages in the order of their list", () => {
    const root = bytesOf(
      bytesOf(op.proto(), op.emptyDict),
      bytesOf(op.text("a"), at({ dims: [1], offsetElements: 1 }), op.setItem),
      bytesOf(op.text("b"), at(), op.setItem),
      bytesOf(op.text("c"), at({ key: "7", elements: 1, dims: [1] }), op.setItem),
      op.stop,
    );
    const storages = [
      { count: 1, content: new Uint8Array(Float32Array.of(9).buffer) },
      { count: 2, content: new Uint8Array(Float32Array.of(1, 2).buffer) },
    ];
    using file = open(torchLegacyOf({ root, keys: listOps("7", key), storages }));
    expect(["a", "b", "c"].map((name) => floats(readTensorBytes(file, name)))).toEqual([[2], [1, 2], [9]]);
  });
});

const two = { content: new Uint8Array(8) };
const big = bytesOf(op.emptyDict, op.text("little_endian"), op.no, op.setItem);
const twoTensors = (first: Uint8Array, second: Uint8Array) =>
  bytesOf(op.proto(), op.emptyDict, op.text("a"), first, op.setItem, op.text("b"), second, op.setItem, op.stop);

/** Lists in lists, each mentioned twice by the next: two to the 30th paths to nothing. */
const bomb = bytesOf(
  bytesOf(op.proto(), op.mark, op.emptyList, op.put(0)),
  ...Array.from({ length: 30 }, (_, level) =>
    bytesOf(op.get(level), op.get(level), Uint8Array.of(0x86), op.put(level + 1)),
  ),
  bytesOf(Uint8Array.of(0x74), op.stop),
);

const hostile: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "another magic number": [
    torchLegacyOf({
      magic: Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0),
    }),
    /magic number is wrong/u,
  ],
  "another protocol": [torchLegacyOf({ version: op.int(1002) }), /protocol is not 1001/u],
  "a protocol that is a call": [torchLegacyOf({ version: op.global("os", "system") }), /"os.system", which is not on/u],
  "no machine": [torchLegacyOf({ system: op.none }), /does not describe the machine/u],
  "a big-endian machine": [torchLegacyOf({ system: big }), /not little-endian/u],
  "a root that runs code": [
    torchLegacyOf({ root: pickleOf(bytesOf(op.global("builtins", "eval"), op.tuple(op.text("1")), op.reduce)) }),
    /"builtins.eval", which is not on the allow-list/u,
  ],
  "a root that restores a list's state": [
    torchLegacyOf({ root: pickleOf(bytesOf(op.emptyList, op.emptyDict, op.build)) }),
    /restores the state of an object/u,
  ],
  "a tensor whose state is a dictionary": [
    torchLegacyOf({ root: pickleOf(bytesOf(at(), op.emptyDict, op.build)) }),
    /restores the state of an object/u,
  ],
  "a storage that is a view": [torchLegacyOf({ root: pickleOf(at({ view: op.tuple(op.text("1")) })) }), /is a view/u],
  "a storage key that is a path": [torchLegacyOf({ root: pickleOf(at({ key: "../1" })) }), /unacceptable key/u],
  "keys that are no list": [torchLegacyOf({ keys: op.emptyDict }), /does not list its storages/u],
  "a key that is no text": [torchLegacyOf({ keys: bytesOf(op.emptyList, op.int(1), "a") }), /no text/u],
  "a key listed twice": [torchLegacyOf({ keys: listOps(key, key) }), /lists a storage twice/u],
  "a storage that no tensor lies in": [
    torchLegacyOf({ keys: listOps(key, "5"), storages: [two, two] }),
    /no tensor lies in its storage 5/u,
  ],
  "a tensor without its storage": [torchLegacyOf({ keys: listOps(), storages: [] }), /does not list storage 94031/u],
  "two sizes of one storage": [
    torchLegacyOf({ root: twoTensors(at(), at({ elements: 3 })) }),
    /"b" says something else about storage/u,
  ],
  "two types of one storage": [
    torchLegacyOf({ root: twoTensors(at(), at({ storage: "IntStorage" })) }),
    /"b" says something else about storage/u,
  ],
  "a storage of another count": [torchLegacyOf({ storages: [{ ...two, count: 3 }] }), /holds 3 elements instead of 2/u],
  "a count that overflows": [torchLegacyOf({ storages: [{ ...two, count: 2 ** 53 }] }), /instead of 2/u],
  "a storage cut off": [torchLegacyOf({ storages: [{ content: new Uint8Array(7) }] }), /reaches beyond the end/u],
  "a storage without its count": [torchLegacyOf({ storages: [] }), /ends at byte/u],
  "something appended": [torchLegacyOf({ tail: Uint8Array.of(0) }), /storages end at byte/u],
  "a storage larger than any file": [
    torchLegacyOf({ root: pickleOf(at({ elements: 2 ** 50, dims: [2 ** 50] })) }),
    /holds 2 elements instead of/u,
  ],
  "a tensor outside its storage": [torchLegacyOf({ root: pickleOf(at({ offsetElements: 1 })) }), /reaches element 2/u],
  "a tensor larger than its storage": [torchLegacyOf({ root: pickleOf(at({ dims: [9] })) }), /claims 9 elements of 2/u],
  "lists that mention lists without end": [torchLegacyOf({ root: bomb }), /describes more than 2000000 values/u],
  "the same bomb in a newer file": [torchZipOf(bomb), /describes more than 2000000 values/u],
};

describe("a hostile checkpoint of before 1.6 is refused by name", () => {
  test.each(Object.entries(hostile))("%s", (_name, [bytes, message]) => {
    expect(() => open(bytes)).toThrow(message);
    expect(() => open(bytes)).toThrow(DubError);
  });

  test("cut off at any byte", () => {
    const sound = torchLegacyOf();
    for (let byteLength = 0; byteLength < sound.byteLength; byteLength++)
      expect(() => open(sound.slice(0, byteLength))).toThrow(DubError);
  });
});
