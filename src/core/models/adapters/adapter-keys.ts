// What an adapter is, and how its tensors are called: two thin matrices beside a projection, named as PEFT names them.

/** Low-rank adaptation (Hu et al. 2021): y = W x + (alpha / rank) B A x, with A [rank, in] and B [out, rank]. */
export type AdapterSpec = {
  readonly rank: number;
  readonly alpha: number;
  /** Substrings of the keys of linear layers that are adapted: ["attn2.to_q", "attn2.to_k"]. */
  readonly projections: readonly string[];
};

/** "blocks.0.to_q.weight" -> the keys of its two matrices. */
export function adapterKeys(weightKey: string): { readonly down: string; readonly up: string } {
  const layer = weightKey.replace(/\.weight$/, "");
  return { down: `${layer}.lora_A.weight`, up: `${layer}.lora_B.weight` };
}

export const isAdapterKey = (key: string): boolean => /\.lora_[AB]\.weight$/.test(key);

/** Whether the weight of that key is a projection that the adapter stands beside. */
export const isAdapted = ({ projections }: AdapterSpec, key: string): boolean =>
  key.endsWith(".weight") && !isAdapterKey(key) && projections.some((projection) => key.includes(projection));

/** What the product of the two matrices is multiplied by. */
export const adapterScale = ({ rank, alpha }: AdapterSpec): number => alpha / rank;
