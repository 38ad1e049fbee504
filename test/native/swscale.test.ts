// The picture kernels against ffmpeg's own scaler: two independent answers to the same question.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { rgb8ToYuv, yuvPlanesIn, yuvToRgb8 } from "../../src/core/native/index.ts";
import type { YuvFormat } from "../../src/core/native/index.ts";

const ffmpeg = process.env["DUBWRIGHT_FFMPEG"] ?? "ffmpeg";
// Its "bilinear" snaps 4:2:0 chroma rows to whole luma rows; "bicubic" puts them where the tags say.
const flags = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp";
const scalerMatrix = { bt601: "bt601", bt709: "bt709", bt2020: "bt2020" } as const;
const scalerRange = { limited: "tv", full: "pc" } as const;
const suffix = { 8: "", 10: "10le", 12: "12le", 16: "16le" } as const;

function pixelFormat(format: YuvFormat): string {
  return `yuv${format.sampling.replaceAll(":", "")}p${suffix[format.depthBits]}`;
}

/** One frame through `scale`; both sides raw. */
function scaled(frame: Uint8Array, format: YuvFormat, direction: "to-rgb" | "to-yuv"): Uint8Array {
  const size = `${format.widthPx}x${format.heightPx}`;
  const side = direction === "to-rgb" ? "in" : "out";
  const chroma = format.sampling === "4:2:0" ? 128 : 0; // 1/256 of a luma row: halfway between two
  const filter =
    `scale=flags=${flags}:${side}_color_matrix=${scalerMatrix[format.matrix]}:${side}_range=${scalerRange[format.range]}` +
    `:${side}_h_chr_pos=0:${side}_v_chr_pos=${chroma}`;
  const [from, to] = direction === "to-rgb" ? [pixelFormat(format), "rgb24"] : ["rgb24", pixelFormat(format)];
  const raw = ["-f", "rawvideo", "-pix_fmt"];
  const args = ["-v", "error", ...raw, from, "-s", size, "-i", "pipe:0", "-vf", filter, ...raw, to, "pipe:1"];
  const done = spawnSync(ffmpeg, args, { input: frame, maxBuffer: 1 << 26 });
  if (done.status !== 0)
    throw new Error(`${ffmpeg} ${args.join(" ")}: ${done.error?.message ?? done.stderr.toString()}`);
  return new Uint8Array(done.stdout);
}

/** Smooth colour everywhere, so that unequal chroma filters differ little. */
function smoothPicture(widthPx: number, heightPx: number): Uint8Array {
  return Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % widthPx, Math.floor(i / 3 / widthPx)];
    const phase = [0.031 * x + 0.017 * y, 0.023 * x - 0.029 * y + 1, 0.019 * x + 0.037 * y + 2][i % 3] ?? 0;
    return Math.round(127.5 + 110 * Math.sin(phase));
  });
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  return most;
}

const cases = (["bt601", "bt709", "bt2020"] as const).flatMap((matrix) =>
  (["limited", "full"] as const).flatMap((range) =>
    (["4:2:0", "4:2:2", "4:4:4"] as const).flatMap((sampling) =>
      ([8, 10] as const).map((depthBits): YuvFormat => ({
        widthPx: 128,
        heightPx: 96,
        depthBits,
        sampling,
        matrix,
        range,
      })),
    ),
  ),
);

test.each(cases)("$matrix $range $sampling at $depthBits bits agrees with swscale within two codes", (format) => {
  const rgb = smoothPicture(format.widthPx, format.heightPx);
  const ours = rgb8ToYuv(format, rgb);
  const theirBytes = scaled(rgb, format, "to-yuv");
  const theirs = yuvPlanesIn(format, theirBytes);
  const codes = 2 ** (format.depthBits - 8);
  for (const k of [0, 1, 2] as const) expect(worst(ours.planes[k], theirs[k])).toBeLessThanOrEqual(2 * codes);
  expect(worst(yuvToRgb8({ format, planes: theirs }), scaled(theirBytes, format, "to-rgb"))).toBeLessThanOrEqual(2);
});
