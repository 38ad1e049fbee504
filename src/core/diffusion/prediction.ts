// What a network predicts, and the same prediction as clean latents and as noise.

/** noise: as published; v = sqrt(alphaBar) noise - sqrt(1 - alphaBar) clean (Salimans & Ho 2022); clean: the picture itself. */
export type Predicts = "noise" | "v" | "clean";

/** latents = sqrt(alphaBar) clean + sqrt(1 - alphaBar) noise, elementwise. */
export type Decomposition = { readonly clean: Float32Array; readonly noise: Float32Array };

type Rule = (x: number, prediction: number, root: Roots) => readonly [clean: number, noise: number];
type Roots = { readonly signal: number; readonly noise: number };

const rules: { readonly [P in Predicts]: Rule } = {
  noise: (x, prediction, root) => [(x - root.noise * prediction) / root.signal, prediction],
  v: (x, prediction, root) => [root.signal * x - root.noise * prediction, root.noise * x + root.signal * prediction],
  clean: (x, prediction, root) => [prediction, (x - root.signal * prediction) / root.noise],
};

export const rootsOf = (alphaBar: number): Roots => ({ signal: Math.sqrt(alphaBar), noise: Math.sqrt(1 - alphaBar) });

export type Prediction = {
  readonly latents: Float32Array;
  readonly prediction: Float32Array;
  readonly predicts: Predicts;
  readonly alphaBar: number;
};

export function decompose({ latents, prediction, predicts, alphaBar }: Prediction): Decomposition {
  const rule = rules[predicts];
  const roots = rootsOf(alphaBar);
  const clean = new Float32Array(latents.length);
  const noise = new Float32Array(latents.length);
  for (let i = 0; i < latents.length; i++) {
    const [cleanValue, noiseValue] = rule(latents[i] ?? 0, prediction[i] ?? 0, roots);
    clean[i] = cleanValue;
    noise[i] = noiseValue;
  }
  return { clean, noise };
}
