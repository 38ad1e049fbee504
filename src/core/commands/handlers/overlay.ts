// Handler of the overlay: a film for people to look at, with the faces drawn in.
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import type { Handlers } from "../../../shared/contract/index.ts";
import { mustGet, timecodeBaseOf } from "../../../shared/project/index.ts";
import { doRangesOverlap, intersect, parseRange } from "../../../shared/time/index.ts";
import type { OverlayOrder } from "../face-orders.ts";
import { filePathOf } from "../media-paths.ts";
import { limitsOf } from "../track-files.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { reelNamed } from "./reel-named.ts";

const containers: Readonly<Record<string, OverlayOrder["container"]>> = { ".mp4": "mp4", ".mov": "mov" };

export function overlayHandlers(handlerTools: HandlerTools): Pick<Handlers, "faces.overlay"> {
  const { current } = handlerTools;
  return {
    "faces.overlay": async ({ out, reelId, range }) => {
      const { project } = current.get();
      const { view } = project;
      const reel = reelNamed(view, reelId);
      const media = mustGet(view, "media", reel.mediaId);
      const base = timecodeBaseOf(reel);
      const whole = { startFrame: 0, durationFrames: reel.durationFrames };
      const asked = range === undefined ? whole : intersect(parseRange(range, base), whole);
      if (!asked)
        throw refused("time.bad-range", {
          message: `The range ${range} lies outside ${reel.name}.`,
          details: { range },
        });
      const outPath = resolve(out);
      const container = containers[extname(outPath).toLowerCase()];
      if (!container)
        throw refused("faces.overlay-container", {
          message: `An overlay is written as .mp4 or .mov; found ${basename(outPath)}.`,
          hint: "Give the file one of these endings.",
          details: { out },
        });
      await mustBeNewFile(outPath, filePathOf(project.paths.folder, media.path));
      const tracks = view.list("face-track", { reelId: reel.id }).filter((track) => doRangesOverlap(track, asked));
      const order: OverlayOrder = {
        media,
        streamIndex: media.facts.video[0]?.streamIndex ?? 0,
        outPath,
        container,
        ...asked,
        base,
        limits: limitsOf(project),
        shots: [...view.list("shot", { reelId: reel.id })],
        tracks,
        characters: [...view.list("character")],
      };
      const labels = { title: basename(outPath), reelId: reel.id };
      return enqueue(handlerTools, { kind: "faces.overlay", resourceClass: "media", labels }, order);
    },
  };
}

/** Undefined where nothing is, or nothing that may be looked at. */
const statsOf = (path: string): Promise<Stats | undefined> =>
  stat(path).then(
    (stats) => stats,
    () => undefined,
  );

/** The folder is there, and the film is not written over its own source. */
async function mustBeNewFile(outPath: string, sourcePath: string): Promise<void> {
  const folder = await statsOf(dirname(outPath));
  if (folder?.isDirectory() !== true)
    throw refused("faces.overlay-folder", {
      message: `There is no folder ${dirname(outPath)}.`,
      hint: "Make it first, or choose another place.",
      details: { outPath },
    });
  const [out, source] = await Promise.all([outPath, sourcePath].map(statsOf));
  if (out && source && out.ino === source.ino && out.dev === source.dev)
    throw refused("faces.overlay-source", {
      message: `${outPath} is the film itself.`,
      hint: "Choose another name.",
      details: { outPath },
    });
}
