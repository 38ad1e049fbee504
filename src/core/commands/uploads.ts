// Files that were dropped into a window: kept whole in the open project's media folder, or not at all.
import { open, rm, statfs } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { extname, join } from "node:path";
import { failed, refused } from "../../shared/failure/index.ts";
import { makeFolderDurably, renameDurably } from "../base/index.ts";
import type { Random } from "../base/index.ts";
import type { Upload, Uploads } from "./core.ts";
import type { CurrentProject } from "./current-project.ts";
import { isThere } from "./existing-files.ts";

// The project's own database must be able to go on after the file is there.
const keptFreeBytes = 256 << 20;

export function createUploads(current: CurrentProject, random: Random): Uploads {
  // Names that uploads on their way have been promised.
  const promised = new Set<string>();
  return {
    receive: async (upload) => {
      const folder = current.get().project.paths.media;
      await makeFolderDurably(folder);
      const roomBytes = await roomIn(folder);
      if ((upload.sizeBytes ?? 0) > roomBytes) throw noRoom(upload.name, roomBytes);
      const partialPath = join(folder, `.incoming-${Buffer.from(random.bytes(8)).toString("hex")}`);
      try {
        await writeAll(partialPath, upload, roomBytes);
        const path = await promiseFreePath(folder, safeFileName(upload.name), promised);
        try {
          await renameDurably(partialPath, path);
        } finally {
          promised.delete(path);
        }
        return { path };
      } finally {
        await rm(partialPath, { force: true });
      }
    },
  };
}

async function roomIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, bavail * bsize - keptFreeBytes);
}

async function writeAll(path: string, upload: Upload, roomBytes: number): Promise<void> {
  await using file = await open(path, "wx");
  let writtenBytes = 0;
  for await (const chunk of upload.chunks) {
    upload.signal.throwIfAborted();
    writtenBytes += chunk.byteLength;
    if (writtenBytes > roomBytes) throw noRoom(upload.name, roomBytes);
    await writeWhole(file, chunk, upload.name);
  }
  upload.signal.throwIfAborted();
  if (upload.sizeBytes !== undefined && writtenBytes !== upload.sizeBytes)
    throw failed("upload.incomplete", {
      message: `${upload.name} should have ${upload.sizeBytes} bytes; ${writtenBytes} arrived.`,
      hint: "Drop the file again.",
      details: { expectedBytes: upload.sizeBytes, foundBytes: writtenBytes },
    });
  await file.sync();
}

async function writeWhole(file: FileHandle, chunk: Uint8Array, name: string): Promise<void> {
  try {
    await file.writeFile(chunk);
  } catch (cause) {
    const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (["ENOSPC", "EDQUOT", "EFBIG"].includes(errno)) throw noRoom(name, 0);
    throw failed("disk.failed", { message: `${name} could not be written into the project.`, cause });
  }
}

/** "film.mov", or "film (2).mov" when that is taken. Whoever else writes into a project's folder does not hold its lock. */
async function promiseFreePath(folder: string, name: string, promised: Set<string>): Promise<string> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${stem} (${number})${extension}`);
    if (promised.has(path)) continue;
    // Promised before looking, so that no other upload looks at the same time.
    promised.add(path);
    if (!(await isThere(path))) return path;
    promised.delete(path);
  }
}

const reservedNames = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const maxNameBytes = 200;

/** The last part of a name, without what any of our systems cannot keep, begin or end a file name with. */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .replaceAll(/[<>:"|?*\p{Cc}]/gu, "_")
    .replace(/^[.\s]+/, "")
    .replace(/[.\s]+$/, "");
  const extension = extname(plain).slice(0, 20);
  const stem = withinBytes(
    plain.slice(0, plain.length - extension.length),
    maxNameBytes - Buffer.byteLength(extension),
  );
  const safe = stem === "" ? `file${extension}` : stem + extension;
  return reservedNames.test(safe) ? `_${safe}` : safe;
}

/** As many whole characters of `text` as fit. */
function withinBytes(text: string, maxBytes: number): string {
  let kept = "";
  for (const { segment } of new Intl.Segmenter("en").segment(text)) {
    if (Buffer.byteLength(kept + segment) > maxBytes) break;
    kept += segment;
  }
  return kept;
}

const noRoom = (name: string, roomBytes: number) =>
  refused("disk.full", {
    message: `There is no room for ${name} on the project's disk.`,
    hint: "Free some space, or import the file from where it lies instead of dropping it.",
    details: { roomBytes },
  });
