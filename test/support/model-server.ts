// An HTTP server on this machine that serves one file, and misbehaves as a test asks for.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Asked = { readonly url: string; readonly range: string | undefined; readonly ifRange: string | undefined };

/** One answer; the next request gets the next one, and the last one serves all that follow. */
export type Behaviour = (content: Uint8Array, request: IncomingMessage, response: ServerResponse) => void;

const startOf = (request: IncomingMessage): number | undefined => {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  return match ? Number(match[1]) : undefined;
};

type Serving = {
  readonly etag?: string;
  /** Ends the connection after so many bytes of the body. */
  readonly breakAfterBytes?: number;
  readonly lacksLength?: "lacks-length";
};

/** Ranges, If-Range and entity tags as they should be. */
export const serveWell =
  ({ etag = '"v1"', breakAfterBytes, lacksLength }: Serving = {}): Behaviour =>
  (content, request, response) => {
    const ifRange = request.headers["if-range"];
    const start = ifRange !== undefined && ifRange !== etag ? undefined : startOf(request);
    if (start !== undefined && start >= content.byteLength) {
      response.writeHead(416, { "content-range": `bytes */${content.byteLength}` }).end();
      return;
    }
    const body = content.subarray(start ?? 0);
    const headers: Record<string, string> = { etag };
    if (lacksLength === undefined) headers["content-length"] = String(body.byteLength);
    if (start !== undefined)
      headers["content-range"] = `bytes ${start}-${content.byteLength - 1}/${content.byteLength}`;
    response.writeHead(start === undefined ? 200 : 206, headers);
    if (breakAfterBytes === undefined || breakAfterBytes >= body.byteLength) response.end(body);
    else response.write(body.subarray(0, breakAfterBytes), () => setTimeout(() => response.destroy(), 20));
  };

export const answerStatus =
  (status: number, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (_content, _request, response) => {
    response.writeHead(status, headers).end();
  };

export const redirectTo = (location: string): Behaviour => answerStatus(302, { location });

export type ModelServer = AsyncDisposable & {
  readonly url: string;
  readonly asked: Asked[];
  /** What the next requests get; the last one stays. */
  readonly behave: (...behaviours: readonly Behaviour[]) => void;
};

export async function startModelServer(content: Uint8Array, ...first: readonly Behaviour[]): Promise<ModelServer> {
  let behaviours: readonly Behaviour[] = first.length === 0 ? [serveWell()] : first;
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({
      url: request.url ?? "",
      range: request.headers.range,
      ifRange: request.headers["if-range"]?.toString(),
    });
    const [behave = serveWell(), ...rest] = behaviours;
    if (rest.length > 0) behaviours = rest;
    behave(content, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    behave: (...next) => {
      behaviours = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
