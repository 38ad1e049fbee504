// Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y reach every edit, except while a text is typed, which has its own undo. With nothing left
// to take back they do nothing, as everywhere.
import { useEffect } from "react";
import { DubError } from "../../shared/failure/index.ts";
import { useConnection } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";

export function useEditKeys(): void {
  const { operations } = useConnection();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isText = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (isText || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const isRedo = key === "y" || (key === "z" && event.shiftKey);
      if (key !== "z" && !isRedo) return;
      event.preventDefault();
      operations[isRedo ? "history.redo" : "history.undo"]({}).catch((error: unknown) => {
        if (!isNothingLeft(error)) notify(error);
      });
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [operations]);
}

const isNothingLeft = (error: unknown): boolean =>
  error instanceof DubError && error.code.startsWith("history.nothing-to-");
