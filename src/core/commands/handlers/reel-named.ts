// Which reel is meant where none was named: the only one there is.
import { refused } from "../../../shared/failure/index.ts";
import { mustGet } from "../../../shared/project/index.ts";
import type { ProjectView, RecordId, Reel } from "../../../shared/project/index.ts";

export function reelNamed(view: ProjectView, reelId: RecordId<"reel"> | undefined): Reel {
  if (reelId !== undefined) return mustGet(view, "reel", reelId);
  const [only, ...others] = view.list("reel");
  if (only && others.length === 0) return only;
  throw refused(only ? "project.which-reel" : "project.no-reel", {
    message: only ? `Expected a reel to be named, found ${others.length + 1} of them.` : "There is no reel yet.",
    hint: only ? "Say which one." : "Import the picture first.",
    details: { reelIds: [only, ...others].flatMap((reel) => (reel ? [reel.id] : [])) },
  });
}
