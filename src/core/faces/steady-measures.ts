// Measures of single frames without their flicker: neither a head nor a hand goes and comes back within a frame or two.

/** Frames to either side that have a say. */
const reachFrames = 2;

/**
 * [frame, numbersPerFrame] in, each number its median over five frames out. NaN is not counted, and stays NaN: what was not
 * measured is not made up.
 */
export function steadied(values: Float32Array, numbersPerFrame: number): Float32Array {
  return values.map((value, at) => {
    if (Number.isNaN(value)) return value;
    const near: number[] = [];
    for (let offset = -reachFrames; offset <= reachFrames; offset++) {
      const other = values[at + offset * numbersPerFrame];
      if (other !== undefined && !Number.isNaN(other)) near.push(other);
    }
    const sorted = near.toSorted((a, b) => a - b);
    // Of an even number the lower one: in doubt the frame is as good as its neighbours.
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? value;
  });
}
