// A project of 3,000 segments, 20,000 takes and 8,000 face tracks: time to open, and edits while another process reads.
import { fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom, silentLogger, systemClock } from "../../src/core/base/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import { createId, diffAdding, diffChanging, recordTypes } from "../../src/shared/project/index.ts";
import type { AnyRecord, RecordId, Segment } from "../../src/shared/project/index.ts";
import {
  sampleCharacter,
  sampleFaceTrack,
  sampleMedia,
  sampleReel,
  sampleSegment,
  sampleShot,
  sampleTake,
  sampleVersion,
} from "../../test/support/sample-records.ts";

const filmFrames = 172_800;
const sizes = { segments: 3000, takes: 20_000, faceTracks: 8000, shots: 1600 };
const editCount = 1000;
const random = randomFrom(20);
const surroundings = { clock: systemClock, random, logger: silentLogger, program: "the store benchmark" };

const places = (count: number) => Array.from({ length: count }, (_, index) => Math.floor((index * filmFrames) / count));

function filmRecords(): readonly AnyRecord[] {
  const fresh = <Type extends AnyRecord["type"]>(type: Type): RecordId<Type> => createId(type, random.bytes);
  const shots = places(sizes.shots).map((startFrame) => ({ ...sampleShot("x", startFrame), id: fresh("shot") }));
  const faceTracks = places(sizes.faceTracks).map((startFrame) => ({
    ...sampleFaceTrack("x", startFrame),
    id: fresh("face-track"),
  }));
  const segments = places(sizes.segments).map((startFrame) => ({
    ...sampleSegment("x", startFrame),
    id: fresh("segment"),
  }));
  const takes = Array.from({ length: sizes.takes }, (_, index) => {
    const segment = segments[index % segments.length] ?? sampleSegment();
    const takeNumber = 1 + Math.floor(index / segments.length);
    const { id: segmentId, startFrame, durationFrames } = segment;
    return { ...sampleTake("x", takeNumber), id: fresh("take"), segmentId, startFrame, durationFrames };
  });
  const film = [sampleMedia(), sampleReel(), sampleVersion(), sampleCharacter()];
  return [...film, ...shots, ...faceTracks, ...segments, ...takes];
}

const percentile = (times: readonly number[], ratio: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * ratio))] ?? NaN;

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

const summary = (times: readonly number[]) =>
  `median ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms, worst ${Math.max(...times).toFixed(2)} ms`;

/** The least a durable edit can cost here: one append of 4 KiB and its fsync, as often as there are edits. */
function bareFsyncs(folder: string): readonly number[] {
  const file = openSync(join(folder, "baseline"), "w");
  const block = new Uint8Array(4096);
  const times = Array.from({ length: editCount }, () =>
    timed(() => {
      writeSync(file, block);
      fsyncSync(file);
    }),
  );
  closeSync(file);
  return times;
}

/** What an editor does most: notes, states and ranges of segments, one gesture each. */
function edits(project: OpenProject): readonly number[] {
  const segments = project.view.list("segment");
  return Array.from({ length: editCount }, (_, index) => {
    const id = segments[(index * 7919) % segments.length]?.id;
    return timed(() => {
      project.edit("segment.note", (view) => {
        const segment = id && view.get("segment", id);
        if (!segment) throw new Error("the benchmark's segment is missing");
        return diffChanging<Segment>(segment, {
          ...segment,
          note: `note ${index}`,
          startFrame: segment.startFrame + 1,
        });
      });
    });
  });
}

async function withReader<Result>(path: string, work: () => Result): Promise<{ result: Result; rowsRead: number }> {
  const reader = fork(new URL("store/reader.ts", import.meta.url), [path]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const result = work();
  const answer = once(reader, "message");
  reader.send("stop");
  const [message] = (await answer) as [{ rows: number }];
  return { result, rowsRead: message.rows };
}

const folder = mkdtempSync(join(tmpdir(), "dubwright-bench-store-"));
try {
  const project = await createProject({ folder, name: "Film", ...surroundings });
  project.apply("fill", () => diffAdding(...filmRecords()));
  const { folder: projectFolder, database } = project.paths;
  const counts = project.counts();
  project[Symbol.dispose]();

  const sizeMiB = (statSync(database).size / 2 ** 20).toFixed(1);
  console.log(
    `project: ${counts.segment} segments, ${counts.take} takes, ${counts["face-track"]} face tracks; ${sizeMiB} MiB, verified at each opening`,
  );
  const openings: number[] = [];
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now();
    using opened = await openProject({ folder: projectFolder, ...surroundings });
    for (const type of recordTypes) opened.page(type, { limit: 500 });
    openings.push(performance.now() - startMs);
  }
  console.log(`opens with the first page of every list: ${summary(openings)} (promised: 1000 ms)`);

  const bare = bareFsyncs(folder);
  console.log(`append 4 KiB and fsync, the baseline: ${summary(bare)}`);
  using open = await openProject({ folder: projectFolder, ...surroundings });
  const { result: times, rowsRead } = await withReader(open.paths.database, () => edits(open));
  console.log(
    `an edit with its commit, while another process read ${rowsRead} takes: ${summary(times)} (promised: p99 20 ms)`,
  );
  const ratio = percentile(times, 0.99) / percentile(bare, 0.99);
  console.log(
    `p99 of an edit / p99 of a bare fsync = ${ratio.toFixed(2)}; medians ${(percentile(times, 0.5) / percentile(bare, 0.5)).toFixed(2)}`,
  );
  const kept = percentile(openings, 1) <= 1000 && percentile(times, 0.99) <= 20;
  console.log(kept ? "Both promises are kept on this machine." : "A promise is broken on this machine.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
