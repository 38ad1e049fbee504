// ffmpeg's `-progress pipe:1`: key=value lines on stdout, several times a second.
import type { ToolProcess } from "./tool-process.ts";

/** Calls `onFrames` with the number of frames done so far; also keeps the silence clock of the process going. */
export function onProgressLine(run: ToolProcess, onFrames: (frameCount: number) => void): void {
  let rest = "";
  run.stdout.setEncoding("latin1");
  run.stdout.on("data", (text: string) => {
    run.touch();
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const frameCount = /^frame=(\d+)/.exec(line)?.[1];
      if (frameCount !== undefined) onFrames(Number(frameCount));
    }
  });
}
