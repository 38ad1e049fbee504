// ONNX Runtime's errors are text; this is what the texts mean for the person, the job and the worker.
import { failed } from "../../../shared/failure/index.ts";
import type { DubError } from "../../../shared/failure/index.ts";

export type RuntimeFailure =
  | "onnx.out-of-memory"
  | "onnx.device-lost"
  | "onnx.provider-unavailable"
  | "onnx.unsupported-operator"
  | "onnx.invalid-model"
  | "onnx.run-failed";

type FailureRule = {
  readonly code: RuntimeFailure;
  readonly pattern: RegExp;
  readonly message: string;
  readonly hint: string;
};

/** In order: a lost device often also reports a failed allocation, so it is asked first. */
const failureRules: readonly FailureRule[] = [
  {
    code: "onnx.device-lost",
    // Direct3D: device removed, hung, reset; Vulkan and WebGPU: lost; CUDA: a context that no later call survives.
    pattern:
      /device (is |was )?lost|lost device|DEVICE_LOST|DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)|887A000[5-7]|GPU (device|will not respond)|illegal memory access|IllegalAddress|unspecified launch failure|LaunchTimeout|launch timed out|CUDA (error|failure) (700|702|719|999)|CUDNN_STATUS_MAPPING_ERROR/i,
    message: "The graphics device stopped answering.",
    hint: "The work goes on in a new process; if it happens again, update the driver or choose another device.",
  },
  {
    code: "onnx.out-of-memory",
    pattern:
      /out of memory|not enough memory|bad_alloc|bad allocation|failed to allocate|allocat\w* failed|failed in memory allocation|E_OUTOFMEMORY|8007000E|OUT_OF_(DEVICE|HOST)_MEMORY|MemoryAllocation|ALLOC_FAILED|insufficient memory|exceeds the max buffer size|BFCArena/i,
    message: "The network needs more memory than there is.",
    hint: "Choose a smaller size or fewer frames at once, close other programs, or use another device.",
  },
  {
    code: "onnx.provider-unavailable",
    pattern:
      /backend not found|Failed to load (shared )?library|Failed to get a WebGPU adapter|no supported adapters|adapter_result|is not enabled in this build|no CUDA-capable device|CUDA driver version is insufficient|Failed to find .*(cuda|cudnn|tensorrt)|cannot open shared object|LoadLibrary failed/i,
    message: "This kind of device cannot be used here.",
    hint: "Install its driver or choose another device.",
  },
  {
    code: "onnx.unsupported-operator",
    pattern:
      /NOT_IMPLEMENTED|could not find an implementation|is not a registered function|No Op registered|fallback to CPU EP has been explicitly disabled|Unsupported/i,
    message: "The device lacks an operator of this network.",
    hint: "Use the network's plain variant, or another device.",
  },
  {
    code: "onnx.invalid-model",
    pattern:
      /INVALID_GRAPH|INVALID_PROTOBUF|Load model .*failed|ModelProto does not have|Type Error|ShapeInferenceError|external data|Protobuf parsing failed/i,
    message: "The model file is damaged or does not fit this version.",
    hint: "Verify the model, or import it again.",
  },
];

/** What the runtime itself said of a failure; empty for failures that are not its own. */
export const runtimeText = ({ details }: DubError): string => {
  const { runtime } = details;
  return typeof runtime === "string" ? runtime : "";
};

const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** What a text of ONNX Runtime means. */
export const classifyFailure = (text: string): RuntimeFailure =>
  failureRules.find(({ pattern }) => pattern.test(text))?.code ?? "onnx.run-failed";

/** Enough to look for; the whole text is in the details. */
const firstLine = (text: string): string => (text.split("\n")[0] ?? "").slice(0, 300);

/** Whatever ONNX Runtime threw, as a failure with a code that jobs act on; the original stays as the cause. */
export function runtimeFailure(thrown: unknown, details: Readonly<Record<string, unknown>>): DubError {
  const text = textOf(thrown);
  const rule = failureRules.find(({ pattern }) => pattern.test(text));
  return failed(rule?.code ?? "onnx.run-failed", {
    message: rule?.message ?? `The network could not be run: ${firstLine(text)}`,
    hint: rule?.hint ?? "Please report this with the log.",
    details: { ...details, runtime: text.slice(0, 2000) },
    cause: thrown,
  });
}

/** Failures after which the process must be replaced: its device or heap cannot be trusted any more. */
export const needsNewProcess = (code: string): boolean => code === "onnx.device-lost" || code === "onnx.out-of-memory";
