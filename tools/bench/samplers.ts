// How near each sampler comes to a 200-step solution, by number of steps, on a small random network; writes docs/samplers.md with a plot.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import { decompose, gaussian, noiseSchedule, samplers, timeGrid } from "../../src/core/diffusion/index.ts";
import type { Denoiser, SamplerName, Spacing } from "../../src/core/diffusion/index.ts";
import { unetPrepareGraph, unetStepFeeds, unetStepGraph } from "../../src/core/models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Graph } from "../../src/core/onnx/index.ts";
import { int64s, tensorOf } from "../../src/core/tensor/index.ts";
import { openTensorFile, weightsOf } from "../../src/core/weights/index.ts";
import { smallLipsync, writeRandomLipsyncModel } from "../models/random-lipsync-model.ts";

const stepCounts = [2, 3, 4, 6, 8, 10, 15, 20, 30, 50] as const;
const ways: readonly (readonly [SamplerName, Spacing])[] = [
  ["ddim", "leading"],
  ["ddim", "trailing"],
  ["dpm-solver++-2m", "leading"],
  ["dpm-solver++-2m", "trailing"],
  ["unipc", "leading"],
  ["unipc", "trailing"],
];
const config = smallLipsync.unet;
const [frames, side] = [4, 8];
const size = 4 * frames * side * side;

const folder = await mkdtemp(join(tmpdir(), "dubwright-bench-"));
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(folder, { recursive: true, force: true }));
await writeRandomLipsyncModel(join(folder, "random.safetensors"));
const file = stack.use(openTensorFile(join(folder, "random.safetensors")));
const weights = weightsOf(file, { dtype: "float32", keyInFile: (key) => `unet.${key}` });
const runtime = await openRuntime({ role: "bench", logger: silentLogger });
const open = async (graph: Graph) =>
  stack.use(
    await runtime.openSession(graph.name, await encodeModel(variantOf(graph, { lowering: "cpu" })), {
      providers: ["cpu"],
    }),
  );
const prepare = await open(unetPrepareGraph({ config, weights }));
const step = await open(unetStepGraph({ config, weights, guidance: "unguided", depth: "full" }));
const inputNames = step.contract.inputs.map(({ name }) => name);

const random = randomFrom(7);
const condition = tensorOf("float32", [1, 9, frames, side, side], gaussian(9 * frames * side * side, random));
const audio = tensorOf("float32", [frames, 50, config.audioWidth], gaussian(frames * 50 * config.audioWidth, random));
const start = gaussian(size, random);

async function solve(name: SamplerName, spacing: Spacing, steps: number): Promise<Float32Array> {
  const grid = timeGrid(noiseSchedule(), steps, spacing);
  const timesteps = int64s(
    [steps],
    grid.slice(0, -1).map(({ timestep }) => timestep),
  );
  const prepared = await prepare.run({ condition, audio, timesteps });
  let stepIndex = 0;
  const denoise: Denoiser = async (values, { alphaBar }) => {
    const latents = tensorOf("float32", [1, 4, frames, side, side], values);
    const { noise } = await step.run(unetStepFeeds(inputNames, prepared, { latents, stepIndex }), ["noise"]);
    stepIndex += 1;
    return decompose({ latents: values, prediction: noise?.data as Float32Array, predicts: "noise", alphaBar });
  };
  return await samplers[name](denoise, start, { grid });
}

const errorOf = (found: Float32Array, truth: Float32Array): number =>
  Math.hypot(...found.map((value, at) => value - (truth[at] ?? 0))) / Math.hypot(...truth);

const truth = await solve("unipc", "trailing", 200);
const errors: { readonly label: string; readonly row: readonly number[] }[] = [];
for (const [name, spacing] of ways) {
  const row: number[] = [];
  for (const steps of stepCounts) row.push(errorOf(await solve(name, spacing, steps), truth));
  errors.push({ label: `${name}, ${spacing}`, row });
}

const pad = (text: string, width: number): string => text.padStart(width);
console.log(`${"".padEnd(28)}${stepCounts.map((steps) => pad(String(steps), 9)).join("")}`);
for (const { label, row } of errors)
  console.log(`${label.padEnd(28)}${row.map((error) => pad(error.toPrecision(2), 9)).join("")}`);

/** Logarithmic both ways. */
function plot(): string {
  const [width, height, left, bottom] = [720, 420, 60, 40];
  const all = errors.flatMap(({ row }) => row);
  const [low, high] = [Math.log10(Math.min(...all)), Math.log10(Math.max(...all))];
  const x = (steps: number) => left + ((Math.log(steps) - Math.log(2)) / Math.log(25)) * (width - left - 190);
  const y = (error: number) => 20 + ((high - Math.log10(error)) / (high - low)) * (height - bottom - 40);
  const colours = ["#8a8a8a", "#111111", "#7fb2e5", "#1f6fb5", "#e8a27c", "#c2500f"];
  const lines = errors.map(({ label, row }, index) => {
    const points = row.map((error, at) => `${x(stepCounts[at] ?? 2).toFixed(1)},${y(error).toFixed(1)}`).join(" ");
    const dash = label.endsWith("leading") ? ' stroke-dasharray="5 4"' : "";
    const textY = 40 + 22 * index;
    return `<polyline points="${points}" fill="none" stroke="${colours[index]}" stroke-width="2"${dash}/>
<line x1="${width - 180}" y1="${textY - 4}" x2="${width - 156}" y2="${textY - 4}" stroke="${colours[index]}" stroke-width="2"${dash}/>
<text x="${width - 150}" y="${textY}">${label}</text>`;
  });
  const stepTicks = stepCounts.map(
    (steps) => `<text x="${x(steps)}" y="${height - 18}" text-anchor="middle">${steps}</text>`,
  );
  const errorTicks: string[] = [];
  for (let power = Math.ceil(low); power <= high; power++)
    errorTicks.push(
      `<text x="${left - 8}" y="${y(10 ** power) + 4}" text-anchor="end">1e${power}</text>
<line x1="${left}" x2="${width - 190}" y1="${y(10 ** power)}" y2="${y(10 ** power)}" stroke="#dddddd"/>`,
    );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
${[...errorTicks, ...lines, ...stepTicks].join("\n")}
<text x="${(left + width - 190) / 2}" y="${height - 2}" text-anchor="middle">steps</text>
</svg>
`;
}

const table = [
  `| sampler, spacing | ${stepCounts.join(" | ")} |`,
  `| --- |${stepCounts.map(() => " ---: |").join("")}`,
  ...errors.map(({ label, row }) => `| ${label} | ${row.map((error) => error.toPrecision(2)).join(" | ")} |`),
];
const page = `# Samplers: how near in how many steps

Relative distance of the latents to a solution of 200 steps (UniPC, trailing), from the same start noise, by number of steps. The
network has the sizes of the reference vectors and random weights, so this compares solvers of one equation and says nothing about
pictures. Leading spacing, the published one, begins below the last timestep (at 951 with 20 steps) although the noise it is given
is pure: it solves another problem, and that shows in its error whatever the sampler. \`npm run bench -- samplers\` makes this page.

${table.join("\n")}

![Error over steps, logarithmic](pictures/samplers.svg)
`;
const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
await writeFile(join(docs, "samplers.md"), page);
await writeFile(join(docs, "pictures", "samplers.svg"), plot());
