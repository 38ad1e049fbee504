// A log entry as one line of JSON, for hosts that keep their log in a file.
import type { LogEntry } from "./logger.ts";

/** Errors are written with what JSON leaves out of them: message, code, stack and causes. */
export function logLine({ level, source, message, fields }: LogEntry, atMs: number): string {
  const entry = { at: new Date(atMs).toISOString(), level, source, message, ...fields };
  return `${JSON.stringify(entry, (_key, value: unknown) => (value instanceof Error ? plainError(value) : value))}\n`;
}

function plainError(error: Error): object {
  // Own fields carry code, details and what else a class of errors adds.
  const { name, message, cause, stack } = error;
  return Object.assign({ name, message }, error, { cause, stack });
}
