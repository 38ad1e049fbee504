// Bytes of a file by position, bounded: how every reader of this room looks at a file it does not trust.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { failed, refused } from "../../shared/failure/index.ts";

/** Positional reads; never the whole file at once, so a 5 GB checkpoint costs what is asked of it. */
export type ByteSource = Disposable & {
  /** For messages. */
  readonly name: string;
  /** Undefined for bytes in memory. */
  readonly path?: string;
  readonly sizeBytes: number;
  /** Fills `target` from `offsetBytes` on. Refuses a range that is not wholly inside the file. */
  readonly readInto: (target: Uint8Array, offsetBytes: number) => void;
};

export function openByteSource(path: string): ByteSource {
  const descriptor = openFile(path);
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) {
    closeSync(descriptor);
    throw refused("weights.not-a-file", {
      message: `${path} is not a regular file.`,
      hint: "Choose a checkpoint file.",
      details: { path },
    });
  }
  let isOpen = true;
  return {
    name: path,
    path,
    sizeBytes: stats.size,
    readInto: (target, offsetBytes) => {
      checkRange(path, stats.size, { offsetBytes, byteLength: target.byteLength });
      readFully(descriptor, path, { target, offsetBytes });
    },
    [Symbol.dispose]: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

/** The same over bytes in memory. */
export function memoryByteSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    sizeBytes: bytes.byteLength,
    readInto: (target, offsetBytes) => {
      checkRange(name, bytes.byteLength, { offsetBytes, byteLength: target.byteLength });
      target.set(bytes.subarray(offsetBytes, offsetBytes + target.byteLength));
    },
    [Symbol.dispose]: () => undefined,
  };
}

type ByteRange = { readonly offsetBytes: number; readonly byteLength: number };

/** A fresh copy of a range. */
export function readRange(source: ByteSource, range: ByteRange): Uint8Array<ArrayBuffer> {
  checkRange(source.name, source.sizeBytes, range);
  const bytes = new Uint8Array(range.byteLength);
  source.readInto(bytes, range.offsetBytes);
  return bytes;
}

function checkRange(name: string, sizeBytes: number, { offsetBytes, byteLength }: ByteRange): void {
  const isInside =
    Number.isSafeInteger(offsetBytes) &&
    Number.isSafeInteger(byteLength) &&
    offsetBytes >= 0 &&
    byteLength >= 0 &&
    offsetBytes + byteLength <= sizeBytes;
  if (isInside) return;
  throw refused("weights.truncated", {
    message: `${name} ends at byte ${sizeBytes}, but says that something lies at bytes ${offsetBytes} to ${offsetBytes + byteLength}.`,
    hint: "The file is cut off or damaged; fetch it again.",
    details: { sizeBytes, offsetBytes, byteLength },
  });
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw refused("weights.cannot-open", {
      message: `${path} cannot be opened for reading.`,
      hint: "Check that the file exists and may be read.",
      details: { path },
      cause,
    });
  }
}

type Read = { readonly target: Uint8Array; readonly offsetBytes: number };

function readFully(descriptor: number, path: string, { target, offsetBytes }: Read): void {
  let done = 0;
  while (done < target.byteLength) {
    const count = readSync(descriptor, target, done, target.byteLength - done, offsetBytes + done);
    if (count === 0)
      throw failed("weights.file-changed", {
        message: `${path} became shorter while it was read.`,
        hint: "Do not change the file while it is being imported.",
        details: { path },
      });
    done += count;
  }
}
