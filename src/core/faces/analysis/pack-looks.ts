// Looks as whole numbers that 32-bit floats hold exactly, several in one: they are most of what an analysis sees of a face.
import { assert } from "../../../shared/failure/index.ts";

/** Values from `least` on in `levels` steps of `unit`; `perFloat` of them fit into the 24 bits of a float's mantissa. */
export type LookPacking = {
  readonly length: number;
  readonly least: number;
  readonly unit: number;
  readonly levels: number;
  readonly perFloat: number;
};

/** How many floats a look takes. */
export const packedLength = ({ length, perFloat }: LookPacking): number => Math.ceil(length / perFloat);

/** Stands for a look that was not seen. */
const nothing = -1;

/** Writes a look from `place` on; values beyond the packing's range are drawn to its ends. */
export function packLook(
  look: Float32Array | undefined,
  packing: LookPacking,
  target: { readonly numbers: Float32Array; readonly place: number },
): void {
  const { length, least, unit, levels, perFloat } = packing;
  const { numbers, place } = target;
  assert(look === undefined || look.length === length, `a look of this kind has ${length} numbers`);
  assert(levels ** perFloat <= 2 ** 24, "what is packed fits into a float's mantissa");
  for (let float = 0; float < packedLength(packing); float++) {
    let code = 0;
    for (let part = perFloat - 1; part >= 0; part--) {
      const value = look?.[float * perFloat + part] ?? least;
      code = code * levels + Math.min(levels - 1, Math.max(0, Math.round((value - least) / unit)));
    }
    numbers[place + float] = look ? code : nothing;
  }
}

/** The look that begins at `place`; undefined where none was seen. */
export function unpackLook(numbers: Float32Array, place: number, packing: LookPacking): Float32Array | undefined {
  const { length, least, unit, levels, perFloat } = packing;
  if (!((numbers[place] ?? nothing) >= 0)) return undefined;
  return Float32Array.from({ length }, (_, at) => {
    const code = numbers[place + Math.floor(at / perFloat)] ?? 0;
    return least + unit * (Math.floor(code / levels ** (at % perFloat)) % levels);
  });
}
