// Where each node of a session really ran, from ONNX Runtime's own profile.
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export type Placement = {
  /** Provider -> how many nodes it ran. */
  readonly nodes: Readonly<Record<string, number>>;
  /** Operators of nodes that ran on the CPU though another provider was asked for. */
  readonly onCpu: readonly string[];
};

type ProfileEvent = {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly provider?: string; readonly op_name?: string };
};

/** Nodes by provider; a node that ran several times counts once. */
export function placementOf(events: readonly ProfileEvent[]): Placement {
  const seen = new Map<string, { readonly provider: string; readonly op: string }>();
  for (const { cat, name = "", args } of events)
    if (cat === "Node" && name.endsWith("_kernel_time") && args?.provider !== undefined)
      seen.set(name, { provider: args.provider, op: args.op_name ?? "" });
  const nodes: Record<string, number> = {};
  for (const { provider } of seen.values()) nodes[provider] = (nodes[provider] ?? 0) + 1;
  const onCpu = [...seen.values()].filter(({ provider }) => provider === "CPUExecutionProvider").map(({ op }) => op);
  return { nodes, onCpu };
}

/** Reads and removes the profile that the runtime wrote under this prefix. */
export async function takeProfile(prefix: string): Promise<Placement> {
  const folder = dirname(prefix);
  const files = (await readdir(folder)).filter((name) => name.startsWith(basename(prefix))).toSorted();
  const last = files.at(-1);
  if (last === undefined) return { nodes: {}, onCpu: [] };
  const text = await readFile(join(folder, last), "utf8");
  await Promise.all(files.map((name) => rm(join(folder, name), { force: true })));
  return placementOf(JSON.parse(text) as readonly ProfileEvent[]);
}
