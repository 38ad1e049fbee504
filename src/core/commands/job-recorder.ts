// What the core adds to the transaction in which a job's piece is recorded. Workers never open the project's database.
import type { Piece } from "../jobs/index.ts";
import {
  addTake,
  applyProposals,
  composeDiffs,
  createId,
  emptyDiff,
  importMedia,
  mustGet,
  replaceAnalysis,
  scoreTake,
} from "../../shared/project/index.ts";
import type { Random } from "../base/index.ts";
import type { JobRecorder } from "../jobs/index.ts";
import type { OpenProject } from "../store/index.ts";
import { analysisKey, analysisSchema } from "./face-orders.ts";
import { requireNoHandWork } from "./hand-work.ts";
import { isTakePiece, madeTakeSchema } from "./generate-order.ts";
import { importedRecordsSchema, recordsKey } from "./media-orders.ts";
import { measuredTakeSchema } from "./score-orders.ts";
import { proposalsKey, proposalsSchema } from "./proposal-orders.ts";

/** The first analysis of a reel is no step of the history: undo goes on taking back what the editor did last. */
function recordAnalysis(name: string, project: OpenProject, piece: Piece): void {
  if (piece.key !== analysisKey) return;
  const { reelId, shots, tracks, replace } = analysisSchema.parse(piece.facts);
  const { view } = project;
  const reel = mustGet(view, "reel", reelId);
  const isFirst = view.list("shot", { reelId }).length === 0 && view.list("face-track", { reelId }).length === 0;
  // Hand work done while the machine was looking is not lost either.
  if (!replace) requireNoHandWork(view, reel, tracks ? "faces" : "shots");
  const record = isFirst ? project.apply : project.edit;
  record(name, (present) =>
    replaceAnalysis(present, {
      reelId,
      shots: shots ?? present.list("shot", { reelId }),
      tracks: tracks ?? undefined,
    }),
  );
}

type RecordPiece = (project: OpenProject, piece: Piece, random: Random) => void;

const pieceRecorders: Readonly<Record<string, RecordPiece>> = {
  "media.import": (project, piece) => {
    if (piece.key !== recordsKey) return;
    const { media, reel } = importedRecordsSchema.parse(piece.facts);
    project.edit("media.import", (view) => importMedia(view, { media, reel: reel ?? undefined }));
  },
  "segments.propose": (project, piece, random) => {
    if (piece.key !== proposalsKey) return;
    const { versionId, reels } = proposalsSchema.parse(piece.facts);
    const createSegmentId = () => createId("segment", random.bytes);
    // One step of the history for all reels, since it was one wish.
    project.edit("segments.propose", (view) =>
      reels
        .map((reel) => applyProposals(view, { versionId, createSegmentId, ...reel }))
        .reduce(composeDiffs, emptyDiff),
    );
  },
  "takes.score": (project, piece) => {
    const { takeId, ...measured } = measuredTakeSchema.parse(piece.facts);
    // Deleted while it was measured: then nobody asks.
    if (project.view.get("take", takeId)) project.apply("takes.score", (view) => scoreTake(view, takeId, measured));
  },
  "shots.detect": (project, piece) => recordAnalysis("shots.detect", project, piece),
  "faces.track": (project, piece) => recordAnalysis("faces.track", project, piece),
  "segments.generate": (project, piece) => {
    const [file] = piece.files;
    if (!isTakePiece(piece.key) || !file) return;
    const { faceFrames: _faceFrames, takeId, ...made } = madeTakeSchema.parse(piece.facts);
    // Removed while its take was made: then nobody waits for it.
    if (!project.view.get("segment", made.segmentId)) return;
    const unseen = { syncConfidence: null, avOffsetFrames: null, score: null, stars: 0, isRejected: false, note: "" };
    const take = { type: "take", id: takeId, ...made, contentSha256: file.sha256, ...unseen } as const;
    // No step of the history: undo goes on taking back what the editor did last, not what a machine has finished meanwhile.
    project.apply("segments.generate", (view) => addTake(view, take));
  },
};

export const recorderOf = (project: OpenProject, random: Random): JobRecorder => ({
  piece: (job, piece) => pieceRecorders[job.kind]?.(project, piece, random),
});
