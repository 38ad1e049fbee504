// Tensors as doubles, for the reference kernels: slow, short, and plainly right.

export type Dense = { readonly dims: readonly number[]; readonly values: Float64Array };

export const countOf = (dims: readonly number[]): number => dims.reduce((count, size) => count * size, 1);

/** Steps in elements of each axis of a row-major tensor. */
export function stridesOf(dims: readonly number[]): readonly number[] {
  let step = 1;
  return dims
    .toReversed()
    .map((size) => {
      const own = step;
      step *= size;
      return own;
    })
    .toReversed();
}

/** Steps of a tensor seen under larger dims: stretched axes take no step. */
export function broadcastStrides(dims: readonly number[], under: readonly number[]): readonly number[] {
  const strides = stridesOf(dims);
  return under.map((_, axis) => {
    const own = axis - under.length + dims.length;
    return own < 0 || dims[own] === 1 ? 0 : (strides[own] ?? 0);
  });
}

/** Visits every place of `dims` in row-major order with its coordinates, which are reused between visits. */
export function visit(dims: readonly number[], see: (at: number, coordinates: readonly number[]) => void): void {
  const coordinates = dims.map(() => 0);
  const count = countOf(dims);
  for (let at = 0; at < count; at += 1) {
    see(at, coordinates);
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const next = (coordinates[axis] ?? 0) + 1;
      coordinates[axis] = next;
      if (next < (dims[axis] ?? 0)) break;
      coordinates[axis] = 0;
    }
  }
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/** A new tensor whose element at each place is `value(coordinates)`. */
export function tabulate(
  dims: readonly number[],
  value: (coordinates: readonly number[], at: number) => number,
): Dense {
  const values = new Float64Array(countOf(dims));
  visit(dims, (at, coordinates) => {
    values[at] = value(coordinates, at);
  });
  return { dims, values };
}

/** f over tensors broadcast to `dims`. */
export function mapAll(
  dims: readonly number[],
  tensors: readonly Dense[],
  f: (...items: readonly number[]) => number,
): Dense {
  const strides = tensors.map((tensor) => broadcastStrides(tensor.dims, dims));
  return tabulate(dims, (coordinates) =>
    f(...tensors.map((tensor, i) => tensor.values[dot(coordinates, strides[i] ?? [])] ?? 0)),
  );
}

export const mapOne = (x: Dense, f: (value: number) => number): Dense => ({ dims: x.dims, values: x.values.map(f) });

/** The element at coordinates. */
export const at = (x: Dense, strides: readonly number[], coordinates: readonly number[]): number =>
  x.values[dot(coordinates, strides)] ?? 0;

/** Output axis i is input axis order[i]. */
export function permute(x: Dense, order: readonly number[]): Dense {
  const strides = stridesOf(x.dims);
  const turned = order.map((axis) => strides[axis] ?? 0);
  return tabulate(
    order.map((axis) => x.dims[axis] ?? 1),
    (coordinates) => x.values[dot(coordinates, turned)] ?? 0,
  );
}

/** Groups of places that differ only along `axes`: fold each with its places in order. */
export function foldAxes(x: Dense, axes: readonly number[], fold: (group: Float64Array) => number): Dense {
  const kept = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const inner = x.dims.map((size, axis) => (axes.includes(axis) ? size : 1));
  const strides = stridesOf(x.dims);
  const places: number[] = [];
  visit(inner, (_, coordinates) => {
    places.push(dot(coordinates, strides));
  });
  return tabulate(kept, (coordinates) => {
    const from = dot(coordinates, strides);
    return fold(Float64Array.from(places, (place) => x.values[from + place] ?? 0));
  });
}

/** Each group of places that differ only along `axes` replaced by what `change` makes of it. */
export function changeAxes(x: Dense, axes: readonly number[], change: (group: Float64Array) => Float64Array): Dense {
  const values = new Float64Array(x.values.length);
  const strides = stridesOf(x.dims);
  const places: number[] = [];
  visit(
    x.dims.map((size, axis) => (axes.includes(axis) ? size : 1)),
    (_, coordinates) => {
      places.push(dot(coordinates, strides));
    },
  );
  visit(
    x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    (_, coordinates) => {
      const from = dot(coordinates, strides);
      const changed = change(Float64Array.from(places, (place) => x.values[from + place] ?? 0));
      places.forEach((place, i) => {
        values[from + place] = changed[i] ?? 0;
      });
    },
  );
  return { dims: x.dims, values };
}

export const sumOf = (group: Float64Array): number => group.reduce((total, value) => total + value, 0);
export const meanOf = (group: Float64Array): number => sumOf(group) / group.length;

/** (x - mean) / sqrt(variance + epsilon). */
export function normalised(group: Float64Array, epsilon: number): Float64Array {
  const mean = meanOf(group);
  const variance = meanOf(group.map((value) => (value - mean) ** 2));
  return group.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}
