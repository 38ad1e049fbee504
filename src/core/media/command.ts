// The seam to fluent-ffmpeg: a command as plain values in, an argument array out. Nothing else here knows the library.
import FluentCommand from "fluent-ffmpeg";

export type CommandInput = {
  /** Options that stand before this input's `-i`, one array item per argument. */
  readonly options: readonly string[];
  /** From `fileUrl`, or "pipe:0". */
  readonly url: string;
};

export type CommandOutput = {
  readonly options: readonly string[];
  /** From `fileUrl`, "pipe:1", or "-" for the null format. */
  readonly url: string;
};

export type Command = {
  readonly inputs: readonly CommandInput[];
  readonly outputs: readonly CommandOutput[];
};

// One argument at a time would be split at its space by the library; two or more never are, so options go in whole lists.
const asList = (options: readonly string[]): [string, string, ...string[]] => {
  const [first, second, ...rest] = ["-hide_banner", "-nostdin", ...options];
  return [first ?? "", second ?? "", ...rest];
};

/** The argument array of `command`. Never a shell string: a path or a title cannot become an option. */
export function commandArguments(command: Command): readonly string[] {
  const builder = FluentCommand();
  for (const [index, input] of command.inputs.entries()) {
    builder.input(input.url);
    if (index === 0) builder.inputOptions(...asList(input.options));
    else if (input.options.length > 1) builder.inputOptions(...input.options);
  }
  for (const output of command.outputs) {
    builder.output(output.url);
    if (output.options.length > 1) builder.outputOptions(...output.options);
  }
  // oxlint-disable-next-line no-underscore-dangle -- the library's typed way to read a command without running it
  return builder._getArguments();
}
