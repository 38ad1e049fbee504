// What an ffmpeg pixel format means: depth, subsampling, planes and their sizes in bytes.
import type { VideoStreamFacts } from "../../shared/project/index.ts";

export type PixelLayout = VideoStreamFacts["pixelLayout"];

type Chroma = PixelLayout["chroma"];

/** How often chroma is halved: [across, down] as powers of two. */
const chromaShifts: { readonly [C in Chroma]: readonly [number, number] } = {
  "420": [1, 1],
  "422": [1, 0],
  "444": [0, 0],
  "440": [0, 1],
  "411": [2, 0],
  "410": [2, 2],
  gray: [0, 0],
  rgb: [0, 0],
};

/** Formats whose names do not spell their layout. */
const packedFormats: Readonly<Record<string, Omit<PixelLayout, "name">>> = {
  nv12: { bitDepth: 8, chroma: "420", hasAlpha: false },
  nv21: { bitDepth: 8, chroma: "420", hasAlpha: false },
  nv16: { bitDepth: 8, chroma: "422", hasAlpha: false },
  p010le: { bitDepth: 10, chroma: "420", hasAlpha: false },
  p016le: { bitDepth: 16, chroma: "420", hasAlpha: false },
  uyvy422: { bitDepth: 8, chroma: "422", hasAlpha: false },
  yuyv422: { bitDepth: 8, chroma: "422", hasAlpha: false },
  y210le: { bitDepth: 10, chroma: "422", hasAlpha: false },
  ya8: { bitDepth: 8, chroma: "gray", hasAlpha: true },
  ya16le: { bitDepth: 16, chroma: "gray", hasAlpha: true },
  pal8: { bitDepth: 8, chroma: "rgb", hasAlpha: true },
  rgb24: { bitDepth: 8, chroma: "rgb", hasAlpha: false },
  bgr24: { bitDepth: 8, chroma: "rgb", hasAlpha: false },
  rgb48le: { bitDepth: 16, chroma: "rgb", hasAlpha: false },
  rgb48be: { bitDepth: 16, chroma: "rgb", hasAlpha: false },
  rgba64le: { bitDepth: 16, chroma: "rgb", hasAlpha: true },
  rgba64be: { bitDepth: 16, chroma: "rgb", hasAlpha: true },
  monob: { bitDepth: 1, chroma: "gray", hasAlpha: false },
  monow: { bitDepth: 1, chroma: "gray", hasAlpha: false },
  ayuv64le: { bitDepth: 16, chroma: "444", hasAlpha: true },
};

/** Reads the layout off ffmpeg's name; undefined for a name that is no picture we know. */
export function parsePixelFormat(name: string): PixelLayout | undefined {
  const packed = packedFormats[name];
  if (packed) return { name, ...packed };
  const yuv = /^yuv[aj]?(420|422|444|440|411|410)p(9|10|12|14|16)?(le|be)?$/.exec(name);
  if (yuv) {
    const chroma = chromaOf(yuv[1]);
    return { name, bitDepth: Number(yuv[2] ?? 8), chroma, hasAlpha: name.startsWith("yuva") };
  }
  const gray = /^gray(9|10|12|14|16)?(le|be)?$/.exec(name);
  if (gray) return { name, bitDepth: Number(gray[1] ?? 8), chroma: "gray", hasAlpha: false };
  const planarRgb = /^gbra?p(9|10|12|14|16)?(le|be)?$/.exec(name);
  if (planarRgb) return { name, bitDepth: Number(planarRgb[1] ?? 8), chroma: "rgb", hasAlpha: name.startsWith("gbra") };
  return /^(rgba|bgra|argb|abgr|rgb0|bgr0|0rgb|0bgr)$/.test(name)
    ? { name, bitDepth: 8, chroma: "rgb", hasAlpha: !name.includes("0") }
    : undefined;
}

const chromaOf = (text: string | undefined): Chroma =>
  (["420", "422", "444", "440", "411", "410"] as const).find((chroma) => chroma === text) ?? "444";

/**
 * The planar little-endian format with the same depth, subsampling and alpha: what frames are decoded to. Depths that
 * planar formats lack (1) rise to the next.
 */
export function planarLayout(layout: PixelLayout): PixelLayout {
  const { chroma, hasAlpha } = layout;
  // "j" formats are full range by name; renaming one would make ffmpeg squeeze its range.
  if (layout.name.startsWith("yuvj")) return layout;
  const bitDepth = Math.max(8, layout.bitDepth);
  const suffix = bitDepth === 8 ? "" : `${bitDepth}le`;
  const stem =
    chroma === "gray"
      ? "gray"
      : chroma === "rgb"
        ? `gbr${hasAlpha ? "a" : ""}p`
        : `yuv${hasAlpha ? "a" : ""}${chroma}p`;
  return { name: `${stem}${suffix}`, bitDepth, chroma, hasAlpha: hasAlpha && chroma !== "gray" };
}

export type PlaneShape = { readonly widthPx: number; readonly heightPx: number; readonly offsetBytes: number };

export type FrameShape = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly layout: PixelLayout;
  /** 1 for 8 bit, 2 (little endian, low bits used) above. */
  readonly bytesPerSample: 1 | 2;
  /** In ffmpeg's order: Y, Cb, Cr, alpha; G, B, R, alpha; or one plane of packed RGB. Rows follow each other without gaps. */
  readonly planes: readonly PlaneShape[];
  readonly frameBytes: number;
};

/** Sizes and places of the planes of one picture in a buffer, as ffmpeg's rawvideo lays them out. */
export function frameShape(layout: PixelLayout, widthPx: number, heightPx: number): FrameShape {
  const bytesPerSample = layout.bitDepth > 8 ? 2 : 1;
  const isPackedRgb = layout.name.startsWith("rgb");
  const [shiftX, shiftY] = chromaShifts[layout.chroma];
  const chromaSize = { widthPx: -(-widthPx >> shiftX), heightPx: -(-heightPx >> shiftY) };
  const full = { widthPx, heightPx };
  const sizes = isPackedRgb
    ? [{ widthPx: widthPx * 3, heightPx }]
    : layout.chroma === "gray"
      ? [full]
      : [full, chromaSize, chromaSize];
  if (layout.hasAlpha && !isPackedRgb) sizes.push(full);
  let offsetBytes = 0;
  const planes = sizes.map((size) => {
    const plane = { ...size, offsetBytes };
    offsetBytes += size.widthPx * size.heightPx * bytesPerSample;
    return plane;
  });
  return { widthPx, heightPx, layout, bytesPerSample, planes, frameBytes: offsetBytes };
}
