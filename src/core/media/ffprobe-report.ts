// ffprobe's header report, parsed: a stranger's JSON becomes typed values or a refusal.
import { z } from "zod";
import { refused } from "../../shared/failure/index.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import { runTool } from "./run-tool.ts";
import { toolFailure } from "./tool-failure.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type Fraction = { readonly num: number; readonly den: number };

const tags = z.record(z.string(), z.string()).optional();

const reportedStream = z.object({
  index: z.int().nonnegative(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  profile: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  field_order: z.string().optional(),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  time_base: z.string(),
  start_pts: z.int().optional(),
  start_time: z.string().optional(),
  duration_ts: z.int().optional(),
  nb_frames: z.string().optional(),
  sample_rate: z.string().optional(),
  channels: z.int().optional(),
  channel_layout: z.string().optional(),
  bits_per_sample: z.int().optional(),
  bits_per_raw_sample: z.string().optional(),
  disposition: z.record(z.string(), z.int()).optional(),
  tags,
  side_data_list: z
    .array(z.object({ side_data_type: z.string().optional(), rotation: z.number().optional() }))
    .optional(),
});

const reportShape = z.object({
  streams: z.array(reportedStream).default([]),
  format: z.object({
    format_name: z.string(),
    start_time: z.string().optional(),
    duration: z.string().optional(),
    size: z.string().optional(),
    tags,
  }),
});

const reportText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      context.addIssue(`not JSON: ${String(error)}`);
      return z.NEVER;
    }
  })
  .pipe(reportShape);

export type ReportedStream = z.infer<typeof reportedStream>;
export type FfprobeReport = z.infer<typeof reportShape>;

/** Reads the headers of `path`, within the time and size limits of a probe. */
export async function readHeaders(tools: Ffmpeg, path: string, signal?: AbortSignal): Promise<FfprobeReport> {
  const { limits } = tools;
  const { report, stdout } = await runTool(tools, {
    program: "ffprobe",
    args: [
      ...optionList({
        loglevel: "level+error",
        ...inputGuards(limits.maxSidePx ** 2),
        show_format: "",
        show_streams: "",
        print_format: "json",
      }),
      fileUrl(path),
    ],
    signal,
    timeLimitMs: limits.probeTimeMs,
  });
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "read the headers of", path, signal });
  const parsed = reportText.safeParse(stdout);
  if (parsed.success) return parsed.data;
  throw refused("media.damaged", {
    message: `Expected readable headers in ${path}, found none that make sense.`,
    hint: "Copy the file again from its origin.",
    details: { path, issues: z.prettifyError(parsed.error).slice(0, 500) },
  });
}

/** "24000/1001" or "1:1" as a fraction; undefined for "0/0", "N/A" and other non-answers. */
export function parseFraction(text: string | undefined): Fraction | undefined {
  const match = /^(\d+)[/:](\d+)$/.exec(text ?? "");
  const [num, den] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  return num > 0 && den > 0 ? { num, den } : undefined;
}

/** A tag by name, whatever its case: Matroska writes "TIMECODE", MOV "timecode". */
export function tagOf(tagsOfThing: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  const entry = Object.entries(tagsOfThing ?? {}).find(([key]) => key.toLowerCase() === name);
  return entry?.[1] === "" ? undefined : entry?.[1];
}
