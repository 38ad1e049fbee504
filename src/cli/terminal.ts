// The terminal as an argument: what was typed where, where text goes, how Ctrl-C is heard.

export type Terminal = {
  /** Without node and script. */
  readonly args: readonly string[];
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Answers, for pipes and people. A line break is added. */
  readonly print: (line: string) => void;
  /** Words beside the answer: progress, failures, logs. Nothing is added. */
  readonly say: (text: string) => void;
  /** Of stderr; undefined when it is no terminal. */
  readonly columnCount: number | undefined;
  /** Aborts at the first Ctrl-C or SIGTERM; the second ends the process. */
  readonly interrupted: AbortSignal;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly nodePath: string;
  /** Opens an address with the system's browser. */
  readonly openBrowser: (url: string) => void;
};
