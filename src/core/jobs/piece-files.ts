// The files of a piece: made in the attempt's own folder, verified, then moved to where their content says they belong.
import { mkdir, readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { assert, failed } from "../../shared/failure/index.ts";
import {
  fsyncFile,
  killPoint,
  makeFolderDurably,
  renameDurably,
  sha256OfFile,
  writeFileDurably,
} from "../base/index.ts";
import type { PieceFile } from "./job.ts";
import { pieceNameSchema, storedPieceSchema } from "./messages.ts";
import type { StoredPiece } from "./messages.ts";

const manifestSuffix = ".piece.json";

/** Where attempts of a job work: `<temp>/<job>`, one folder per fencing token inside. */
export const jobTempFolder = (tempFolder: string, jobId: string): string => join(tempFolder, jobId);

export const attemptFolder = (tempFolder: string, jobId: string, fenceToken: number): string =>
  join(jobTempFolder(tempFolder, jobId), String(fenceToken));

/** Where content lies below its folder: "ab/ab12….mkv". The same bytes under the same kind of name lie there once. */
export function contentPath(contentFolder: string, file: Pick<PieceFile, "name" | "sha256">): string {
  const extension = extname(file.name).toLowerCase();
  return join(contentFolder, file.sha256.slice(0, 2), `${file.sha256}${extension}`);
}

export type StagedPiece = {
  /** Names the part within its job: letters, digits, "-", "_", ".". */
  readonly key: string;
  /** Files in the attempt's folder, complete and closed. */
  readonly fileNames: readonly string[];
  /** What the next attempt must know besides the files, as JSON. */
  readonly facts: StoredPiece["facts"];
  /** Reads a file again and throws when it isn't what it should be: decodes it, counts its frames. */
  readonly verify?: (path: string) => Promise<void>;
};

/**
 * Moves a piece's files from the attempt's folder to the content folder: fsync, verify, hash what the disk gives back,
 * write down the intent, rename, fsync the folders. A crash anywhere leaves a manifest by which `findStoredPieces`
 * finishes the move, or no manifest and then no piece.
 */
export async function storePiece(
  staged: StagedPiece,
  folders: { readonly attemptFolder: string; readonly contentFolder: string },
): Promise<StoredPiece> {
  for (const name of [staged.key, ...staged.fileNames]) {
    assert(pieceNameSchema.safeParse(name).success, `a piece and its files have plain names, found "${name}"`);
  }
  const files: PieceFile[] = [];
  for (const name of staged.fileNames) {
    const path = join(folders.attemptFolder, name);
    await fsyncFile(path);
    await staged.verify?.(path);
    const { size: sizeBytes } = await stat(path);
    files.push({ name, sha256: await sha256OfFile(path), sizeBytes });
  }
  const piece: StoredPiece = { key: staged.key, files, facts: staged.facts };
  killPoint("jobs.piece.verified");
  await writeFileDurably(join(folders.attemptFolder, `${staged.key}${manifestSuffix}`), JSON.stringify(piece));
  killPoint("jobs.piece.noted");
  for (const file of files) await moveToContent(join(folders.attemptFolder, file.name), file, folders.contentFolder);
  killPoint("jobs.piece.stored");
  return piece;
}

async function moveToContent(path: string, file: PieceFile, contentFolder: string): Promise<void> {
  const target = contentPath(contentFolder, file);
  if ((await sizeOf(target)) === file.sizeBytes) {
    // The same bytes are there already: content is only ever put in place whole, so its size is proof enough.
    await rm(path);
    return;
  }
  await makeFolderDurably(join(target, ".."));
  await renameDurably(path, target);
}

/**
 * The pieces that earlier attempts had noted and perhaps stored before they died, whole on the disk now and verified by
 * hash. Newest attempt first; one per key. What is torn is left out; `reject` hears why.
 */
export async function findStoredPieces(
  folders: { readonly jobFolder: string; readonly contentFolder: string },
  reject: (path: string, why: string) => void,
): Promise<readonly StoredPiece[]> {
  const found = new Map<string, StoredPiece>();
  const tokens = (await namesIn(folders.jobFolder)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const token of tokens.toSorted((a, b) => b - a)) {
    const folder = join(folders.jobFolder, String(token));
    for (const name of (await namesIn(folder)).filter((each) => each.endsWith(manifestSuffix)).toSorted()) {
      const manifestPath = join(folder, name);
      const piece = readManifest(await readFile(manifestPath, "utf8"));
      if (piece === undefined) reject(manifestPath, "it is no manifest of a piece");
      else if (!found.has(piece.key) && (await isWhole(piece, folder, folders.contentFolder)))
        found.set(piece.key, piece);
      else if (!found.has(piece.key)) reject(manifestPath, "its files are missing or their hash differs");
    }
  }
  return [...found.values()];
}

function readManifest(text: string): StoredPiece | undefined {
  try {
    return storedPieceSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isWhole(piece: StoredPiece, folder: string, contentFolder: string): Promise<boolean> {
  for (const file of piece.files) {
    const stagedPath = join(folder, file.name);
    if (await hasContent(contentPath(contentFolder, file), file)) continue;
    if (!(await hasContent(stagedPath, file))) return false;
    await moveToContent(stagedPath, file, contentFolder);
  }
  return true;
}

const hasContent = async (path: string, file: PieceFile): Promise<boolean> =>
  (await sizeOf(path)) === file.sizeBytes && (await sha256OfFile(path)) === file.sha256;

/** Removes the folders of a job's attempts, all but the running one's. */
export async function sweepAttempts(jobFolder: string, keepToken: number | undefined): Promise<void> {
  const kept = keepToken === undefined ? undefined : String(keepToken);
  for (const name of await namesIn(jobFolder)) {
    if (name !== kept) await rm(join(jobFolder, name), { recursive: true, force: true });
  }
  if (kept === undefined) await removeIfEmpty(jobFolder);
}

/** Removes the folder of one attempt, and the job's when that was its last. */
export async function removeAttempt(tempFolder: string, job: { jobId: string; fenceToken: number }): Promise<void> {
  await rm(attemptFolder(tempFolder, job.jobId, job.fenceToken), { recursive: true, force: true });
  await removeIfEmpty(jobTempFolder(tempFolder, job.jobId));
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const isExpected = isMissing(error) || hasCode(error, ["ENOTEMPTY", "EEXIST"]);
    if (!isExpected) throw error;
  }
}

/** Jobs that have a folder below the temp folder. */
export const jobsWithFolders = (tempFolder: string): Promise<readonly string[]> => namesIn(tempFolder);

/** The attempt's folder, empty. */
export async function makeAttemptFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw failed("jobs.no-temp-folder", {
      message: `The folder ${folder} for a job's files could not be made.`,
      hint: "Check the permissions of the project folder and the space on its disk.",
      details: { folder },
      cause,
    });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

const isMissing = (error: unknown): boolean => hasCode(error, ["ENOENT", "ENOTDIR"]);
