// Speech as another throat, another microphone and another place would have given it, worked on its log power.
import type { Random } from "../../../src/core/base/index.ts";

export type Sound = { readonly bins: number; readonly values: Float32Array };

/**
 * The same words from another throat and microphone: bands stretched as by a longer or shorter tract, a slow curve of gain over
 * them, and noise below. log10 of power throughout.
 */
export function varied({ bins, values }: Sound, random: Random): Float32Array {
  const columns = values.length / bins;
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const stretch = between(0.88, 1.14);
  const [tilt, bend, place] = [between(-0.6, 0.6), between(-0.5, 0.5), between(0, 2 * Math.PI)];
  const loudest = values.reduce((most, value) => Math.max(most, value), -10);
  const noise = loudest - between(1.5, 6);
  const noiseTilt = between(-1.5, 0.5);
  const result = new Float32Array(values.length);
  for (let bin = 0; bin < bins; bin += 1) {
    const at = bin / (bins - 1);
    const gain = tilt * (at - 0.5) + bend * Math.sin(3 * at + place);
    const floorPower = 10 ** (noise + noiseTilt * at);
    const source = Math.min(bins - 1, bin * stretch);
    const low = Math.floor(source);
    const part = source - low;
    const [from, next] = [low * columns, Math.min(bins - 1, low + 1) * columns];
    for (let column = 0; column < columns; column += 1) {
      const value = (1 - part) * (values[from + column] ?? 0) + part * (values[next + column] ?? 0) + gain;
      result[bin * columns + column] = Math.log10(10 ** value + floorPower * (0.5 + random.uniform()));
    }
  }
  return result;
}
