// Which devices this machine really has: what is compiled in, what starts, and why the others are passed over.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { arch, platform } from "node:process";
import type { Lowering } from "../passes/lower.ts";

/** ONNX Runtime's execution providers, by the names its Node binding uses. */
export type ProviderName = "cuda" | "tensorrt" | "dml" | "coreml" | "webgpu" | "cpu";

/** Best first where a machine has several. TensorRT builds engines for minutes at first use, so it is never chosen unasked. */
export const preferredProviders: readonly ProviderName[] = ["cuda", "dml", "coreml", "webgpu", "cpu"];

/** The variant of a network each provider runs. Only what was measured right and fast gets operators of its own. */
export const loweringOf: { readonly [P in ProviderName]: Lowering } = {
  cuda: "cuda",
  tensorrt: "plain",
  dml: "plain",
  coreml: "plain",
  webgpu: "webgpu",
  cpu: "cpu",
};

export type ProviderReport = {
  readonly provider: ProviderName;
  readonly available: boolean;
  /** Why not, in one sentence; empty when available. */
  readonly reason: string;
};

/** Libraries that the npm package does not bring along; without this look the runtime prints its own alarm. */
const separateLibraries: { readonly [P in ProviderName]?: Readonly<Record<string, string>> } = {
  cuda: { linux: "libonnxruntime_providers_cuda.so", win32: "onnxruntime_providers_cuda.dll" },
  tensorrt: { linux: "libonnxruntime_providers_tensorrt.so", win32: "onnxruntime_providers_tensorrt.dll" },
};

function missingLibrary(provider: ProviderName): string | undefined {
  const file = separateLibraries[provider]?.[platform];
  if (file === undefined) return undefined;
  const home = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  return existsSync(join(home, "bin", "napi-v6", platform, arch, file)) ? undefined : file;
}

export type Backend = { readonly name: string; readonly bundled: boolean };

/** Decides without starting anything: undefined when only a trial can tell. */
export function ruleOut(provider: ProviderName, backends: readonly Backend[]): string | undefined {
  const found = backends.find(({ name }) => name === provider);
  if (found === undefined) return `This build of ONNX Runtime for ${platform} ${arch} has no ${provider}.`;
  const missing = found.bundled ? undefined : missingLibrary(provider);
  return missing === undefined
    ? undefined
    : `${missing} does not lie beside ONNX Runtime, whose package leaves it out.`;
}

/** A product this small may spend ten milliseconds on its way to a real card and back. */
const latencyMs = 10;
const slowerTimes = 4;

/**
 * Why a device that works is no help, from the times of the same product there and on the CPU. Software devices (SwiftShader,
 * llvmpipe, WARP) call themselves graphics cards and are up to two hundred times slower than the CPU they run on.
 */
export function tooSlow(deviceMs: number, cpuMs: number): string | undefined {
  if (deviceMs <= latencyMs + slowerTimes * cpuMs) return undefined;
  return `It is slower than the processor (a product took ${deviceMs.toFixed(0)} ms there and ${cpuMs.toFixed(1)} ms here): no graphics card, or a very old one.`;
}

const providerNames: readonly string[] = Object.keys(loweringOf);

export const isProviderName = (name: string): name is ProviderName => providerNames.includes(name);
