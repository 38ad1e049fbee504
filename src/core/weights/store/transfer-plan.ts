// What to do with a server's answer, decided from its head alone: take it on, begin again, wait, or give up. Pure.

/** What is known before the server is asked. */
export type Wanted = {
  /** Bytes that lie on the disk already; more than 0 when the rest alone was asked for. */
  readonly haveBytes: number;
  /** Undefined where no one has published it. */
  readonly sizeBytes: number | undefined;
  /** Of the bytes on the disk, as their server called that version. */
  readonly etag: string | undefined;
};

export type AnswerHead = {
  readonly status: number;
  readonly header: (name: string) => string | null;
};

export type TransferStep =
  /** The body goes on where the disk ends. `totalBytes` is undefined when the server does not say. */
  | { readonly type: "append"; readonly totalBytes: number | undefined }
  /** The body is the whole file. */
  | { readonly type: "restart"; readonly totalBytes: number | undefined }
  /** Everything is on the disk already. */
  | { readonly type: "complete" }
  /** What is on the disk does not go with what is offered now: throw it away and ask for all. */
  | { readonly type: "discard"; readonly why: string }
  | { readonly type: "wait"; readonly why: string; readonly waitMs: number | undefined }
  | { readonly type: "give-up"; readonly why: string; readonly isWrongLength?: true };

const longestWaitMs = 120_000;

export function planTransfer(wanted: Wanted, answer: AnswerHead): TransferStep {
  const { status } = answer;
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { type: "wait", why: `it answered ${status}`, waitMs: retryAfterMs(answer.header("retry-after")) };
  if (status === 416) return unsatisfiable(wanted, answer);
  if (status !== 200 && status !== 206) return { type: "give-up", why: `it answered ${status}` };
  const encoding = answer.header("content-encoding");
  if (encoding !== null && encoding !== "identity")
    return { type: "give-up", why: `it sends the file packed (${encoding}), though plain bytes were asked for` };
  return status === 206 ? partial(wanted, answer) : whole(wanted, answer);
}

function whole({ sizeBytes }: Wanted, answer: AnswerHead): TransferStep {
  const totalBytes = wholeNumber(answer.header("content-length"));
  return wrongLength(sizeBytes, totalBytes) ?? { type: "restart", totalBytes };
}

function partial(wanted: Wanted, answer: AnswerHead): TransferStep {
  const range = parseContentRange(answer.header("content-range"));
  if (wanted.haveBytes === 0 || range === undefined || range.totalBytes === undefined)
    return { type: "discard", why: "it sent a part that was not asked for" };
  const isRest = range.startBytes === wanted.haveBytes && range.endBytes === range.totalBytes;
  if (!isRest)
    return {
      type: "discard",
      why: `it was asked for the bytes from ${wanted.haveBytes} on and sent ${range.startBytes} to ${range.endBytes} of ${range.totalBytes}`,
    };
  const etag = answer.header("etag");
  if (wanted.etag !== undefined && etag !== null && etag !== wanted.etag)
    return { type: "discard", why: "the file has changed there since the download began" };
  return wrongLength(wanted.sizeBytes, range.totalBytes) ?? { type: "append", totalBytes: range.totalBytes };
}

/** 416 on a file that is complete says so; on any other that what lies here is no beginning of it. */
function unsatisfiable({ haveBytes }: Wanted, answer: AnswerHead): TransferStep {
  const total = /^bytes \*\/(\d+)$/.exec(answer.header("content-range") ?? "")?.[1];
  if (haveBytes > 0 && Number(total) === haveBytes) return { type: "complete" };
  return haveBytes > 0
    ? { type: "discard", why: "it has no bytes where the download stopped" }
    : { type: "give-up", why: "it answered 416" };
}

function wrongLength(expected: number | undefined, found: number | undefined): TransferStep | undefined {
  if (expected === undefined || found === undefined || expected === found) return undefined;
  return {
    type: "give-up",
    why: `the file there has ${found} bytes instead of ${expected}`,
    isWrongLength: true,
  };
}

type ContentRange = {
  readonly startBytes: number;
  /** Of the byte after the last one. */
  readonly endBytes: number;
  readonly totalBytes: number | undefined;
};

/** "bytes 100-199/200" -> 100, 200, 200 (RFC 9110, 14.4); undefined for anything else. */
export function parseContentRange(text: string | null): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text ?? "");
  if (!match) return undefined;
  const [startBytes, lastByte, total] = [Number(match[1]), Number(match[2]), match[3]];
  if (lastByte < startBytes) return undefined;
  return { startBytes, endBytes: lastByte + 1, totalBytes: total === "*" ? undefined : Number(total) };
}

const wholeNumber = (text: string | null): number | undefined =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** Seconds only; a date is too rare to be worth its clock. */
function retryAfterMs(text: string | null): number | undefined {
  const waitSeconds = wholeNumber(text);
  return waitSeconds === undefined ? undefined : Math.min(longestWaitMs, waitSeconds * 1000);
}

/** Only a strong validator may stand in If-Range (RFC 9110, 13.1.5). */
export const strongEtag = (text: string | null): string | undefined =>
  text !== null && /^"[^"]*"$/.test(text) ? text : undefined;
