// Weights in the data file beside a model of ours: read in pieces, and only through a door no link opens.
import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DType } from "../../tensor/index.ts";
import type { Weight } from "../graph/weights.ts";
import { invalid } from "./limits.ts";
import type { Message } from "./schema.ts";

export type ExternalReference = { readonly location: string; readonly byteOffset: number; readonly byteLength: number };

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** What a tensor says of its data file. Locations other than a plain file name are refused: no folders, no `..`, no root. */
export function externalReference(tensor: Message<"TensorProto">, expectedBytes: number): ExternalReference {
  const entries = new Map((tensor.external_data ?? []).map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  const byteOffset = wholeNumber(entries.get("offset") ?? "0");
  const byteLength = wholeNumber(entries.get("length") ?? String(expectedBytes));
  const plain =
    location !== "" && location === basename(location) && !/[\\/:\0]/.test(location) && !/^\.{1,2}$/.test(location);
  if (!plain) throw invalid(`The tensor "${tensor.name}" points to a data file outside its folder.`, { location });
  if (byteOffset === undefined || byteLength !== expectedBytes)
    throw invalid(`The tensor "${tensor.name}" needs ${expectedBytes} bytes of its data file and asks for others.`, {
      location,
    });
  return { location, byteOffset, byteLength };
}

/** A data file must be a plain file with one name: a link could show any file of this computer as weights. */
export async function checkDataFile(path: string): Promise<number> {
  const found = await lstat(path).catch((cause: unknown) => {
    throw invalid(`The model's data file ${basename(path)} is missing.`, { cause: String(cause) });
  });
  if (!found.isFile()) throw invalid(`The model's data file ${basename(path)} is a link or no file.`);
  if (found.nlink > 1) throw invalid(`The model's data file ${basename(path)} has a second name elsewhere.`);
  return found.size;
}

const pieceBytes = 4 << 20;

/** A weight over a stretch of a data file. The file is opened anew for each reading and checked again. */
export function externalWeight(modelPath: string, key: string, { dtype, dims, reference }: Placed): Weight {
  const path = join(dirname(modelPath), reference.location);
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    await checkDataFile(path);
    // O_NOFOLLOW closes the moment between the check and the opening; Windows has no such flag and no such links by default.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    let done = 0;
    while (done < reference.byteLength) {
      signal?.throwIfAborted();
      const piece = new Uint8Array(Math.min(pieceBytes, reference.byteLength - done));
      const { bytesRead } = await file.read(piece, 0, piece.byteLength, reference.byteOffset + done);
      if (bytesRead === 0) throw invalid(`The model's data file ${reference.location} ends before "${key}" does.`);
      yield piece.subarray(0, bytesRead);
      done += bytesRead;
    }
  }
  return { key, dtype, dims, read };
}

type Placed = { readonly dtype: DType; readonly dims: readonly number[]; readonly reference: ExternalReference };

export const endOf = (reference: ExternalReference): number => reference.byteOffset + reference.byteLength;
