// Lossless coding of face pictures: colour differences, a median predictor, and deflate over what is left.
import { promisify } from "node:util";
import { constants, deflateRaw, inflateRaw } from "node:zlib";
import { assert, failed } from "../../../shared/failure/index.ts";
import type { FloatPicture } from "../../faces/index.ts";

/** Codes of `depthBits`, R, G, B plane after plane: what a take and a cached crop hold of a face. */
export type FaceCodes = {
  readonly sizePx: number;
  readonly depthBits: number;
  readonly codes: Uint16Array;
};

/** Deep enough for any frame, and shallow enough that the difference of two residuals fits 16 bits. */
export const mostDepthBits = 14;

/**
 * A network's picture [3, sizePx, sizePx], -1..1, rounded to codes. What is beyond is cut off, as a display would; what is no
 * number is the fault of a network or its device and is never stored.
 */
export function codesOfFace({ values, widthPx, heightPx }: FloatPicture, depthBits: number): FaceCodes {
  assert(widthPx === heightPx && values.length === 3 * widthPx * heightPx, "a face is a square of three channels");
  assert(depthBits >= 8 && depthBits <= mostDepthBits, `a face has 8 to ${mostDepthBits} bits, not ${depthBits}`);
  const top = 2 ** depthBits - 1;
  const codes = new Uint16Array(values.length);
  for (let at = 0; at < codes.length; at++) {
    const value = values[at] ?? 0;
    if (Number.isNaN(value)) throw notANumber();
    codes[at] = Math.round(Math.min(1, Math.max(0, (value + 1) / 2)) * top);
  }
  return { sizePx: widthPx, depthBits, codes };
}

const notANumber = () =>
  failed("lipsync.not-a-number", {
    message: "The network gave a picture with values that are no numbers.",
    hint: "The device or its driver computes wrongly, or half precision is too narrow for this model: use single precision or another device.",
  });

/** Back to what `codesOfFace` rounded: [3, sizePx, sizePx], -1..1. */
export function faceOfCodes({ sizePx, depthBits, codes }: FaceCodes): FloatPicture {
  const top = 2 ** depthBits - 1;
  const values = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at++) values[at] = ((codes[at] ?? 0) * 2) / top - 1;
  return { channels: 3, widthPx: sizePx, heightPx: sizePx, values };
}

/** Writing must keep up with a small network on a CPU; the last percent of size is not worth its time. */
const level = 4;
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export function compressFace(face: FaceCodes): Promise<Uint8Array> {
  return deflate(residualBytes(face), { level, strategy: constants.Z_FILTERED });
}

/** Throws `takes.damaged` for bytes that `compressFace` did not write. */
export async function expandFace(
  bytes: Uint8Array,
  { sizePx, depthBits }: Omit<FaceCodes, "codes">,
): Promise<FaceCodes> {
  const expectedBytes = 2 * 3 * sizePx * sizePx;
  const residuals = await inflate(bytes, { maxOutputLength: expectedBytes }).catch((cause: unknown) => {
    throw failed("takes.damaged", { message: "A stored face does not decompress.", cause });
  });
  if (residuals.byteLength !== expectedBytes)
    throw failed("takes.damaged", { message: "A stored face has too few samples." });
  return { sizePx, depthBits, codes: codesOfResiduals(residuals, sizePx) };
}

/** Green as it is, red and blue as their differences to it: skin varies little in those. */
const planeOrder = [1, 0, 2] as const;

/** Low bytes of all residuals, then high bytes: the high ones are nearly all 0. */
function residualBytes({ sizePx, codes }: FaceCodes): Uint8Array {
  const planePx = sizePx * sizePx;
  const bytes = new Uint8Array(2 * codes.length);
  const plane = new Int32Array(planePx);
  for (const [index, channel] of planeOrder.entries()) {
    for (let at = 0; at < planePx; at++) {
      const code = codes[channel * planePx + at] ?? 0;
      plane[at] = channel === 1 ? code : code - (codes[planePx + at] ?? 0);
    }
    for (let at = 0; at < planePx; at++) {
      const residual = (plane[at] ?? 0) - predict(plane, at, sizePx);
      // Small numbers of either sign become small numbers: 0, -1, 1, -2, 2 ...
      const folded = residual < 0 ? -2 * residual - 1 : 2 * residual;
      bytes[index * planePx + at] = folded & 0xff;
      bytes[codes.length + index * planePx + at] = folded >> 8;
    }
  }
  return bytes;
}

function codesOfResiduals(bytes: Uint8Array, sizePx: number): Uint16Array {
  const planePx = sizePx * sizePx;
  const codes = new Uint16Array(3 * planePx);
  const plane = new Int32Array(planePx);
  for (const [index, channel] of planeOrder.entries()) {
    for (let at = 0; at < planePx; at++) {
      const folded = (bytes[index * planePx + at] ?? 0) + 256 * (bytes[codes.length + index * planePx + at] ?? 0);
      const residual = folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
      plane[at] = residual + predict(plane, at, sizePx);
    }
    for (let at = 0; at < planePx; at++)
      codes[channel * planePx + at] = (plane[at] ?? 0) + (channel === 1 ? 0 : (codes[planePx + at] ?? 0));
  }
  return codes;
}

/** The median of left, above and left + above - corner (Martucci 1990, as in JPEG-LS); 0 beyond the picture. */
function predict(plane: Int32Array, at: number, sizePx: number): number {
  const column = at % sizePx;
  const left = column > 0 ? (plane[at - 1] ?? 0) : at >= sizePx ? (plane[at - sizePx] ?? 0) : 0;
  if (at < sizePx) return left;
  const above = plane[at - sizePx] ?? 0;
  if (column === 0) return above;
  const corner = plane[at - sizePx - 1] ?? 0;
  const [low, high] = left < above ? [left, above] : [above, left];
  return corner >= high ? low : corner <= low ? high : left + above - corner;
}
