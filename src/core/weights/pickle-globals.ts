// The allow-list: every name a checkpoint may mention, and what it describes. Nothing is imported, nothing is run.
import type { PickleTuple, PickleValue, TensorRef } from "./pickle-values.ts";
import type { WeightDtype } from "./tensor-file.ts";

/** What calling a name with arguments describes; undefined refuses the arguments. */
export type GlobalRule = { readonly call?: (args: PickleTuple) => PickleValue; readonly storageDtype?: WeightDtype };

const storage = (storageDtype: WeightDtype): GlobalRule => ({ storageDtype });

const plainName: GlobalRule = {};

const isWholeNumber = (value: PickleValue): value is number => typeof value === "number" && Number.isSafeInteger(value);

function wholeNumbers(value: PickleValue): readonly number[] | undefined {
  if (typeof value !== "object" || value.kind !== "tuple") return undefined;
  return value.items.every(isWholeNumber) ? value.items : undefined;
}

/** torch._utils._rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks[, metadata]) */
function rebuildTensor({ items }: PickleTuple): TensorRef | undefined {
  const [source, offsetElements, size, stride] = items;
  const dims = wholeNumbers(size);
  const strides = wholeNumbers(stride);
  if (typeof source !== "object" || source.kind !== "storage" || !isWholeNumber(offsetElements)) return undefined;
  if (!dims || !strides || dims.length !== strides.length) return undefined;
  return { kind: "tensor", storage: source, offsetElements, dims, strides };
}

/** torch._utils._rebuild_parameter(data, requires_grad, backward_hooks): the tensor itself. */
function rebuildParameter({ items }: PickleTuple): PickleValue {
  const [data] = items;
  return typeof data === "object" && data.kind === "tensor" ? data : undefined;
}

const emptyOrderedDict = ({ items }: PickleTuple): PickleValue =>
  items.length === 0 ? { kind: "dict", isOrdered: true, entries: new Map() } : undefined;

const firstText = ({ items }: PickleTuple): PickleValue => (typeof items[0] === "string" ? items[0] : undefined);

const firstTuple = ({ items }: PickleTuple): PickleValue =>
  typeof items[0] === "object" && items[0].kind === "tuple" ? items[0] : undefined;

export const globalRules: Readonly<Record<string, GlobalRule>> = {
  "collections.OrderedDict": { call: emptyOrderedDict },
  "torch._utils._rebuild_tensor_v2": { call: rebuildTensor },
  // Before torch 0.4; the same without the flag and the hooks.
  "torch._utils._rebuild_tensor": { call: rebuildTensor },
  "torch._utils._rebuild_parameter": { call: rebuildParameter },
  "torch.nn.parameter.Parameter": { call: rebuildParameter },
  "torch.Size": { call: firstTuple },
  "torch.device": { call: firstText },
  "_codecs.encode": { call: firstText },
  "torch.DoubleStorage": storage("float64"),
  "torch.FloatStorage": storage("float32"),
  "torch.HalfStorage": storage("float16"),
  "torch.BFloat16Storage": storage("bfloat16"),
  "torch.LongStorage": storage("int64"),
  "torch.IntStorage": storage("int32"),
  "torch.ShortStorage": storage("int16"),
  "torch.CharStorage": storage("int8"),
  "torch.ByteStorage": storage("uint8"),
  "torch.BoolStorage": storage("bool"),
  "torch.float64": plainName,
  "torch.float32": plainName,
  "torch.float16": plainName,
  "torch.bfloat16": plainName,
  "torch.int64": plainName,
  "torch.int32": plainName,
  "torch.int16": plainName,
  "torch.int8": plainName,
  "torch.uint8": plainName,
  "torch.bool": plainName,
};
