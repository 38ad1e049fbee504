// Sends a file as an answer: whole or in part, with its validators, without ever holding it in memory.
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { answerRange, errnoOf } from "../core/serving/index.ts";
import type { FileToSend } from "../core/serving/index.ts";

/** False, and nothing sent, when there is no such regular file. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  toSend: FileToSend,
): Promise<boolean> {
  await using file = await openRegular(toSend.path);
  if (!file) return false;
  const { sizeBytes } = file;
  const { etag } = toSend;
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("Cache-Control", toSend.cacheControl);
  response.setHeader("ETag", etag);
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return true;
  }
  const { range, "if-range": ifRange } = request.headers;
  const answer = answerRange({ range, ifRange: firstOf(ifRange), etag, sizeBytes });
  if (answer.status === 416) {
    response.writeHead(416, { "Content-Range": `bytes */${sizeBytes}` }).end();
    return true;
  }
  const firstByte = answer.status === 206 ? answer.firstByte : 0;
  const lastByte = answer.status === 206 ? answer.lastByte : sizeBytes - 1;
  if (answer.status === 206) response.setHeader("Content-Range", `bytes ${firstByte}-${lastByte}/${sizeBytes}`);
  response.writeHead(answer.status, {
    "Content-Type": toSend.contentType,
    "Content-Length": lastByte - firstByte + 1,
  });
  if (request.method === "HEAD" || sizeBytes === 0) response.end();
  else {
    const bytes = file.handle.createReadStream({ start: firstByte, end: lastByte, autoClose: false });
    await pipeline(bytes, response).catch(tolerateLeaving);
  }
  return true;
}

const firstOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === "string" ? header : header?.[0];

/** A player seeks by dropping the connection; that is no failure. */
function tolerateLeaving(error: unknown): void {
  if (errnoOf(error) !== "ERR_STREAM_PREMATURE_CLOSE" && errnoOf(error) !== "ECONNRESET") throw error;
}

async function openRegular(path: string) {
  let handle;
  try {
    handle = await open(path, "r");
  } catch (error) {
    if (absentErrnos.has(errnoOf(error))) return undefined;
    throw error;
  }
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, sizeBytes: stats.size, [Symbol.asyncDispose]: () => handle.close() };
  await handle.close();
  return undefined;
}

const absentErrnos: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "ELOOP"]);
