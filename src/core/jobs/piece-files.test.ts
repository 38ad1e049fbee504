// Rules of pieces: stored by content, whole at every step of dying, adopted by hash alone.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failed } from "../../shared/failure/index.ts";
import {
  attemptFolder,
  contentPath,
  findStoredPieces,
  jobTempFolder,
  makeAttemptFolder,
  removeAttempt,
  storePiece,
} from "./piece-files.ts";

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
let folder = "";
let contentFolder = "";
let work = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-pieces-"));
  contentFolder = join(folder, "content");
  work = attemptFolder(join(folder, "tmp"), "job-1", 1);
  await makeAttemptFolder(work);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const find = async () => {
  const rejected: string[] = [];
  const jobFolder = jobTempFolder(join(folder, "tmp"), "job-1");
  const pieces = await findStoredPieces({ jobFolder, contentFolder }, (_, why) => rejected.push(why));
  return { pieces, rejected };
};

/** A piece as an attempt leaves it that died after the note and before the move. */
async function leaveNoted(key: string, content: string, sha256: string): Promise<void> {
  await writeFile(join(work, `${key}.txt`), content);
  const files = [{ name: `${key}.txt`, sha256, sizeBytes: 3 }];
  await writeFile(join(work, `${key}.piece.json`), JSON.stringify({ key, files, facts: null }));
}

describe("storing a piece", () => {
  test("moves its files to where their hash says and leaves a note", async () => {
    await writeFile(join(work, "crops.MKV"), "abc");
    const staged = { key: "shot-1", fileNames: ["crops.MKV"], facts: { frames: 12 } };
    const piece = await storePiece(staged, { attemptFolder: work, contentFolder });
    expect(piece.files).toEqual([{ name: "crops.MKV", sha256: abc, sizeBytes: 3 }]);
    expect(await readFile(join(contentFolder, "ba", `${abc}.mkv`), "utf8")).toBe("abc");
    expect(await readdir(work)).toEqual(["shot-1.piece.json"]);
    expect((await find()).pieces).toEqual([piece]);
  });

  test("keeps the same content once", async () => {
    for (const key of ["a", "b"]) {
      await writeFile(join(work, `${key}.txt`), "abc");
      await storePiece({ key, fileNames: [`${key}.txt`], facts: null }, { attemptFolder: work, contentFolder });
    }
    expect(await readdir(join(contentFolder, "ba"))).toEqual([`${abc}.txt`]);
  });

  test("stops at a file that does not verify, before anything is noted", async () => {
    await writeFile(join(work, "crops.mkv"), "abc");
    const verify = () => Promise.reject(failed("media.torn", { message: "It has 11 of 12 frames." }));
    const staged = { key: "shot-1", fileNames: ["crops.mkv"], facts: null, verify };
    await expect(storePiece(staged, { attemptFolder: work, contentFolder })).rejects.toMatchObject({
      code: "media.torn",
    });
    expect(await find()).toEqual({ pieces: [], rejected: [] });
  });

  test("is a bug under a name that leads elsewhere", async () => {
    for (const name of ["../up.txt", "a/b", ".hidden", ""]) {
      const staged = { key: "k", fileNames: [name], facts: null };
      await expect(storePiece(staged, { attemptFolder: work, contentFolder })).rejects.toThrow("plain names");
    }
  });
});

describe("finding what a dead attempt had stored", () => {
  test("finishes a move that had only been noted", async () => {
    await leaveNoted("shot-1", "abc", abc);
    expect((await find()).pieces).toHaveLength(1);
    expect(await readFile(contentPath(contentFolder, { name: "x.txt", sha256: abc }), "utf8")).toBe("abc");
  });

  test("leaves out what has other bytes than noted, and what is no note", async () => {
    await leaveNoted("shot-1", "abd", abc);
    await writeFile(join(work, "shot-2.piece.json"), "{");
    await writeFile(join(work, "shot-3.piece.json"), JSON.stringify({ key: "../x", files: [], facts: null }));
    const { pieces, rejected } = await find();
    expect(pieces).toEqual([]);
    expect(rejected).toHaveLength(3);
  });

  test("leaves out torn content that has the noted size", async () => {
    await writeFile(join(work, "a.txt"), "abc");
    await storePiece({ key: "a", fileNames: ["a.txt"], facts: null }, { attemptFolder: work, contentFolder });
    await writeFile(contentPath(contentFolder, { name: "a.txt", sha256: abc }), "ab\0");
    expect((await find()).pieces).toEqual([]);
  });

  test("takes the newest attempt's piece of a key", async () => {
    await leaveNoted("shot-1", "abd", abc);
    work = attemptFolder(join(folder, "tmp"), "job-1", 10);
    await mkdir(work);
    await leaveNoted("shot-1", "abc", abc);
    expect((await find()).pieces).toHaveLength(1);
  });

  test("finds nothing where there is nothing", async () => {
    await removeAttempt(join(folder, "tmp"), { jobId: "job-1", fenceToken: 1 });
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
    expect(await find()).toEqual({ pieces: [], rejected: [] });
  });
});
