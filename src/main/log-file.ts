// Log files of the application: appended to, and begun anew when they have grown, with the one before kept.
import { renameSync, statSync } from "node:fs";

const longestLogBytes = 8 << 20;

/** Makes room in front of a start: what is too long by now becomes `<path>.old`, in place of the one that was so called. */
export function trimLog(path: string): void {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > longestLogBytes) renameSync(path, `${path}.old`);
}
