// Whether a process still runs. One that was killed and that nobody has waited for (a zombie) does not.
import { readFileSync } from "node:fs";

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // proc(5): the state follows the name, which stands in parentheses.
    if (process.platform === "linux") return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return true;
  } catch (error) {
    if (hasCode(error, ["ESRCH", "ENOENT"])) return false;
    throw error;
  }
}
