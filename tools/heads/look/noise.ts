// Value noise in three dimensions: smooth, seeded, the same everywhere. What skin, hair and cloth vary by.

function hashed(x: number, y: number, z: number, seed: number): number {
  let mixed = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z, 0x9e3779b1) ^ seed;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
}

const eased = (t: number): number => t * t * (3 - 2 * t);

/** Noise in -1..1 at a point in space, one lump per unit; `seed` picks another field. */
export function valueNoise(x: number, y: number, z: number, seed: number): number {
  const [cellX, cellY, cellZ] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const u = eased(x - cellX);
  const v = eased(y - cellY);
  const w = eased(z - cellZ);
  const alongX = (dy: number, dz: number): number => {
    const near = hashed(cellX, cellY + dy, cellZ + dz, seed);
    return near + u * (hashed(cellX + 1, cellY + dy, cellZ + dz, seed) - near);
  };
  const near = alongX(0, 0) + v * (alongX(1, 0) - alongX(0, 0));
  const far = alongX(0, 1) + v * (alongX(1, 1) - alongX(0, 1));
  return 2 * (near + w * (far - near)) - 1;
}

/** A number in 0..1 of a lattice point: for what is there or not, such as a freckle or a hair. */
export const latticeNoise = (x: number, y: number, z: number, seed: number): number =>
  hashed(Math.floor(x), Math.floor(y), Math.floor(z), seed);

/** 0 below `low`, 1 above `high`, smooth between; falls when `low` > `high`. */
export function smoothstep(low: number, high: number, x: number): number {
  return eased(Math.min(1, Math.max(0, (x - low) / (high - low))));
}

export const mix = (from: number, to: number, ratio: number): number => from + (to - from) * ratio;
