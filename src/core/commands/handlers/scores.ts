// Handler of scores: which takes are measured against which dialogue, by which network.
import { join } from "node:path";
import type { Handlers } from "../../../shared/contract/index.ts";
import { mustGet } from "../../../shared/project/index.ts";
import type { ProjectView, RecordId } from "../../../shared/project/index.ts";
import { readStoredModels, weightsPathOf } from "../../weights/index.ts";
import { isoTime } from "../job-summaries.ts";
import type { ScoreOrder } from "../score-orders.ts";
import { enqueue } from "./enqueue.ts";
import { dialogueOf } from "./generate.ts";
import type { HandlerTools } from "./handler-tools.ts";

export function scoreHandlers(handlerTools: HandlerTools): Pick<Handlers, "takes.score"> {
  const { current, clock, tools } = handlerTools;
  return {
    "takes.score": async ({ takeIds }) => {
      const { models } = await readStoredModels(join(tools.folders.appData, "models"));
      const network = models.findLast((model) => model.network === "syncnet-v2");
      // Asked for only now: another project may have been opened while the disk was slow.
      const { view } = current.get().project;
      const takes = [...new Set(takeIds)].map((takeId) => whatIsCompared(view, takeId));
      const order: ScoreOrder = {
        measuredAt: isoTime(clock.nowMs()),
        syncNetwork: network
          ? {
              title: network.title,
              weightsPath: weightsPathOf(join(tools.folders.appData, "models"), network),
              config: network.config,
            }
          : null,
        takes,
      };
      const title =
        takes.length === 1 ? `Score of take ${takes[0]?.take.takeNumber}` : `Scores of ${takes.length} takes`;
      return enqueue(handlerTools, { kind: "takes.score", resourceClass: "cpu", labels: { title } }, order);
    },
  };
}

function whatIsCompared(view: ProjectView, takeId: RecordId<"take">): ScoreOrder["takes"][number] {
  const take = mustGet(view, "take", takeId);
  const segment = mustGet(view, "segment", take.segmentId);
  const reel = mustGet(view, "reel", segment.reelId);
  const { mediaId, streamIndex, offsetSamples } = dialogueOf(view, segment);
  return {
    take,
    segment: { startFrame: segment.startFrame, durationFrames: segment.durationFrames },
    reel,
    media: mustGet(view, "media", reel.mediaId),
    cutFrames: view.list("shot", { reelId: reel.id }).map(({ startFrame }) => startFrame),
    dialogue: { media: mustGet(view, "media", mediaId), streamIndex, offsetSamples },
  };
}
