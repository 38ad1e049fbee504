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
    const answer = await uploads.receive({ name, sizeBytes, chunks: request, signal: left.signal });
    sendJson(response, 201, answer);
  } catch (error) {
    const failure = toFailureData(error);
    // The rest of the body isn't wanted, so the connection can't be used again.
    response.setHeader("Connection", "close");
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
