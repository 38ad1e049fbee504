// What the core adds to the transaction in which a job's piece is recorded. Workers never open the project's database.
import type { Piece } from "../jobs/index.ts";
import { importMedia } from "../../shared/project/index.ts";
import type { JobRecorder } from "../jobs/index.ts";
import type { OpenProject } from "../store/index.ts";
import { importedRecordsSchema, recordsKey } from "./media-orders.ts";

type RecordPiece = (project: OpenProject, piece: Piece) => void;

const pieceRecorders: Readonly<Record<string, RecordPiece>> = {
  "media.import": (project, piece) => {
    if (piece.key !== recordsKey) return;
    const { media, reel } = importedRecordsSchema.parse(piece.facts);
    project.edit("media.import", (view) => importMedia(view, { media, reel: reel ?? undefined }));
  },
};

export const recorderOf = (project: OpenProject): JobRecorder => ({
  piece: (job, piece) => pieceRecorders[job.kind]?.(project, piece),
});
