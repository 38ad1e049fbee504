// A process that fetches or imports one model and says how it went, so that tests can kill it, starve it and weigh it.
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { downloadFile, importModel } from "../../src/core/weights/index.ts";
import type { Download } from "../../src/core/weights/index.ts";
import { toFailureData } from "../../src/shared/failure/index.ts";

export type ModelOrder =
  | { readonly type: "download"; readonly download: Download }
  | {
      readonly type: "import";
      readonly path: string;
      readonly storeFolder: string;
      readonly dtype: "float32" | "float16";
    };

export type ModelOutcome = {
  readonly failureCode?: string;
  readonly contentSha256?: string;
  /** Growth of the largest resident size over what the process had before. */
  readonly grownBytes?: number;
};

const order = JSON.parse(process.argv[2] ?? "") as ModelOrder;
const signal = new AbortController().signal;
const maxResidentBytes = () => process.resourceUsage().maxRSS * 1024;

async function run(): Promise<ModelOutcome> {
  if (order.type === "download") {
    const limits = { fruitlessAttempts: 2, firstWaitMs: 1, longestWaitMs: 2, silenceMs: 5000 };
    const tools = { clock: systemClock, logger: silentLogger, signal, onProgress: () => undefined, limits };
    return { contentSha256: await downloadFile(order.download, tools) };
  }
  const before = maxResidentBytes();
  const record = await importModel(
    { path: order.path, how: "import", dtype: order.dtype, claimedId: undefined, trainedForPx: undefined },
    {
      storeFolder: order.storeFolder,
      published: [],
      // Whatever is in the file is the network: what this process weighs is the conversion.
      recognise: (dims) => ({
        network: "sketch",
        config: {},
        keys: new Map([...dims.keys()].map((key) => [key.replace("state_dict.", ""), key])),
      }),
      licence: async () => null,
      clock: systemClock,
      random: systemRandom,
      signal,
      onProgress: () => undefined,
      onStage: () => undefined,
    },
  );
  return { contentSha256: record.contentSha256, grownBytes: maxResidentBytes() - before };
}

const outcome = await run().catch((error: unknown): ModelOutcome => ({ failureCode: toFailureData(error).code }));
process.stdout.write(JSON.stringify(outcome));
