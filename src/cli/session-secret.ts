// The web host's session secret, kept in the application's folder: a page that is open survives a restart of the server.
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemRandom } from "../core/base/index.ts";
import { appDataFolder } from "../core/commands/index.ts";

const secretBytes = 32;
const ownerOnly = 0o600;
const wholeSecret = /^[\w-]{43}$/;

/** Readable by its owner only, like everything else that gives access to the projects. A damaged one is made anew. */
export async function keptSessionSecret(environment: NodeJS.ProcessEnv): Promise<string> {
  const folder = appDataFolder(process.platform, environment);
  const path = join(folder, "web-session-secret");
  const kept = await readIfThere(path);
  if (kept !== undefined && wholeSecret.test(kept)) return kept;
  const made = Buffer.from(systemRandom.bytes(secretBytes)).toString("base64url");
  await mkdir(folder, { recursive: true });
  await using file = await open(path, "w", ownerOnly);
  await file.chmod(ownerOnly);
  await file.writeFile(made);
  return made;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
