// A project with everything a take needs, made through the contract: a made clip, dialogue in two languages, a segment, a random
// model; and a face track that is put in by hand, because no one in a test picture has a face.
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { noCorrections, storedMeshPoints, writeTrackFile } from "../../src/core/faces/index.ts";
import type { TrackGeometry } from "../../src/core/faces/index.ts";
import type { LipsyncModelConfig } from "../../src/core/models/index.ts";
import { openProject } from "../../src/core/store/index.ts";
import { createId, diffAdding } from "../../src/shared/project/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import { tinyLipsync, writeRandomLipsyncModel } from "../../tools/models/random-lipsync-model.ts";
import { makeClip, makeDialogue } from "./lipsync-stage.ts";
import { openRealCore } from "./real-core.ts";

export type DubScene = {
  /** For `openRealCore`: application data with the model, files and the project. */
  readonly folder: string;
  readonly projectFolder: string;
  readonly segmentIds: { readonly de: RecordId<"segment">; readonly fr: RecordId<"segment"> };
};

type How = { readonly frameCount?: number; readonly rate?: string; readonly model?: LipsyncModelConfig };

/** Everything in `folder`, which is empty; the core that made it is closed. */
export async function makeDubScene(
  folder: string,
  { frameCount = 40, rate = "24000/1001", model = tinyLipsync }: How = {},
): Promise<DubScene> {
  const at = (name: string) => join(folder, name);
  await makeClip(at("picture.mkv"), { rate, frameCount });
  await makeDialogue(at("de.wav"), { seconds: 2 });
  await makeDialogue(at("fr.wav"), { seconds: 2, expression: "0.4*sin(2*PI*300*t)*gt(sin(2*PI*2*t),0)" });
  await writeRandomLipsyncModel(at("random.safetensors"), { config: model });
  await using core = await openRealCore({ folder });
  const { operations, ended } = core;
  await ended((await operations["models.import"]({ path: at("random.safetensors") })).jobId);
  const project = await operations["project.create"]({ folder, name: "Scene" });
  await ended((await operations["media.import"]({ path: at("picture.mkv") })).jobId);
  const segment = async (language: string) => {
    const { versionId } = await operations["versions.add"]({ language });
    await operations["dialogue.add"]({ versionId, path: at(`${language}.wav`) });
    return (await operations["segments.add"]({ versionId, range: `#0-#${frameCount}` })).segmentId;
  };
  const segmentIds = { de: await segment("de"), fr: await segment("fr") };
  await operations["project.close"]({});
  await addFace(project.folder, frameCount);
  return { folder, projectFolder: project.folder, segmentIds };
}

/** One face in the middle of the picture, from the first frame to the last. */
async function addFace(projectFolder: string, frameCount: number): Promise<void> {
  const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a test" };
  using project = await openProject({ folder: projectFolder, ...surroundings });
  const [reel] = project.view.list("reel");
  if (!reel) throw new Error("the scene has a reel");
  const geometrySha256 = await writeTrackFile(project.paths.tracks, driftingFace(frameCount));
  project.edit("faces.track", () =>
    diffAdding({
      type: "face-track",
      id: createId("face-track", systemRandom.bytes),
      reelId: reel.id,
      startFrame: 0,
      durationFrames: frameCount,
      characterId: null,
      geometrySha256,
      decidedBy: "detector",
      eligibleFrames: frameCount,
      medianFaceSizePx: 100,
    }),
  );
}

/** A face of 100 px that drifts to the right. */
function driftingFace(frameCount: number): TrackGeometry {
  const points = storedMeshPoints.length;
  const left = (frame: number) => 90 + 0.5 * frame;
  const anchors = [30, 60, 70, 60, 50, 85];
  return {
    frameCount,
    frameSize: { widthPx: 320, heightPx: 180 },
    rotationDegrees: 0,
    seen: new Uint8Array(frameCount).fill(1),
    boxes: Float64Array.from({ length: 4 * frameCount }, (_, i) => [left(Math.floor(i / 4)), 40, 100, 100][i % 4] ?? 0),
    anchors: Float64Array.from(
      { length: 6 * frameCount },
      (_, i) => (anchors[i % 6] ?? 0) + (i % 2 === 0 ? left(Math.floor(i / 6)) : 0),
    ),
    steps: new Float32Array(6 * frameCount).fill(NaN),
    meshPoints: storedMeshPoints,
    mesh: Float32Array.from({ length: 2 * points * frameCount }, (_, i) =>
      i % 2 === 0 ? left(Math.floor(i / (2 * points))) + 50 : 90,
    ),
    pose: new Float32Array(3 * frameCount),
    presenceRatio: new Float32Array(frameCount).fill(1),
    sharpnessRatio: new Float32Array(frameCount).fill(1),
    hiddenRatio: new Float32Array(frameCount).fill(0),
    corrections: noCorrections,
  };
}
