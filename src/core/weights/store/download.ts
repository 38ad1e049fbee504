// Fetches one published file: resumes what is there, checks every byte, tries again a bounded number of times.
import { rm } from "node:fs/promises";
import { DubError, failed } from "../../../shared/failure/index.ts";
import { sha256OfFile } from "../../base/index.ts";
import type { Clock, Logger, Progress } from "../../base/index.ts";
import { httpGet } from "./http-source.ts";
import type { HttpAnswer } from "./http-source.ts";
import { openPartialFile } from "./partial-file.ts";
import type { PartialFile } from "./partial-file.ts";
import { sizeIfThere } from "./store-folder.ts";
import { planTransfer, strongEtag } from "./transfer-plan.ts";
import type { TransferStep } from "./transfer-plan.ts";

export type Download = {
  /** Places of the same bytes; the next is asked when one has given up. */
  readonly addresses: readonly string[];
  /** Where the whole file shall lie; while it is fetched, `PATH.partial` does. */
  readonly path: string;
  /** Undefined where no one has published it exactly. */
  readonly sizeBytes: number | undefined;
  /** For the bar alone, where the exact size is not known. */
  readonly aboutBytes: number;
  readonly sha256: string | undefined;
};

export type DownloadTools = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  readonly limits?: Partial<DownloadLimits>;
};

export type DownloadLimits = {
  /** Attempts in a row that bring nothing; one that brings bytes starts the count anew. */
  readonly fruitlessAttempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A connection that is silent for so long is given up and tried again. */
  readonly silenceMs: number;
};

const defaultLimits: DownloadLimits = {
  fruitlessAttempts: 6,
  firstWaitMs: 1_000,
  longestWaitMs: 30_000,
  silenceMs: 45_000,
};

/** Answers the file's SHA-256. Does nothing but read it when it is there already and right. */
export async function downloadFile(download: Download, tools: DownloadTools): Promise<string> {
  const there = await wholeFile(download, tools.signal);
  if (there !== undefined) return there;
  const fetching: Fetching = { ...tools, download, limits: { ...defaultLimits, ...tools.limits } };
  let last: unknown = failed("models.no-address", { message: "There is no address to fetch the file from." });
  for (const address of download.addresses) {
    try {
      return await downloadFrom(address, fetching);
    } catch (error) {
      tools.signal.throwIfAborted();
      // A disk that is full stays full, wherever the bytes come from.
      if (!(error instanceof DubError) || error.code.startsWith("disk.")) throw error;
      tools.logger.warn(error.message, { address });
      last = error;
    }
  }
  throw last;
}

/** The hash of a file that an earlier attempt has finished; removes one that is not what it should be. */
async function wholeFile({ path, sha256, sizeBytes }: Download, signal: AbortSignal): Promise<string | undefined> {
  const foundBytes = await sizeIfThere(path);
  if (foundBytes === undefined) return undefined;
  if (sizeBytes === undefined || foundBytes === sizeBytes) {
    const found = await sha256OfFile(path, signal);
    if (sha256 === undefined || found === sha256) return found;
  }
  await rm(path, { force: true });
  return undefined;
}

type Fetching = DownloadTools & { readonly download: Download; readonly limits: DownloadLimits };

async function downloadFrom(address: string, fetching: Fetching): Promise<string> {
  const { download, signal } = fetching;
  await using partial = await openPartialFile(download.path, signal);
  const hadBytes = partial.haveBytes();
  await fetchAll(address, partial, fetching);
  if (hadBytes > 0 && download.sha256 !== undefined && partial.sha256() !== download.sha256) {
    // What lay here from before may have been of another version, or hurt by a power cut.
    await partial.restart({ address, etag: null });
    await fetchAll(address, partial, fetching);
  }
  const sha256 = partial.sha256();
  if (download.sha256 !== undefined && sha256 !== download.sha256) {
    await partial.discard();
    throw failed("models.wrong-bytes", {
      message: `What ${new URL(address).host} sent is not the published file: its SHA-256 is ${sha256} instead of ${download.sha256}.`,
      hint: "Nothing of it was kept. Try again, or set another address for models.",
      details: { address, expected: download.sha256, found: sha256 },
    });
  }
  await partial.finish();
  return sha256;
}

type Round = "done" | { readonly why: string; readonly waitMs?: number | undefined; readonly cause?: unknown };

async function fetchAll(address: string, partial: PartialFile, fetching: Fetching): Promise<void> {
  const { limits, clock, logger, signal } = fetching;
  for (let fruitless = 0; ;) {
    const before = partial.haveBytes();
    const round = await fetchOnce(address, partial, fetching);
    if (round === "done") return;
    const isFruitful = partial.haveBytes() > before;
    fruitless = isFruitful ? 0 : fruitless + 1;
    logger.info(`A download stopped: ${round.why}.`, { address, haveBytes: partial.haveBytes() });
    if (fruitless >= limits.fruitlessAttempts)
      throw failed("models.download-failed", {
        message: `${new URL(address).host} did not deliver after ${fruitless} attempts: ${round.why}.`,
        hint: "What has arrived is kept; start the download again later and it goes on from there.",
        details: { address, haveBytes: partial.haveBytes() },
        cause: round.cause,
      });
    const waitMs = isFruitful ? limits.firstWaitMs : limits.firstWaitMs * 2 ** (fruitless - 1);
    await clock.sleep(Math.min(limits.longestWaitMs, round.waitMs ?? waitMs), signal);
  }
}

/** One connection: asks for what is missing and takes what comes. Failures of the network end the round, not the download. */
async function fetchOnce(address: string, partial: PartialFile, fetching: Fetching): Promise<Round> {
  const { download, signal } = fetching;
  if (!isResumable(address, partial, download) && partial.haveBytes() > 0)
    await partial.restart({ address, etag: null });
  await using watch = watchSilence(fetching);
  try {
    const origin = partial.origin();
    // One server's name for a version means nothing to another.
    const etag = origin?.address === address ? (origin.etag ?? undefined) : undefined;
    const haveBytes = partial.haveBytes();
    const headers: Record<string, string> = haveBytes === 0 ? {} : { range: `bytes=${haveBytes}-` };
    if (haveBytes > 0 && etag !== undefined) headers["if-range"] = etag;
    const answer = await httpGet(address, { headers, signal: watch.signal });
    const step = planTransfer({ haveBytes, sizeBytes: download.sizeBytes, etag }, answer);
    return await takeStep(step, answer, { address, partial, fetching, heard: watch.heard });
  } catch (error) {
    signal.throwIfAborted();
    if (watch.signal.aborted) return { why: `nothing came for ${fetching.limits.silenceMs / 1000} seconds` };
    if (error instanceof DubError && error.code !== "models.unreachable") throw error;
    if (error instanceof DubError || error instanceof TypeError || isStreamError(error))
      return { why: error.message.replace(/\.$/, ""), cause: error };
    throw error;
  }
}

// The body's own failures: undici's (UND_ERR_*) and the socket's (ECONNRESET).
const isStreamError = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && /^(?:UND_ERR_|E[A-Z]+$)/.test(String(error.code));

/** Bytes may be continued when the same version can be asked for, or when a known hash will tell in the end. */
function isResumable(address: string, partial: PartialFile, { sha256 }: Download): boolean {
  const origin = partial.origin();
  if (origin === undefined) return false;
  if (origin.address !== address) return sha256 !== undefined;
  return origin.etag !== null || sha256 !== undefined;
}

type Taking = {
  readonly address: string;
  readonly partial: PartialFile;
  readonly fetching: Fetching;
  readonly heard: () => void;
};

async function takeStep(step: TransferStep, answer: HttpAnswer, taking: Taking): Promise<Round> {
  const { address, partial } = taking;
  const etag = strongEtag(answer.header("etag")) ?? null;
  if (step.type === "restart") await partial.restart({ address, etag });
  if (step.type === "restart" || step.type === "append") return await takeBody(step.totalBytes, answer, taking);
  await answer.drop();
  if (step.type === "complete") return "done";
  if (step.type === "wait") return { why: step.why, waitMs: step.waitMs };
  if (step.type === "discard") {
    await partial.restart({ address, etag: null });
    return { why: step.why };
  }
  throw failed(step.isWrongLength ? "models.wrong-length" : "models.not-at-source", {
    message: `${address} cannot be fetched: ${step.why}.`,
    hint: "Set another address for models, or fetch the file by hand and import it.",
    details: { address },
  });
}

async function takeBody(totalBytes: number | undefined, answer: HttpAnswer, taking: Taking): Promise<Round> {
  const { partial, heard, address } = taking;
  const { download, onProgress, signal } = taking.fetching;
  const expectedBytes = download.sizeBytes ?? totalBytes;
  const shownBytes = expectedBytes ?? download.aboutBytes;
  for await (const chunk of answer.chunks) {
    signal.throwIfAborted();
    heard();
    if (expectedBytes !== undefined && partial.haveBytes() + chunk.byteLength > expectedBytes) {
      await partial.restart({ address, etag: null });
      throw failed("models.wrong-length", {
        message: `${address} sent more than the ${expectedBytes} bytes of the published file.`,
        hint: "Nothing of it was kept. Set another address for models.",
        details: { address, expectedBytes },
      });
    }
    await partial.append(chunk);
    onProgress(partial.haveBytes(), Math.max(shownBytes, partial.haveBytes()), "bytes");
  }
  if (expectedBytes === undefined || partial.haveBytes() === expectedBytes) return "done";
  return { why: `the connection ended after ${partial.haveBytes()} of ${expectedBytes} bytes` };
}

/** Aborts a connection that is silent for too long; `heard` starts the wait anew. */
function watchSilence({ clock, limits, signal }: Fetching) {
  const silence = new AbortController();
  const over = new AbortController();
  let heardMs = clock.monotonicMs();
  const watch = async () => {
    for (;;) {
      const leftMs = limits.silenceMs - (clock.monotonicMs() - heardMs);
      if (leftMs <= 0) break;
      await clock.sleep(leftMs, over.signal);
    }
    silence.abort(failed("models.silent", { message: "The connection is silent." }));
  };
  const watching = watch().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  return {
    signal: AbortSignal.any([signal, silence.signal]),
    heard: () => {
      heardMs = clock.monotonicMs();
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await watching;
    },
  };
}
