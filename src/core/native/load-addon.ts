// Finds and loads the addon once, and can say why it did not.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Addon, Kernels } from "../../../native/index.d.ts";
import { twinKernels } from "./twin-kernels.ts";

/** What `doctor` prints. */
export type NativeDescription = {
  readonly serves: "addon" | "twin";
  /** "avx2", "sse2", "neon"; "none" for the twin. */
  readonly simd: string;
  /** One sentence: which file was loaded, or why none was and what to do. */
  readonly reason: string;
};

export type LoadedKernels = NativeDescription & {
  readonly kernels: Kernels;
  /** The addon's kernels for any machine of this architecture; undefined when the twin serves. */
  readonly baseline: Kernels | undefined;
};

// Never outside what was installed: above a package lie folders in which others may write (an AppImage's is /tmp).
const builtAddon = import.meta.url.endsWith(".ts") ? "../../../native/build/dubwright.node" : "native/dubwright.node";
const addonPath = fileURLToPath(new URL(builtAddon, import.meta.url));

const twin = (reason: string): LoadedKernels => ({
  serves: "twin",
  simd: twinKernels.simd,
  reason,
  kernels: twinKernels,
  baseline: undefined,
});

function hasKernels(part: unknown): boolean {
  return typeof part === "object" && part !== null && Object.keys(twinKernels).every((name) => name in part);
}

function isAddon(value: unknown): value is Addon {
  if (typeof value !== "object" || value === null || !("best" in value) || !("baseline" in value)) return false;
  return hasKernels(value.best) && hasKernels(value.baseline);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** Loads the addon at `path` unless `setting` (DUBWRIGHT_NATIVE) is "off"; never throws, for the twin always serves. */
export function loadKernels(path: string, setting: string | undefined): LoadedKernels {
  if (setting === "off") return twin("DUBWRIGHT_NATIVE=off asks for the TypeScript kernels.");
  let loaded: unknown;
  try {
    loaded = createRequire(import.meta.url)(path);
  } catch (error) {
    if (codeOf(error) === "MODULE_NOT_FOUND") {
      return twin("The addon is not built: install a C++ compiler and run `node tools/build-native.mjs`.");
    }
    const why = error instanceof Error ? error.message : String(error);
    return twin(`The addon at ${path} does not load (${why}): run \`node tools/build-native.mjs --force\`.`);
  }
  if (!isAddon(loaded)) {
    return twin(`The addon at ${path} is of another version: run \`node tools/build-native.mjs --force\`.`);
  }
  const { best, baseline } = loaded;
  return { serves: "addon", simd: best.simd, reason: `Loaded ${path}.`, kernels: best, baseline };
}

let served: LoadedKernels | undefined;

/** The addon or the twin, decided at the first call in this process. */
export function servedKernels(): LoadedKernels {
  served ??= loadKernels(addonPath, process.env["DUBWRIGHT_NATIVE"]);
  return served;
}

/** Which kernels serve this process and why, for `doctor`. */
export function describeNative(): NativeDescription {
  const { serves, simd, reason } = servedKernels();
  return { serves, simd, reason };
}
