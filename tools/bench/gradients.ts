// Whose gradients are nearer to the truth: the U-Net's vectors, the reference's float32, ours, and ours in doubles, against PyTorch in float64.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { gradientName, trainingStep, adamWRates } from "../../src/core/autodiff/index.ts";
import { silentLogger } from "../../src/core/base/index.ts";
import { checkVectors } from "../../src/core/models/index.ts";
import type { CaseRun } from "../../src/core/models/index.ts";
import { evaluateInDoubles, initialisersOf, openRuntime, readWeight, valuesOf } from "../../src/core/onnx/index.ts";
import type { Dense } from "../../src/core/onnx/index.ts";
import { trainingFamilies } from "../../src/core/training/index.ts";
import { askChild } from "./networks/measure.ts";

const { values } = parseArgs({
  options: {
    vectors: { type: "string", default: fileURLToPath(new URL("../../../shared/vectors", import.meta.url)) },
    files: { type: "string", default: "train-unet-efficient,train-unet-stage2" },
  },
});
const folder = mkdtempSync(path.join(tmpdir(), "dubwright-gradients-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const python = process.env["DUBWRIGHT_TORCH_PYTHON"] ?? "python3";
const script = fileURLToPath(new URL("torch/gradients.py", import.meta.url));
const runtime = await openRuntime({ role: "bench", logger: silentLogger });
const family = trainingFamilies["latentsync-unet-train"];
const configSchema = z.object({ trainable: z.array(z.string()) });
type Denses = Readonly<Record<string, Dense>>;

const denseOf = (tensor: Parameters<typeof valuesOf>[0]): Dense => ({ dims: tensor.dims, values: valuesOf(tensor) });

/** Loss, answer and gradients of the first step with nothing rounded between nodes. A minute or two. */
async function inDoubles({ config, graph, feeds }: CaseRun): Promise<Denses> {
  const { trainable } = configSchema.parse(config);
  const isTrained = (key: string) =>
    !key.endsWith("pos_encoder.pe") && trainable.some((pattern) => key.includes(pattern));
  const step = trainingStep(graph, { loss: "loss", isTrained });
  const state: Record<string, Dense> = {};
  for (const { origin } of initialisersOf(graph)) {
    if (origin.kind !== "weight" || !step.trained.has(origin.weight.key)) continue;
    const parameter = denseOf(await readWeight(origin.weight));
    state[origin.weight.key] = parameter;
    for (const moment of ["first", "second"])
      state[`${moment}/${origin.weight.key}`] = { dims: parameter.dims, values: parameter.values.map(() => 0) };
  }
  for (const [name, value] of Object.entries(adamWRates(1, 1e-3)))
    state[name] = { dims: [], values: Float64Array.of(value) };
  for (const [name, tensor] of Object.entries(feeds)) state[name] = denseOf(tensor);
  const answers = await evaluateInDoubles(step.graph, state);
  const wanted = ["loss", "noise", ...[...step.trained.keys()].map(gradientName)];
  return Object.fromEntries(Object.entries(answers).filter(([name]) => wanted.includes(name)));
}

/** All tensors in one file of doubles, and where each begins. */
function writeDoubles(name: string, tensors: Denses) {
  const file = path.join(folder, name);
  const places: Record<string, { from: number; dims: readonly number[] }> = {};
  let from = 0;
  for (const [key, { dims, values: numbers }] of Object.entries(tensors)) {
    places[key] = { from, dims };
    from += numbers.length;
  }
  const all = new Float64Array(from);
  for (const [key, { values: numbers }] of Object.entries(tensors)) all.set(numbers, places[key]?.from);
  writeFileSync(file, new Uint8Array(all.buffer));
  return { path: file, tensors: places };
}

const errorsSchema = z.record(z.string(), z.record(z.string(), z.number()));

async function compare(name: string): Promise<void> {
  const contenders: Record<string, ReturnType<typeof writeDoubles>> = {};
  if (!family?.answer) throw new Error("the family trains");
  const { answer } = family;
  const both = async (run: CaseRun) => {
    const ours = await answer(run);
    const asDense = Object.fromEntries(Object.entries(ours).map(([key, tensor]) => [key, denseOf(tensor)]));
    contenders["ours"] = writeDoubles(`${name}-float32`, asDense);
    contenders["ours in doubles"] = writeDoubles(`${name}-float64`, await inDoubles(run));
    return ours;
  };
  const vectors = path.join(values.vectors, `${name}.vectors.safetensors`);
  const options = { runtime, workFolder: folder, provider: "cpu", threads: 1 } as const;
  await checkVectors(vectors, options, { ...trainingFamilies, "latentsync-unet-train": { ...family, answer: both } });
  const checkpoint = path.join(values.vectors, `unet-${name.replace("train-unet-", "")}.pt`);
  const order = path.join(folder, `${name}.json`);
  writeFileSync(order, JSON.stringify({ vectors, checkpoint, contenders }));
  const answered = askChild(python, [script, order]);
  if (answered === undefined) throw new Error(`${python} has no PyTorch; name one in DUBWRIGHT_TORCH_PYTHON`);
  const errors = Object.entries(errorsSchema.parse(answered));
  for (const contender of ["reference", "ours", "ours in doubles"]) {
    const worst = (isMeant: (output: string) => boolean) =>
      Math.max(...errors.flatMap(([output, by]) => (isMeant(output) ? [by[contender] ?? 0] : []))).toExponential(1);
    const gradients = worst((output) => output.startsWith("grad/"));
    console.log(
      `${name}: ${contender}: worst gradient ${gradients}, loss ${worst((output) => output === "loss")}, answer ${worst((output) => output === "noise")} from float64`,
    );
  }
}

for (const name of values.files.split(",")) await compare(name);
