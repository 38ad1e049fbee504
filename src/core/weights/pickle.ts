// Walks a pickle without executing it: a stack machine over an allow-list of opcodes and names.
import { refused } from "../../shared/failure/index.ts";
import { globalRules } from "./pickle-globals.ts";
import type { PickleDict, PickleTuple, PickleValue } from "./pickle-values.ts";

/** Limits far above what any known checkpoint needs, far below what would hurt. */
export const pickleLimits = {
  bytes: 64 << 20,
  stackDepth: 1_000_000,
  memoSize: 4_000_000,
  stringBytes: 1 << 20,
  operations: 50_000_000,
} as const;

/** The value that the pickle describes. `name` is for messages. Refuses whatever is not on the lists, by name. */
export const walkPickle = (name: string, bytes: Uint8Array<ArrayBuffer>): PickleValue =>
  walkPickleAt(name, bytes, 0).value;

/** One of several pickles that stand one after the other; `nextByte` is where it ends. */
export function walkPickleAt(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  firstByte: number,
): { readonly value: PickleValue; readonly nextByte: number } {
  const machine = new Machine(name, bytes, firstByte);
  for (let operations = 0; operations < pickleLimits.operations; operations++) {
    const opcode = machine.takeByte();
    if (opcode === stop) return { value: machine.finish(), nextByte: machine.position };
    const rule = opcodes.get(opcode);
    if (!rule) throw machine.bad(`the opcode 0x${opcode.toString(16).padStart(2, "0")} is not on the allow-list`);
    rule(machine);
  }
  throw machine.bad(`it has more than ${pickleLimits.operations} operations`);
}

const mark = Symbol("mark");
type Slot = PickleValue | typeof mark;

class Machine {
  readonly #name: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #position: number;

  constructor(name: string, bytes: Uint8Array<ArrayBuffer>, firstByte: number) {
    this.#name = name;
    this.#position = firstByte;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.byteLength > pickleLimits.bytes)
      throw this.bad(`it has ${bytes.byteLength} bytes, more than ${pickleLimits.bytes}`);
  }

  get position(): number {
    return this.#position;
  }

  bad(why: string) {
    return refused("weights.bad-pickle", {
      message: `${this.#name} is not a plain checkpoint: ${why} (at byte ${this.#position} of its pickle).`,
      hint: "Only files that hold nothing but tensors are read. Nothing of the file was executed.",
      details: { why, position: this.#position },
    });
  }

  take(byteCount: number): number {
    const position = this.#position;
    if (position + byteCount > this.#bytes.byteLength) throw this.bad("it is cut off");
    this.#position += byteCount;
    return position;
  }

  takeByte = (): number => this.#view.getUint8(this.take(1));
  takeUint16 = (): number => this.#view.getUint16(this.take(2), true);
  takeInt32 = (): number => this.#view.getInt32(this.take(4), true);
  takeUint32 = (): number => this.#view.getUint32(this.take(4), true);
  takeFloat64 = (): number => this.#view.getFloat64(this.take(8), false);

  takeText(byteCount: number): string {
    if (byteCount > pickleLimits.stringBytes) throw this.bad(`a string has ${byteCount} bytes`);
    const start = this.take(byteCount);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + byteCount));
  }

  takeLine(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0 || end - this.#position > 1000) throw this.bad("a name has no end");
    const text = this.takeText(end - this.#position);
    this.take(1);
    return text;
  }

  /** A little-endian two's complement integer of any length. */
  takeLong(byteCount: number): number {
    if (byteCount > 8) throw this.bad(`an integer has ${byteCount} bytes`);
    const start = this.take(byteCount);
    let value = 0n;
    for (let index = byteCount - 1; index >= 0; index--)
      value = (value << 8n) | BigInt(this.#bytes[start + index] ?? 0);
    const signed = BigInt.asIntN(8 * Math.max(byteCount, 1), value);
    if (signed > BigInt(Number.MAX_SAFE_INTEGER) || signed < BigInt(Number.MIN_SAFE_INTEGER))
      throw this.bad("an integer is too large");
    return Number(signed);
  }

  push(value: PickleValue): void {
    if (this.#stack.length >= pickleLimits.stackDepth) throw this.bad("its stack grows too high");
    this.#stack.push(value);
  }

  pushMark(): void {
    if (this.#stack.length >= pickleLimits.stackDepth) throw this.bad("its stack grows too high");
    this.#stack.push(mark);
  }

  pop(): PickleValue {
    if (this.#stack.length === 0) throw this.bad("its stack runs empty");
    const slot = this.#stack.pop();
    if (slot === mark) throw this.bad("a mark stands where a value should");
    return slot;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popToMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.bad("a mark is missing");
    const values = this.#stack.splice(at).slice(1);
    return values as PickleValue[]; // everything above the last mark is a value
  }

  popTuple(): PickleTuple {
    const value = this.pop();
    if (typeof value !== "object" || value.kind !== "tuple") throw this.bad("a tuple is missing");
    return value;
  }

  remember(index: number): void {
    if (index > pickleLimits.memoSize) throw this.bad("its memo grows too large");
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) throw this.bad(`the memo has no entry ${index}`);
    this.push(this.#memo.get(index));
  }

  finish(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0) throw this.bad("values are left over at its end");
    return value;
  }
}

function pushGlobal(machine: Machine): void {
  const module = machine.takeLine();
  const name = `${module}.${machine.takeLine()}`;
  if (!Object.hasOwn(globalRules, name))
    throw machine.bad(`it asks for ${JSON.stringify(name)}, which is not on the allow-list`);
  machine.push({ kind: "global", name });
}

function reduce(machine: Machine): void {
  const args = machine.popTuple();
  const callee = machine.pop();
  if (typeof callee !== "object" || callee.kind !== "global") throw machine.bad("it calls something that is no name");
  const result = globalRules[callee.name]?.call?.(args);
  if (result === undefined) throw machine.bad(`${callee.name} is called with arguments it does not take`);
  machine.push(result);
}

/** ("storage", <storage type>, key, location, element count[, view]); only files older than torch 1.6 may have views. */
function pushStorage(machine: Machine): void {
  const [label, type, key, , count, view] = machine.popTuple().items;
  const rule = typeof type === "object" && type.kind === "global" ? globalRules[type.name] : undefined;
  if (label !== "storage" || !rule?.storageDtype || typeof key !== "string" || typeof count !== "number")
    throw machine.bad("a persistent id describes no storage");
  if (view !== undefined) throw machine.bad("a storage is a view of another");
  // A count in newer files, an address in older ones.
  if (!/^[0-9]{1,20}$/.test(key)) throw machine.bad(`a storage has the unacceptable key ${JSON.stringify(key)}`);
  if (!Number.isSafeInteger(count) || count < 0) throw machine.bad(`a storage claims ${count} elements`);
  machine.push({ kind: "storage", dtype: rule.storageDtype, key, elementCount: count });
}

/**
 * torch writes the version table of a state_dict as the state of its OrderedDict, and its first releases wrote flags and
 * hooks as the state of a parameter. Both are dropped; any other object with a state is refused, because restoring a
 * state is how a pickle runs code.
 */
function dropPlainState(machine: Machine): void {
  const state = machine.pop();
  const target = machine.top();
  const kinds = typeof state === "object" && typeof target === "object" ? `${target.kind} ${state.kind}` : "";
  const isVersionTable =
    kinds === "dict dict" && typeof target === "object" && "isOrdered" in target && target.isOrdered;
  if (!isVersionTable && kinds !== "tensor tuple") throw machine.bad("it restores the state of an object");
}

function setItems(machine: Machine, values: readonly PickleValue[]): void {
  const target = machine.top();
  if (typeof target !== "object" || target.kind !== "dict") throw machine.bad("items are set on what is no dictionary");
  for (let index = 0; index + 1 < values.length; index += 2)
    setItem(machine, target, [values[index], values[index + 1]]);
  if (values.length % 2 !== 0) throw machine.bad("a key has no value");
}

function setItem(machine: Machine, target: PickleDict, [key, value]: readonly [PickleValue, PickleValue]): void {
  if (typeof key !== "string" && typeof key !== "number") throw machine.bad("a key is neither text nor number");
  if (target.entries.has(key)) throw machine.bad(`the key ${JSON.stringify(key)} is set twice`);
  target.entries.set(key, value);
}

function appendAll(machine: Machine, values: readonly PickleValue[]): void {
  const target = machine.top();
  if (typeof target !== "object" || target.kind !== "list") throw machine.bad("items are appended to what is no list");
  for (const value of values) target.items.push(value);
}

const pushTuple = (machine: Machine, itemCount: number): void => {
  const items: PickleValue[] = [];
  for (let index = 0; index < itemCount; index++) items.unshift(machine.pop());
  machine.push({ kind: "tuple", items });
};

const stop = 0x2e;

/** Opcodes of pickle protocols 2 to 4 that plain data needs; names as in CPython's pickletools. */
const opcodes: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [
    0x80,
    (m) => {
      if (m.takeByte() > 4) throw m.bad("its protocol is newer than 4");
    },
  ], // PROTO
  [0x28, (m) => m.pushMark()], // MARK
  [0x63, pushGlobal], // GLOBAL
  [0x52, reduce], // REDUCE
  [0x62, dropPlainState], // BUILD
  [0x51, pushStorage], // BINPERSID
  [0x4e, (m) => m.push(undefined)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.takeInt32())], // BININT
  [0x4b, (m) => m.push(m.takeByte())], // BININT1
  [0x4d, (m) => m.push(m.takeUint16())], // BININT2
  [0x8a, (m) => m.push(m.takeLong(m.takeByte()))], // LONG1
  [0x47, (m) => m.push(m.takeFloat64())], // BINFLOAT
  [0x58, (m) => m.push(m.takeText(m.takeUint32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.takeText(m.takeByte()))], // SHORT_BINUNICODE
  [0x55, (m) => m.push(m.takeText(m.takeByte()))], // SHORT_BINSTRING
  [0x29, (m) => pushTuple(m, 0)], // EMPTY_TUPLE
  [0x85, (m) => pushTuple(m, 1)], // TUPLE1
  [0x86, (m) => pushTuple(m, 2)], // TUPLE2
  [0x87, (m) => pushTuple(m, 3)], // TUPLE3
  [0x74, (m) => m.push({ kind: "tuple", items: m.popToMark() })], // TUPLE
  [0x5d, (m) => m.push({ kind: "list", items: [] })], // EMPTY_LIST
  [0x7d, (m) => m.push({ kind: "dict", isOrdered: false, entries: new Map() })], // EMPTY_DICT
  [
    0x61,
    (m) => {
      const item = m.pop();
      appendAll(m, [item]);
    },
  ], // APPEND
  [0x65, (m) => appendAll(m, m.popToMark())], // APPENDS
  [
    0x73,
    (m) => {
      const value = m.pop();
      const key = m.pop();
      setItems(m, [key, value]);
    },
  ], // SETITEM
  [0x75, (m) => setItems(m, m.popToMark())], // SETITEMS
  [0x71, (m) => m.remember(m.takeByte())], // BINPUT
  [0x72, (m) => m.remember(m.takeUint32())], // LONG_BINPUT
  [0x68, (m) => m.recall(m.takeByte())], // BINGET
  [0x6a, (m) => m.recall(m.takeUint32())], // LONG_BINGET
]);
