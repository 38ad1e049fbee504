// The polyphase filter in TypeScript: the specification of native/src/polyphase.inl, and what serves without the addon.

/**
 * The kernel's specification. Products of two float32 are exact in float64; tap k goes to running sum k mod 8, and the
 * sums are added as ((0+4) + (1+5)) + ((2+6) + (3+7)), which is how vectors of two, four or eight add them.
 */
export function polyphaseTwin(plan: Int32Array, taps: Float32Array, samples: Float32Array, output: Float32Array): void {
  const [up = 1, down = 1, tapCount = 8, firstPhase = 0] = plan;
  const product = (sample: number, tap: number) => (samples[sample] ?? 0) * (taps[tap] ?? 0);
  for (let k = 0, phase = firstPhase, at = 0; k < output.length; k++) {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
    const from = phase * tapCount;
    for (let tap = 0; tap < tapCount; tap += 8) {
      s0 += product(at + tap, from + tap);
      s1 += product(at + tap + 1, from + tap + 1);
      s2 += product(at + tap + 2, from + tap + 2);
      s3 += product(at + tap + 3, from + tap + 3);
      s4 += product(at + tap + 4, from + tap + 4);
      s5 += product(at + tap + 5, from + tap + 5);
      s6 += product(at + tap + 6, from + tap + 6);
      s7 += product(at + tap + 7, from + tap + 7);
    }
    output[k] = s0 + s4 + (s1 + s5) + (s2 + s6 + (s3 + s7));
    phase += down;
    at += Math.floor(phase / up);
    phase %= up;
  }
}
