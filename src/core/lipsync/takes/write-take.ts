// Writes a take whose faces are all there already: header first, then every block, streamed.
import { open } from "node:fs/promises";
import { assert } from "../../../shared/failure/index.ts";
import { diskFailure } from "../../base/index.ts";
import { headerBytes } from "./take-header.ts";
import type { StoredFace, TakeHeader } from "./take-header.ts";

export type TakeContent = {
  readonly header: TakeHeader;
  /** The blocks of the frames that have a face, in order, as the header lists them. */
  readonly blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
};

/** Writes a new file at `path`; the caller makes it durable and gives it its name. */
export async function writeTake(path: string, { header, blocks }: TakeContent): Promise<void> {
  const expected = header.frames.filter((stored): stored is StoredFace => stored !== null);
  const file = await open(path, "wx").catch((cause: unknown) => {
    throw diskFailure("write", path, cause);
  });
  try {
    await file.writeFile(headerBytes(header));
    let written = 0;
    for await (const block of blocks) {
      assert(block.byteLength === expected[written]?.sizeBytes, "blocks come in the order of the header");
      await file.writeFile(block);
      written += 1;
    }
    assert(written === expected.length, `${expected.length} blocks are listed, ${written} came`);
  } catch (cause) {
    const isDisk = cause instanceof Error && "code" in cause && "syscall" in cause;
    throw isDisk ? diskFailure("write", path, cause) : cause;
  } finally {
    await file.close();
  }
}
