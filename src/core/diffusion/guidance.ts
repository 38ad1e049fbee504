// Classifier-free guidance (Ho & Salimans 2022): away from what the network says without audio, towards what it says with it.

export type Guidance = {
  /** 1 is off. */
  readonly guidanceScale: number;
  /** Guided only while the share of the way done, 0..1, lies in this half-open interval; elsewhere unguided. */
  readonly interval?: readonly [fromRatio: number, toRatio: number];
};

export const isGuided = ({ guidanceScale, interval = [0, 1] }: Guidance, doneRatio: number): boolean =>
  guidanceScale !== 1 && doneRatio >= interval[0] && doneRatio < interval[1];

/** without + scale (with - without), elementwise. */
export function guide(withoutAudio: Float32Array, withAudio: Float32Array, guidanceScale: number): Float32Array {
  const result = new Float32Array(withAudio.length);
  for (let i = 0; i < result.length; i++) {
    const base = withoutAudio[i] ?? 0;
    result[i] = base + guidanceScale * ((withAudio[i] ?? 0) - base);
  }
  return result;
}
