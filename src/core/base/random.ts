// Randomness as an argument: the same seed gives the same numbers on every machine.
import { randomBytes } from "node:crypto";

export type Random = {
  /** A float in [0, 1) with 32 random bits. */
  readonly uniform: () => number;
  /** An unsigned 32-bit integer. */
  readonly uint32: () => number;
  /** `byteCount` random bytes, for ids and tokens. */
  readonly bytes: (byteCount: number) => Uint8Array;
};

/** SplitMix32 (Steele, Lea, Flood 2014, 32-bit finaliser of MurmurHash3): small, seeded, not for secrets. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return {
    uint32,
    uniform: () => uint32() / 4294967296,
    bytes: (byteCount) => Uint8Array.from({ length: byteCount }, () => uint32() & 0xff),
  };
}

/** The operating system's generator: for ids, tokens and fresh seeds. */
export const systemRandom: Random = {
  uint32: () => randomBytes(4).readUInt32LE(0),
  uniform: () => randomBytes(4).readUInt32LE(0) / 4294967296,
  bytes: (byteCount) => new Uint8Array(randomBytes(byteCount)),
};
