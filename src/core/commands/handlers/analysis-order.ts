// What an analysis of a reel is told: its picture, the cuts that are decided already, and that hand work is not lost unasked.
import { basename } from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import { mustGet } from "../../../shared/project/index.ts";
import type { RecordId, Reel } from "../../../shared/project/index.ts";
import type { OpenProject } from "../../store/index.ts";
import type { AnalyseOrder } from "../face-orders.ts";
import { requireNoHandWork } from "../hand-work.ts";
import { limitsOf } from "../track-files.ts";
import { reelNamed } from "./reel-named.ts";

type Asked = {
  readonly reelId: RecordId<"reel"> | undefined;
  readonly replace: boolean;
  readonly what: "shots" | "faces";
};

type Queued = { readonly order: AnalyseOrder; readonly labels: Readonly<Record<string, string>> };

export function analysisOrder(project: OpenProject, { reelId, replace, what }: Asked): Queued {
  const { view } = project;
  const reel = reelNamed(view, reelId);
  const media = mustGet(view, "media", reel.mediaId);
  const picture = media.facts.video[0];
  if (!picture)
    throw refused("media.no-such-stream", {
      message: `${media.path} has no picture to look at.`,
      hint: "Import a file with a picture.",
      details: { path: media.path },
    });
  if (!replace) requireNoHandWork(view, reel, what);
  return {
    order: {
      media,
      reelId: reel.id,
      streamIndex: picture.streamIndex,
      cutFrames: what === "shots" || replace ? null : decidedCuts(project, reel),
      limits: limitsOf(project),
      replace,
    },
    // The media's id is left out: previews are looked for by it.
    labels: { title: basename(media.path), reelId: reel.id },
  };
}

/** The cuts of a reel on which a person or an edit list has decided anything; null where all are the detector's. */
function decidedCuts({ view }: OpenProject, { id: reelId }: Reel): number[] | null {
  const shots = view.list("shot", { reelId });
  if (shots.every(({ decidedBy }) => decidedBy === "detector")) return null;
  return shots.map(({ startFrame }) => startFrame).filter((startFrame) => startFrame > 0);
}
