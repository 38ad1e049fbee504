// app://editor/: the built page and, under media/, the files behind ids that the core gave out. Never a path from the page.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { answerRange, errnoOf, findStaticFile, pageHeaders } from "../core/serving/index.ts";
import type { FileToSend } from "../core/serving/index.ts";
import type { Resource } from "../core/commands/index.ts";
import { isAppUrl } from "./origin.ts";

export type AppProtocolOptions = {
  /** The built page. */
  readonly rendererFolder: string;
  readonly resolve: (resourceId: string) => Promise<Resource | undefined>;
};

/** Must be registered before the application is ready. No bypassCSP: our own policy binds our own page. */
export const appSchemePrivileges = {
  standard: true,
  secure: true,
  supportFetchAPI: true,
  stream: true,
  codeCache: true,
} as const;

const mediaPrefix = "/media/";

/** Answers one request of the page. */
export async function answerAppRequest(request: Request, options: AppProtocolOptions): Promise<Response> {
  if (!isAppUrl(request.url) || (request.method !== "GET" && request.method !== "HEAD")) return plain(405);
  const { pathname } = new URL(request.url);
  const file = pathname.startsWith(mediaPrefix)
    ? await findMedia(pathname.slice(mediaPrefix.length), options)
    : await findStaticFile(options.rendererFolder, pathname);
  return file ? await answerFile(request, file) : plain(404);
}

async function findMedia(resourceId: string, { resolve }: AppProtocolOptions): Promise<FileToSend | undefined> {
  if (!/^[\w-]{1,200}$/.test(resourceId)) return undefined;
  const resource = await resolve(resourceId);
  return resource && { ...resource, path: resource.filePath, cacheControl: "private, no-cache" };
}

async function answerFile(request: Request, file: FileToSend): Promise<Response> {
  const sizeBytes = await fileSize(file.path);
  if (sizeBytes === undefined) return plain(404);
  const headers = new Headers({
    ...pageHeaders([]),
    "Content-Type": file.contentType,
    "Cache-Control": file.cacheControl,
    "Accept-Ranges": "bytes",
    ETag: file.etag,
  });
  if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
  const range = request.headers.get("range") ?? undefined;
  const ifRange = request.headers.get("if-range") ?? undefined;
  const answer = answerRange({ range, ifRange, etag: file.etag, sizeBytes });
  if (answer.status === 416) {
    headers.set("Content-Range", `bytes */${sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const firstByte = answer.status === 206 ? answer.firstByte : 0;
  const lastByte = answer.status === 206 ? answer.lastByte : sizeBytes - 1;
  if (answer.status === 206) headers.set("Content-Range", `bytes ${firstByte}-${lastByte}/${sizeBytes}`);
  headers.set("Content-Length", String(lastByte - firstByte + 1));
  const body = request.method === "HEAD" || sizeBytes === 0 ? null : bytesOf(file.path, firstByte, lastByte);
  return new Response(body, { status: answer.status, headers });
}

function bytesOf(path: string, firstByte: number, lastByte: number): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path, { start: firstByte, end: lastByte })) as ReadableStream<Uint8Array>;
}

async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error))) return undefined;
    throw error;
  }
}

const plain = (status: number): Response => new Response(null, { status, headers: pageHeaders([]) });
