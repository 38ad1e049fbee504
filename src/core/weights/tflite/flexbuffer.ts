// Reads the flat maps of numbers that TFLite's custom operators keep their options in (FlexBuffers), checked throughout.
import { refused } from "../../../shared/failure/index.ts";

export type FlexValue = number | string | readonly number[];

/** Layout as in the FlexBuffers specification: the root stands at the end, every offset leads backwards. */
const kinds = {
  null: 0,
  int: 1,
  uint: 2,
  float: 3,
  key: 4,
  string: 5,
  map: 9,
  vector: 10,
  ints: 11,
  uints: 12,
  floats: 13,
};
const inlineKinds: ReadonlySet<number> = new Set([kinds.int, kinds.uint, kinds.float, 26]);
const pairsAndMore = { firstOfIntPair: 16, lastOfFloatQuad: 24 };
const maxLength = 4096;

type Slot = { readonly at: number; readonly byteWidth: number; readonly packedType: number };

/** The map at the root of `bytes`. Values that are neither number, text nor list of numbers are refused. */
export function readFlexMap(name: string, bytes: Uint8Array<ArrayBuffer>): ReadonlyMap<string, FlexValue> {
  const reader = new FlexReader(name, bytes);
  return reader.map(reader.root());
}

class FlexReader {
  readonly #name: string;
  readonly #view: DataView<ArrayBuffer>;

  constructor(name: string, bytes: Uint8Array<ArrayBuffer>) {
    this.#name = name;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  bad(why: string) {
    return refused("weights.bad-flexbuffer", {
      message: `The options of an operator in ${this.#name} cannot be read: ${why}.`,
      hint: "Reinstall the package it came with, or fetch the file again.",
      details: { why },
    });
  }

  root(): Slot {
    const { byteLength } = this.#view;
    if (byteLength < 3) throw this.bad("they are too short");
    const byteWidth = this.#view.getUint8(byteLength - 1);
    return { at: byteLength - 2 - byteWidth, byteWidth, packedType: this.#view.getUint8(byteLength - 2) };
  }

  #unsigned(at: number, byteWidth: number): number {
    this.#need(at, byteWidth);
    if (byteWidth === 1) return this.#view.getUint8(at);
    if (byteWidth === 2) return this.#view.getUint16(at, true);
    if (byteWidth === 4) return this.#view.getUint32(at, true);
    const value = this.#view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.bad("a number is too large");
    return Number(value);
  }

  #need(at: number, byteWidth: number): void {
    if (![1, 2, 4, 8].includes(byteWidth)) throw this.bad(`a width of ${byteWidth} bytes does not exist`);
    if (at < 0 || at + byteWidth > this.#view.byteLength) throw this.bad(`byte ${at} lies outside them`);
  }

  #signed(at: number, byteWidth: number): number {
    const value = this.#unsigned(at, byteWidth);
    const bits = 8 * byteWidth;
    return bits < 64 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  #float(at: number, byteWidth: number): number {
    this.#need(at, byteWidth);
    if (byteWidth === 4) return this.#view.getFloat32(at, true);
    if (byteWidth === 8) return this.#view.getFloat64(at, true);
    throw this.bad(`a floating-point number has ${byteWidth} bytes`);
  }

  #target({ at, byteWidth }: Pick<Slot, "at" | "byteWidth">): number {
    const offsetBytes = this.#unsigned(at, byteWidth);
    if (offsetBytes === 0 || offsetBytes > at) throw this.bad("an offset leads outside them");
    return at - offsetBytes;
  }

  #length(at: number, byteWidth: number): number {
    const length = this.#unsigned(at - byteWidth, byteWidth);
    if (length > maxLength) throw this.bad(`a list claims ${length} elements, more than ${maxLength}`);
    if (at + length * byteWidth > this.#view.byteLength) throw this.bad("a list ends outside them");
    return length;
  }

  #key(at: number): string {
    let endAt = at;
    while (endAt < this.#view.byteLength && this.#view.getUint8(endAt) !== 0) endAt++;
    return this.#text(at, endAt - at);
  }

  #text(at: number, byteLength: number): string {
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, byteLength));
  }

  map(slot: Slot): ReadonlyMap<string, FlexValue> {
    if (slot.packedType >> 2 !== kinds.map) throw this.bad("they are no map");
    const byteWidth = 1 << (slot.packedType & 3);
    const at = this.#target(slot);
    const length = this.#length(at, byteWidth);
    const keysAt = this.#target({ at: at - 3 * byteWidth, byteWidth });
    const keyWidth = this.#unsigned(at - 2 * byteWidth, byteWidth);
    if (this.#length(keysAt, keyWidth) !== length) throw this.bad("keys and values differ in number");
    const result = new Map<string, FlexValue>();
    for (let index = 0; index < length; index++) {
      const key = this.#key(this.#target({ at: keysAt + index * keyWidth, byteWidth: keyWidth }));
      if (result.has(key)) throw this.bad(`the key ${JSON.stringify(key)} stands twice`);
      const typeAt = at + length * byteWidth + index;
      result.set(
        key,
        this.#value({ at: at + index * byteWidth, byteWidth, packedType: this.#unsigned(typeAt, 1) }, key),
      );
    }
    return result;
  }

  #value(slot: Slot, key: string): FlexValue {
    const kind = slot.packedType >> 2;
    if (inlineKinds.has(kind)) return this.#number(slot.at, slot.byteWidth, kind);
    const byteWidth = 1 << (slot.packedType & 3);
    const at = this.#target(slot);
    if (kind === kinds.string) return this.#text(at, this.#length(at, byteWidth));
    const list = this.#listOf(kind, at, byteWidth);
    if (!list) throw this.bad(`"${key}" is of the kind ${kind}, which no operator here needs`);
    return Array.from({ length: list.length }, (_, index) =>
      this.#number(at + index * byteWidth, byteWidth, list.kindOf(index)),
    );
  }

  #number(at: number, byteWidth: number, kind: number): number {
    if (kind === kinds.float) return this.#float(at, byteWidth);
    if (kind === kinds.int) return this.#signed(at, byteWidth);
    if (kind === kinds.uint || kind === 26) return this.#unsigned(at, byteWidth);
    throw this.bad(`a list holds something of the kind ${kind}`);
  }

  /** Typed lists state their kind once; pairs, triples and quads of numbers state their length in it, too. */
  #listOf(kind: number, at: number, byteWidth: number) {
    if (kind >= kinds.ints && kind <= kinds.floats)
      return { length: this.#length(at, byteWidth), kindOf: () => kind - kinds.ints + kinds.int };
    if (kind >= pairsAndMore.firstOfIntPair && kind <= pairsAndMore.lastOfFloatQuad) {
      const index = kind - pairsAndMore.firstOfIntPair;
      return { length: Math.floor(index / 3) + 2, kindOf: () => (index % 3) + kinds.int };
    }
    if (kind !== kinds.vector) return undefined;
    const length = this.#length(at, byteWidth);
    return { length, kindOf: (index: number) => this.#unsigned(at + length * byteWidth + index, 1) >> 2 };
  }
}
