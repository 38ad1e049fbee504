// Short runs: a tool to its end with its output as text, or line by line when the output is long.
import { ToolProcess } from "./tool-process.ts";
import type { ToolReport, ToolSpec } from "./tool-process.ts";
import type { Ffmpeg } from "./toolchain.ts";

const maxTextBytes = 64 * 2 ** 20;

/** Runs to the end and collects stdout, up to 64 MiB; beyond that the process is stopped as if it had run out of time. */
export async function runTool(tools: Ffmpeg, spec: ToolSpec): Promise<{ report: ToolReport; stdout: string }> {
  await using run = new ToolProcess(tools, spec);
  const chunks: Buffer[] = [];
  let byteCount = 0;
  run.stdout.on("data", (chunk: Buffer) => {
    run.touch();
    byteCount += chunk.length;
    if (byteCount > maxTextBytes) run.stop("time-limit");
    else chunks.push(chunk);
  });
  const report = await run.done;
  return { report, stdout: Buffer.concat(chunks).toString("utf8") };
}

/** Runs to the end and hands over each line of stdout as it comes; memory does not grow with the output. */
export async function runToolByLine(
  tools: Ffmpeg,
  spec: ToolSpec,
  onLine: (line: string) => void,
): Promise<ToolReport> {
  await using run = new ToolProcess(tools, spec);
  let rest = "";
  run.stdout.setEncoding("latin1");
  run.stdout.on("data", (text: string) => {
    run.touch();
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  const report = await run.done;
  if (rest !== "") onLine(rest);
  return report;
}
