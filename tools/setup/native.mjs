// The native kernels, where this machine can build them. Without them the TypeScript twins compute the same, slower.
import { existsSync } from "node:fs";
import path from "node:path";
import { node24 } from "./packages.mjs";
import { root, runQuietly, say } from "./shell.mjs";

const builder = path.join(root, "tools", "build-native.mjs");

/** Builds what is stale and passes on what the builder says. False when a compiler was there and failed. */
export async function buildNative() {
  if (!existsSync(builder)) return true;
  const { exitCode, output } = await runQuietly(node24, [builder]);
  if (!output.includes("is up to date")) say(output.trimEnd());
  return exitCode === 0;
}
