// Byte ranges of HTTP (RFC 9110, section 14): which bytes of a file a request asks for, decided from its headers.

export type RangeRequest = {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly etag: string;
  readonly sizeBytes: number;
};

/** `firstByte` and `lastByte` are both within the file. */
export type RangeAnswer =
  | { readonly status: 200 }
  | { readonly status: 206; readonly firstByte: number; readonly lastByte: number }
  | { readonly status: 416 };

/**
 * One range is answered with 206. Several at once, other units and a malformed header are answered with the whole
 * file, as the RFC allows. A range made for another version of the file (`If-Range`) too; dates never match here.
 */
export function answerRange({ range, ifRange, etag, sizeBytes }: RangeRequest): RangeAnswer {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return { status: 200 };
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range);
  const first = match?.[1] ?? "";
  const last = match?.[2] ?? "";
  if (!match || (first === "" && last === "")) return { status: 200 };
  if (first === "") return suffixRange(Number(last), sizeBytes);
  const firstByte = Number(first);
  const lastByte = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < firstByte) return { status: 200 };
  return firstByte >= sizeBytes ? { status: 416 } : { status: 206, firstByte, lastByte };
}

/** The last `byteCount` bytes. */
function suffixRange(byteCount: number, sizeBytes: number): RangeAnswer {
  if (byteCount === 0 || sizeBytes === 0) return { status: 416 };
  return { status: 206, firstByte: Math.max(0, sizeBytes - byteCount), lastByte: sizeBytes - 1 };
}
