// What a host holds in its hand: the handlers of the contract, the events, and the bytes that cross as URLs.
import type { EventSource, Handlers } from "../../shared/contract/index.ts";

/** A file that a page may read under an opaque id. */
export type Resource = {
  readonly filePath: string;
  readonly contentType: string;
  /** Changes with the content; quoted, as HTTP writes a strong entity tag. */
  readonly etag: string;
};

export type Resources = {
  /** Undefined for every id that this core has not given out, and for those of a project that has been closed. */
  readonly resolve: (resourceId: string) => Promise<Resource | undefined>;
};

export type Upload = {
  /** As the page gave it; only its last part is used, made safe for every file system. */
  readonly name: string;
  /** As announced; undefined when the sender did not say. */
  readonly sizeBytes: number | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
};

export type Uploads = {
  /** Keeps a dropped file whole, or not at all, in the open project's `media` folder; answers its absolute path. */
  readonly receive: (upload: Upload) => Promise<{ readonly path: string }>;
};

export type Core = AsyncDisposable & {
  readonly handlers: Handlers;
  readonly events: EventSource;
  readonly resources: Resources;
  readonly uploads: Uploads;
};

/** Resources are read at this path of the web host and under this name of the desktop's own scheme. */
export const resourcePath = (resourceId: string): string => `media/${resourceId}`;
