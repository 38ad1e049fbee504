// Turns the player back to the start of its loop whenever it passes the end.
import { useEffect } from "react";
import { loopTurn } from "./loop.ts";
import { transport, usePlayer } from "./player-store.ts";

export function useLoop(): void {
  useEffect(
    () =>
      usePlayer.subscribe((state, before) => {
        if (state.shownFrame === before.shownFrame) return;
        const turnFrame = loopTurn(state);
        if (turnFrame !== undefined) transport.seek(turnFrame);
      }),
    [],
  );
}
