// Logging as an argument. Hosts decide where entries go; rooms never touch the console.

export type LogLevel = "debug" | "info" | "warn" | "error";

export type LogEntry = {
  readonly level: LogLevel;
  /** The room or worker that speaks: "core/media". */
  readonly source: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type Logger = {
  readonly debug: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly info: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly error: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** A logger for a room inside this one; its source is `source`. */
  readonly child: (source: string) => Logger;
};

/** A logger that hands every entry to `collect`. */
export function collectingLogger(source: string, collect: (entry: LogEntry) => void): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      collect({ level, source, message, fields });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (childSource) => collectingLogger(childSource, collect),
  };
}

export const silentLogger: Logger = collectingLogger("", () => undefined);
