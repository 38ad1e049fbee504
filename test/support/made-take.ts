// A take's file with made-up faces, put where a project keeps its takes, and its record brought in.
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolderDurably, randomFrom, sha256OfFile, silentLogger, systemClock } from "../../src/core/base/index.ts";
import type { FaceFrames } from "../../src/core/export/index.ts";
import { codesOfFace, compressFace, takePathOf, writeTake } from "../../src/core/lipsync/index.ts";
import type { TakeHeader } from "../../src/core/lipsync/index.ts";
import { openProject } from "../../src/core/store/index.ts";
import { addTake, createId } from "../../src/shared/project/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import type { FrameRange } from "../../src/shared/time/index.ts";
import { sampleTake } from "./sample-records.ts";

/** Writes the faces of `range` as a take; answers the hash that names its file. */
export async function storeMadeTake(projectFolder: string, faces: FaceFrames, range: FrameRange): Promise<string> {
  const depthBits = 10;
  const frames: NonNullable<TakeHeader["frames"][number]>[] = [];
  const blocks: Uint8Array[] = [];
  for (let place = 0; place < range.durationFrames; place++) {
    const made = await faces.readFrame(range.startFrame + place);
    if (!made) throw new Error("a made take has a face in every frame");
    const bytes = await compressFace(codesOfFace(made.face, depthBits));
    frames.push({ frameToFace: [...made.frameToFace], sizeBytes: bytes.byteLength, crc32: crc32(bytes) });
    blocks.push(bytes);
  }
  const header: TakeHeader = {
    format: 1,
    faceSizePx: faces.faceSizePx,
    depthBits,
    frameRate: { num: 25, den: 1 },
    startFrame: range.startFrame,
    frames,
    madeFrom: {},
  };
  const path = join(projectFolder, `made-${range.startFrame}.take`);
  await rm(path, { force: true });
  await writeTake(path, { header, blocks });
  const contentSha256 = await sha256OfFile(path);
  const place = takePathOf(join(projectFolder, "takes"), { contentSha256 });
  await makeFolderDurably(dirname(place));
  await rename(path, place);
  return contentSha256;
}

type Made = { readonly segmentId: RecordId<"segment">; readonly range: FrameRange; readonly faces: FaceFrames };

/** As a generation would: stores the take and records it. The project must be closed meanwhile. */
export async function recordMadeTake(projectFolder: string, { segmentId, range, faces }: Made): Promise<string> {
  const contentSha256 = await storeMadeTake(projectFolder, faces, range);
  const random = randomFrom(crc32(`${segmentId} ${range.startFrame}`));
  const project = await openProject({
    folder: projectFolder,
    clock: systemClock,
    random,
    logger: silentLogger,
    program: "a test",
  });
  const id = createId("take", random.bytes);
  const { takeNumber: _number, ...take } = sampleTake();
  project.apply("segments.generate", (view) => addTake(view, { ...take, id, segmentId, contentSha256, ...range }));
  project[Symbol.dispose]();
  return id;
}
