// From linear light to the 8-bit picture a camera hands over.

export type Development = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Light holds this many samples per pixel along each axis. */
  readonly supersampling: number;
  readonly exposure: number;
};

const tableLength = 4096;
/** sRGB's curve (IEC 61966-2-1) over a shoulder that rolls highlights off: x (1 + x / w^2) / (1 + x), Reinhard 2002, w = 2.2. */
const developed = Uint8Array.from({ length: tableLength }, (_, index) => {
  const x = (index / (tableLength - 1)) * 4;
  const rolled = Math.min(1, (x * (1 + x / (2.2 * 2.2)) * 1.25) / (1 + 0.55 * x));
  const curve = rolled <= 0.0031308 ? 12.92 * rolled : 1.055 * rolled ** (1 / 2.4) - 0.055;
  return Math.round(255 * curve);
});

/** Averages the samples of each pixel in linear light; [heightPx, widthPx, rgb] into `picture`. */
export function toPicture(light: Float32Array, development: Development, picture: Uint8Array): void {
  const { widthPx, heightPx, supersampling, exposure } = development;
  const sampleStride = widthPx * supersampling * 3;
  const scale = (exposure / (supersampling * supersampling) / 4) * (tableLength - 1);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const first = y * supersampling * sampleStride + x * supersampling * 3 + channel;
        let sum = 0;
        for (let sample = 0; sample < supersampling * supersampling; sample++) {
          const down = Math.floor(sample / supersampling);
          sum += light[first + down * sampleStride + (sample - down * supersampling) * 3] ?? 0;
        }
        picture[(y * widthPx + x) * 3 + channel] = developed[Math.min(tableLength - 1, Math.round(sum * scale))] ?? 255;
      }
    }
  }
}
