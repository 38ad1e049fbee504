// What people have done to shots and tracks is not replaced by a machine unless they ask for it.
import { refused } from "../../shared/failure/index.ts";
import type { ProjectView, Reel } from "../../shared/project/index.ts";

/** Refused as "faces.hand-work" where an analysis of "shots" or "faces" would replace what a person has decided. */
export function requireNoHandWork(view: ProjectView, { id: reelId, name }: Reel, what: "shots" | "faces"): void {
  const shots = view.list("shot", { reelId }).filter(({ decidedBy }) => decidedBy !== "detector").length;
  const tracks = view
    .list("face-track", { reelId })
    .filter(({ decidedBy, characterId }) => decidedBy === "editor" || characterId !== null).length;
  // Tracks are made within the shots that are there, and shots leave the tracks alone.
  const count = what === "shots" ? shots : tracks;
  if (count === 0) return;
  throw refused("faces.hand-work", {
    message:
      what === "shots"
        ? `${name} has ${count} shot(s) that were corrected by hand or came from an edit list.`
        : `${name} has ${count} face track(s) that were corrected or assigned by hand.`,
    hint: "Say --replace to replace them; undo brings them back.",
    details: { reelId, shots, tracks },
  });
}
