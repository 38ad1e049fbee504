// Handler of proposals: gathers what is known of a version; what is missing is said now, with what to do first.
import type { Handlers } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import { mustGet } from "../../../shared/project/index.ts";
import type { ProjectView, RecordId, Reel } from "../../../shared/project/index.ts";
import { rangeBetween } from "../../../shared/time/index.ts";
import type { ProposalOrder } from "../proposal-orders.ts";
import { limitsOf } from "../track-files.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";

export function proposalHandlers(handlerTools: HandlerTools): Pick<Handlers, "segments.propose"> {
  return {
    "segments.propose": async ({ versionId, reelId, ...rules }) => {
      const { project } = handlerTools.current.get();
      const { view } = project;
      const version = mustGet(view, "version", versionId);
      const reels = reelId === undefined ? view.list("reel") : [mustGet(view, "reel", reelId)];
      const order: ProposalOrder = {
        versionId,
        ...rules,
        limits: limitsOf(project),
        reels: reels.map((reel) => whatIsKnown(view, reel, versionId)),
      };
      if (order.reels.every(({ faces }) => faces.length === 0)) throw noFaces();
      if (rules.basis !== "motion" && order.reels.every(({ tracks }) => tracks.length === 0)) throw noDialogue();
      const labels = { title: version.name, versionId, ...(reelId === undefined ? {} : { reelId }) };
      return enqueue(handlerTools, { kind: "segments.propose", resourceClass: "cpu", labels }, order);
    },
  };
}

function whatIsKnown(view: ProjectView, reel: Reel, versionId: RecordId<"version">): ProposalOrder["reels"][number] {
  const shots = view.list("shot", { reelId: reel.id });
  const tracks = view.list("audio-track", { reelId: reel.id, versionId, stem: "dialogue" });
  return {
    reel,
    shots:
      shots.length === 0
        ? [rangeBetween(0, reel.durationFrames)]
        : shots.map(({ startFrame, durationFrames }) => ({ startFrame, durationFrames })),
    faces: [...view.list("face-track", { reelId: reel.id })],
    tracks: tracks.map((track) => ({ track, media: mustGet(view, "media", track.mediaId) })),
  };
}

const noFaces = () =>
  refused("segments.no-faces", {
    message: "Expected faces to propose segments for, found none: no face was tracked in these reels.",
    hint: "Track the faces first, with: dubwright faces track. Segments can also be added by hand.",
  });

const noDialogue = () =>
  refused("segments.no-dialogue", {
    message: "Expected dialogue in this version, found none.",
    hint: "Lay it in first, or propose by the motion of mouths alone.",
  });
