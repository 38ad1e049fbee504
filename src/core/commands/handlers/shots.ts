// Handlers of shots: find, list and correct them, take them from an edit list.
import { readFile, stat } from "node:fs/promises";
import { refused } from "../../../shared/failure/index.ts";
import type { Handlers } from "../../../shared/contract/index.ts";
import {
  addCut,
  composeDiffs,
  createId,
  moveCut,
  mustGet,
  removeCut,
  replaceShots,
  timecodeBaseOf,
} from "../../../shared/project/index.ts";
import type { RecordId, Shot } from "../../../shared/project/index.ts";
import { endFrameOf, formatTimecode, parsePlace } from "../../../shared/time/index.ts";
import { readEditList, shotsBetween } from "../../faces/index.ts";
import { splitAtCuts } from "../split-tracks.ts";
import { analysisOrder } from "./analysis-order.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { mustBeFile } from "./must-be-file.ts";
import { reelNamed } from "./reel-named.ts";

type Names = "shots.detect" | "shots.list" | "shots.cut" | "shots.move" | "shots.join" | "shots.import";

const mostListBytes = 20_000_000;

export function shotHandlers(handlerTools: HandlerTools): Pick<Handlers, Names> {
  const { current, edit, random } = handlerTools;
  const splitting = () => ({ project: current.get().project, random });
  const newShotId = (): RecordId<"shot"> => createId("shot", random.bytes);
  return {
    "shots.detect": async ({ reelId, replace }) => {
      const { order, labels } = analysisOrder(current.get().project, { reelId, replace, what: "shots" });
      return enqueue(handlerTools, { kind: "shots.detect", resourceClass: "cpu", labels }, order);
    },
    "shots.list": async ({ reelId }) => {
      const { view } = current.get().project;
      const reel = reelNamed(view, reelId);
      const base = timecodeBaseOf(reel);
      const tracks = view.list("face-track", { reelId: reel.id });
      const shots = view.list("shot", { reelId: reel.id }).map(({ id, startFrame, durationFrames, ...shot }) => ({
        shotId: id,
        startFrame,
        durationFrames,
        inTimecode: formatTimecode(startFrame, base),
        outTimecode: formatTimecode(startFrame + durationFrames, base),
        opensWith: shot.opensWith,
        decidedBy: shot.decidedBy,
        faceTracks: tracks.filter(
          (track) => track.startFrame < startFrame + durationFrames && endFrameOf(track) > startFrame,
        ).length,
      }));
      return { reelId: reel.id, shots };
    },
    "shots.cut": async ({ at, reelId }) => {
      const reel = reelNamed(current.get().project.view, reelId);
      const startFrame = parsePlace(at, timecodeBaseOf(reel));
      const shotId = newShotId();
      const shotIds = [shotId, newShotId()] as const;
      const cut = { reelId: reel.id, startFrame, shotIds };
      addCut(current.get().project.view, cut);
      const split = await splitAtCuts(reel.id, [startFrame], splitting());
      const { revision } = edit("shots.cut", (view) => composeDiffs(addCut(view, cut), split(view)));
      return { revision, shotId };
    },
    "shots.move": async ({ shotId, at }) => {
      const { view: before } = current.get().project;
      const { reelId } = mustGet(before, "shot", shotId);
      const startFrame = parsePlace(at, timecodeBaseOf(mustGet(before, "reel", reelId)));
      moveCut(before, shotId, startFrame);
      const split = await splitAtCuts(reelId, [startFrame], splitting());
      return edit("shots.move", (view) => composeDiffs(moveCut(view, shotId, startFrame), split(view)));
    },
    "shots.join": async ({ shotId }) => edit("shots.join", (view) => removeCut(view, shotId)),
    "shots.import": async ({ edl, reelId }) => {
      const reel = reelNamed(current.get().project.view, reelId);
      const { durationFrames } = reel;
      const { cuts, notes } = readEditList(await readList(edl), { base: timecodeBaseOf(reel), durationFrames });
      const cutFrames = cuts.map(({ frameIndex }) => frameIndex);
      const kinds = new Map(cuts.map(({ frameIndex, kind }) => [frameIndex, kind]));
      const shots = shotsBetween(cutFrames, { startFrame: 0, durationFrames }).map((range): Shot => ({
        type: "shot",
        id: newShotId(),
        reelId: reel.id,
        ...range,
        opensWith: kinds.get(range.startFrame) ?? "start",
        decidedBy: "edit-list",
      }));
      const split = await splitAtCuts(reel.id, cutFrames, splitting());
      const { revision } = edit("shots.import", (view) =>
        composeDiffs(replaceShots(view, reel.id, shots), split(view)),
      );
      return { revision, shots: shots.length, notes: [...notes] };
    },
  };
}

async function readList(path: string): Promise<string> {
  await mustBeFile(path);
  const { size } = await stat(path);
  if (size <= mostListBytes) return await readFile(path, "latin1");
  throw refused("shots.bad-edit-list", {
    message: `${path} is no edit list: it has ${size} bytes.`,
    hint: "Export the list as CMX 3600 (EDL).",
    details: { path, sizeBytes: size },
  });
}
