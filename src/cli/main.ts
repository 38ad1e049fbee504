// Entry of the command line: binds it to this process's terminal.
import { spawn } from "node:child_process";
import { runCommandLine } from "./run.ts";

const interruption = new AbortController();
const interrupt = () => {
  // Whoever presses twice doesn't want to wait for workers to put things away.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort();
};
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
// A reader that has seen enough (head) closes the pipe; nobody is left to talk to.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });

const browserCommands: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  workingFolder: process.cwd(),
  environment: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  say: (text) => void process.stderr.write(text),
  columnCount: process.stderr.isTTY ? process.stderr.columns || 80 : undefined,
  interrupted: interruption.signal,
  input: process.stdin,
  nodePath: process.execPath,
  openBrowser: (url) => {
    const [command = "xdg-open", ...args] = browserCommands[process.platform] ?? [];
    const browser = spawn(command, [...args, url], { stdio: "ignore", detached: true });
    browser.on("error", () => process.stderr.write("No browser could be opened; open the address yourself.\n"));
    browser.unref();
  },
});
