// The optional folder of reference vectors and media beside the checkout. Tests that need it say loudly when it is absent.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** DUBWRIGHT_SHARED, else `shared` beside the checkout, else beside its parent, where a git worktree looks for it. */
export function sharedFolder(): string | undefined {
  const named = process.env["DUBWRIGHT_SHARED"];
  const places =
    named === undefined ? ["../shared", "../../shared"].map((place) => path.resolve(checkout, place)) : [named];
  return places.find((place) => existsSync(place));
}

function fileIn(folder: string, name: string): string | undefined {
  const shared = sharedFolder();
  const file = shared === undefined ? undefined : path.join(shared, folder, name);
  if (file !== undefined && existsSync(file)) return file;
  console.warn(`NOT CHECKED against ${folder}/${name}: no such file in ../shared or $DUBWRIGHT_SHARED.`);
  return undefined;
}

/** Path of a reference vector file, or undefined after saying that it is not there. For `test.skipIf`. */
export const sharedVectors = (name: string): string | undefined => fileIn("vectors", name);

/** Path of a real clip or its sound, likewise. */
export const sharedMedia = (name: string): string | undefined => fileIn("media", name);

/** Path of other data, by its path in `data`, likewise. */
export const sharedData = (name: string): string | undefined => fileIn("data", name);
