// Shows a segment in the player, and plays it over and over.
import { loopAround } from "../player/loop.ts";
import { setPlayer, transport, usePlayer } from "../player/player-store.ts";
import { setView } from "../state/view-store.ts";
import type { SegmentRow } from "./segment-rows.ts";

/** Stands at the segment's first frame, in whichever reel it is. */
export function goToSegment({ segment, reel }: SegmentRow): void {
  setPlayer({ loop: undefined });
  if (usePlayer.getState().clip?.mediaId === reel.mediaId) transport.seek(segment.startFrame);
  else {
    setPlayer({ arrivalFrame: segment.startFrame });
    setView({ selectedMediaId: reel.mediaId });
  }
}

/** With a second before and after. Another reel is shown first; there is nothing to play before it is. */
export function loopSegment(row: SegmentRow): void {
  const { clip } = usePlayer.getState();
  if (clip?.mediaId !== row.reel.mediaId) {
    goToSegment(row);
    return;
  }
  const loop = loopAround(row.segment, clip);
  setPlayer({ loop });
  transport.seek(loop.startFrame);
  transport.setSpeed(1);
}
