// Listens for the keys of the editing surface: player and timeline.
import { useEffect } from "react";
import { isLetter, pressKey, releaseKey } from "./keys.ts";

/** Marks the elements inside which single letters are ours. */
export const surfaceProps = { "data-surface": "editing" } as const;

const ownKeys = "input, textarea, [role=separator], [role=menu], [role=dialog], [role=tablist], [role=grid]";

function isForUs(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof Element ? event.target : document.body;
  // In a list of media the space bar plays what is selected, as in every browser of clips.
  if (event.key === " " && target.matches("[role=row]") && target.closest("[role=dialog]") === null) return true;
  const isOnSurface = target.closest("[data-surface=editing]") !== null;
  if (target === document.body) return !isLetter(event.key);
  if (!isOnSurface || target.closest(ownKeys) !== null) return false;
  // A button reached by keyboard keeps its space bar; one that was clicked gives it back to the transport.
  return !(event.key === " " && target.matches("button:focus-visible"));
}

export function usePlayerKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isForUs(event) || !pressKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onKeyUp = (event: KeyboardEvent) => releaseKey(event.key);
    // Before any button sees the stroke.
    window.addEventListener("keydown", onKeyDown, { capture: true });
    window.addEventListener("keyup", onKeyUp);
    return () => {
      window.removeEventListener("keydown", onKeyDown, { capture: true });
      window.removeEventListener("keyup", onKeyUp);
    };
  }, []);
}
