// What a file says of itself as a whole: who made it and how, in the words that each container keeps.
import { containerOptions } from "./encoders.ts";
import type { OutputContainer } from "./encoders.ts";
import type { FfprobeReport } from "./ffprobe-report.ts";
import type { OptionTable } from "./options.ts";

/** Names in lower case with underscores, such as "digital_source_type". */
export type FileTags = Readonly<Record<string, string>>;

/** MXF keeps what begins with "comment_" only. */
const writtenName = (name: string, container: OutputContainer): string =>
  container === "mxf" ? `comment_${name}` : name;

/** Options of an output, in place of `containerOptions`. A movie keeps names it does not know only when told to. */
export function taggedContainer(container: OutputContainer, tags: FileTags = {}): OptionTable {
  const options = containerOptions[container];
  const entries = Object.entries(tags);
  if (entries.length === 0) return options;
  const isMovie = container === "mov" || container === "mp4";
  return {
    ...options,
    ...(isMovie ? { movflags: `${String(options["movflags"])}+use_metadata_tags` } : {}),
    metadata: entries.map(([name, value]) => `${writtenName(name, container)}=${value}`),
  };
}

/** The same tags as they stand in a written file; Matroska writes names in capitals. */
export function readFileTags(report: FfprobeReport, container: OutputContainer, tags: FileTags = {}): FileTags {
  const found = new Map(Object.entries(report.format.tags ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.keys(tags).flatMap((name) => {
      const value = found.get(writtenName(name, container));
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
