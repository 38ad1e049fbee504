// A straight line through many numbers: ridge regression by normal equations, and Pearson's correlation.

export type Probe = { readonly slopes: Float64Array; readonly constant: number };

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return sum / values.length;
};

/** Lower triangle L of a positive definite matrix A = L L', row by row, in place. */
function factorise(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k += 1) sum -= (matrix[row * size + k] ?? 0) * (matrix[column * size + k] ?? 0);
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / (matrix[column * size + column] ?? 1);
    }
}

function solve(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1) x[row] = (x[row] ?? 0) - (factor[row * size + k] ?? 0) * (x[k] ?? 0);
    x[row] = (x[row] ?? 0) / (factor[row * size + row] ?? 1);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1) x[row] = (x[row] ?? 0) - (factor[k * size + row] ?? 0) * (x[k] ?? 0);
    x[row] = (x[row] ?? 0) / (factor[row * size + row] ?? 1);
  }
  return x;
}

/** min Σ (y − w x − b)² + strength · n · |w|²; features are taken as they are, of about spread 1. */
export function fitRidge(features: readonly Float32Array[], targets: readonly number[], strength: number): Probe {
  const size = features[0]?.length ?? 0;
  const centre = Float64Array.from({ length: size }, (_, at) => meanOf(features.map((row) => row[at] ?? 0)));
  const middle = meanOf(targets);
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (const [index, row] of features.entries()) {
    const x = row.map((value, at) => value - (centre[at] ?? 0));
    const y = (targets[index] ?? 0) - middle;
    for (let i = 0; i < size; i += 1) {
      const value = x[i] ?? 0;
      right[i] = (right[i] ?? 0) + value * y;
      for (let j = 0; j <= i; j += 1) matrix[i * size + j] = (matrix[i * size + j] ?? 0) + value * (x[j] ?? 0);
    }
  }
  for (let at = 0; at < size; at += 1)
    matrix[at * size + at] = (matrix[at * size + at] ?? 0) + strength * features.length;
  factorise(matrix, size);
  const slopes = solve(matrix, right);
  return { slopes, constant: middle - slopes.reduce((sum, slope, at) => sum + slope * (centre[at] ?? 0), 0) };
}

export const readProbe = ({ slopes, constant }: Probe, features: Float32Array): number =>
  slopes.reduce((sum, slope, at) => sum + slope * (features[at] ?? 0), constant);

export const spreadOf = (values: readonly number[]): number => {
  const middle = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - middle) ** 2)));
};

/** 0 where one of them does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [middleA, middleB] = [meanOf(a), meanOf(b)];
  const product = meanOf(a.map((value, at) => (value - middleA) * ((b[at] ?? 0) - middleB)));
  const spread = spreadOf(a) * spreadOf(b);
  return spread > 0 ? product / spread : 0;
}
