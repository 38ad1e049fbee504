// Dropped files: the body of a request streamed into the open project's media folder.
import type { IncomingMessage, ServerResponse } from "node:http";
import { toFailureData } from "../shared/failure/index.ts";
import type { Uploads } from "../core/commands/index.ts";

/** `POST /upload?name=film.mov`; answers `{path}` for `media.import`, or the failure as the contract words it. */
export async function takeUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { uploads, name }: { readonly uploads: Uploads; readonly name: string },
): Promise<void> {
  const left = new AbortController();
  request.once("close", () => {
    if (!request.complete) left.abort(new Error("The page left before the file was whole."));
  });
  try {
    const sizeBytes = sizeOf(request.headers["content-length"]);
    // The request outlives a reader that has seen enough: destroyed, it could not be answered any more.
    const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
    const answer = await uploads.receive({ name, sizeBytes, chunks, signal: left.signal });
    sendJson(response, 201, answer);
  } catch (error) {
    const failure = toFailureData(error);
    // Read and dropped: browsers look at an answer only once they have sent everything.
    request.resume();
    sendJson(response, failure.kind === "refused" ? 409 : 500, { failure });
  }
}

const sizeOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  response.end(JSON.stringify(value));
}
