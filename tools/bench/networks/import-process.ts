// One import of a checkpoint into a model store, in a process of its own; says how long it took and what it weighed.
import { systemClock, systemRandom } from "../../../src/core/base/index.ts";
import {
  compareParameters,
  parametersOf,
  recogniseNetwork,
  requireExactParameters,
  unetGraph,
} from "../../../src/core/models/index.ts";
import type { UnetConfig } from "../../../src/core/models/index.ts";
import { importModel, weightsPathOf } from "../../../src/core/weights/index.ts";
import { peakBytes } from "./measure.ts";

export type ImportOrder = {
  readonly checkpoint: string;
  readonly storeFolder: string;
  /** Of a narrowed network, which is no published one and is recognised by this; undefined for the published. */
  readonly narrowed?: UnetConfig;
};

export type ImportReport = { readonly weights: string; readonly seconds: number; readonly peakBytes: number };

/** As strictly as published networks are. */
function recogniseNarrowed(config: UnetConfig, found: ReadonlyMap<string, readonly number[]>) {
  const expected = parametersOf((weights) => unetGraph({ config, weights }));
  const keys = new Map([...expected.keys()].map((key) => [key, `state_dict.${key}`]));
  const ours = new Map([...found].map(([key, dims]) => [key.replace(/^state_dict\./, ""), dims]));
  requireExactParameters("the narrowed U-Net", compareParameters(expected, ours));
  return { network: "latentsync-unet-narrowed", config: {}, keys };
}

const { checkpoint, storeFolder, narrowed } = JSON.parse(process.argv[2] ?? "") as ImportOrder;
const startMs = performance.now();
const record = await importModel(
  { path: checkpoint, how: "import", dtype: "float32", claimedId: undefined, trainedForPx: undefined },
  {
    storeFolder,
    published: [],
    recognise: (dims) => (narrowed ? recogniseNarrowed(narrowed, dims) : recogniseNetwork(dims)),
    licence: () => Promise.resolve(null),
    clock: systemClock,
    random: systemRandom,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onStage: () => undefined,
  },
);
const report: ImportReport = {
  weights: weightsPathOf(storeFolder, record),
  seconds: (performance.now() - startMs) / 1000,
  peakBytes: peakBytes(),
};
console.log(JSON.stringify(report));
