// Record ids: "reel:k3v9…": the type, a colon, and 80 random bits in base 32. Branded so that two kinds never mix.
import { z } from "zod";

export const recordTypes = [
  "project",
  "media",
  "reel",
  "version",
  "audio-track",
  "shot",
  "character",
  "face-track",
  "segment",
  "take",
  "adapter",
] as const;

export type RecordType = (typeof recordTypes)[number];

declare const brand: unique symbol;
export type RecordId<Type extends RecordType = RecordType> = string & { readonly [brand]: Type };

const digits = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32: no i, l, o, u
const randomByteCount = 10;

/** A fresh id of `type` from ten random bytes. */
export function createId<Type extends RecordType>(
  type: Type,
  randomBytes: (byteCount: number) => Uint8Array,
): RecordId<Type> {
  let value = 0n;
  for (const byte of randomBytes(randomByteCount)) value = (value << 8n) | BigInt(byte);
  let text = "";
  for (let digit = 0; digit < 16; digit++) {
    text = digits.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return `${type}:${text}` as RecordId<Type>;
}

/** Accepts "type:" followed by 1 to 40 lower-case letters and digits. */
export function idSchema<Type extends RecordType>(type: Type): z.ZodType<RecordId<Type>, string> {
  return z
    .string()
    .regex(new RegExp(`^${type}:[0-9a-z]{1,40}$`), `expected an id of the form ${type}:…`)
    .transform((text) => text as RecordId<Type>);
}

/** The type that an id names; undefined when it names none. */
export function typeOfId(id: string): RecordType | undefined {
  const prefix = id.slice(0, id.indexOf(":"));
  return recordTypes.find((type) => type === prefix);
}

/** There is one project record in a project. */
export const projectRecordId = "project:this" as RecordId<"project">;
