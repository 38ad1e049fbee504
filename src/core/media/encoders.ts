// The codecs we write, as a table: ffmpeg's encoder, the containers and pixel formats it may use, and its settings.
import { refused } from "../../shared/failure/index.ts";
import type { OptionTable } from "./options.ts";
import { parsePixelFormat } from "./pixel-layout.ts";
import type { PixelLayout } from "./pixel-layout.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type VideoCodec = "h264" | "hevc" | "prores-422-hq" | "dnxhr-hqx" | "ffv1";
export type OutputContainer = "mp4" | "mov" | "mkv" | "mxf";

export type EncoderSettings = {
  /** Constant rate factor of H.264 and HEVC; lower is better. 16 when absent: hard to tell from the source. */
  readonly crf?: number;
  /** x264's and x265's speed; "medium" when absent. */
  readonly preset?: string;
  /** "everywhere": 8 bit 4:2:0, which every player shows; the nearest to the frames' own when absent. */
  readonly plays?: "everywhere";
};

type VideoEncoder = {
  /** ffmpeg's name of the encoder. */
  readonly encoder: string;
  /** ffprobe's name of what comes out. */
  readonly codecName: string;
  readonly containers: readonly OutputContainer[];
  readonly pixelFormats: readonly string[];
  readonly options: (settings: EncoderSettings, container: OutputContainer) => OptionTable;
};

const yuvFormats = (depths: readonly string[]): readonly string[] =>
  depths.flatMap((depth) => ["yuv420p", "yuv422p", "yuv444p"].map((stem) => `${stem}${depth}`));

const x26xOptions = ({ crf, preset }: EncoderSettings): OptionTable => ({ crf: crf ?? 16, preset: preset ?? "medium" });

export const videoEncoders: { readonly [Codec in VideoCodec]: VideoEncoder } = {
  h264: {
    encoder: "libx264",
    codecName: "h264",
    containers: ["mp4", "mov", "mkv"],
    pixelFormats: yuvFormats(["", "10le"]),
    options: x26xOptions,
  },
  hevc: {
    encoder: "libx265",
    codecName: "hevc",
    containers: ["mp4", "mov", "mkv"],
    pixelFormats: yuvFormats(["", "10le", "12le"]),
    // Apple's players open HEVC under the name hvc1 only.
    options: (settings, container) => ({
      ...x26xOptions(settings),
      "tag:v": container === "mkv" ? undefined : "hvc1",
      "x265-params": "log-level=error",
    }),
  },
  "prores-422-hq": {
    encoder: "prores_ks",
    codecName: "prores",
    containers: ["mov", "mkv", "mxf"],
    pixelFormats: ["yuv422p10le"],
    options: () => ({ "profile:v": 3, vendor: "apl0" }),
  },
  "dnxhr-hqx": {
    encoder: "dnxhd",
    codecName: "dnxhd",
    containers: ["mov", "mkv", "mxf"],
    pixelFormats: ["yuv422p10le"],
    options: () => ({ "profile:v": "dnxhr_hqx" }),
  },
  // Version 3 with a checksum per slice: what archives keep. Every frame a key frame, so that damage stays small.
  ffv1: {
    encoder: "ffv1",
    codecName: "ffv1",
    containers: ["mkv", "mov"],
    pixelFormats: [
      ...yuvFormats(["", "10le", "12le", "16le"]),
      "yuva420p",
      "yuva422p",
      "yuva444p",
      "yuva422p10le",
      "yuva444p10le",
      "gray",
      "gray10le",
      "gray12le",
      "gray16le",
      "gbrp10le",
      "gbrp12le",
      "gbrp16le",
    ],
    options: () => ({ level: 3, g: 1, slicecrc: 1 }),
  },
};

/** Muxer names and what each needs to keep rate and timecode as they are. */
export const containerOptions: { readonly [Container in OutputContainer]: OptionTable } = {
  mp4: { f: "mp4", write_tmcd: 1, movflags: "+write_colr" },
  mov: { f: "mov", movflags: "+write_colr" },
  mkv: { f: "matroska" },
  mxf: { f: "mxf" },
};

/** Codecs this ffmpeg can write. */
export const writableCodecs = (tools: Ffmpeg): readonly VideoCodec[] =>
  Object.entries(videoEncoders).flatMap(([codec, { encoder }]) =>
    tools.encoders.has(encoder) ? [codec as VideoCodec] : [],
  );

const chromaRank: Readonly<Record<PixelLayout["chroma"], number>> = {
  gray: 0,
  "410": 1,
  "411": 1,
  "420": 2,
  "440": 3,
  "422": 3,
  "444": 4,
  rgb: 5,
};

/**
 * The encoder's format nearest to the frames': what keeps depth and subsampling comes first, then what adds least, then
 * what loses least.
 */
export function nearestPixelFormat(codec: VideoCodec, layout: PixelLayout): PixelLayout {
  const offered = videoEncoders[codec].pixelFormats.map(parsePixelFormat).filter((format) => format !== undefined);
  const distance = (format: PixelLayout) => {
    const depthChange = format.bitDepth - layout.bitDepth;
    const chromaChange = chromaRank[format.chroma] - chromaRank[layout.chroma];
    const alphaLoss = layout.hasAlpha && !format.hasAlpha ? 1 : 0;
    const alphaGain = format.hasAlpha && !layout.hasAlpha ? 1 : 0;
    const kindChange = (format.chroma === "rgb") === (layout.chroma === "rgb") ? 0 : 500;
    const cost = (change: number) => (change < 0 ? -100 * change : change);
    return cost(depthChange) + 2 * cost(chromaChange) + 50 * alphaLoss + alphaGain + kindChange;
  };
  const nearest = offered.toSorted((left, right) => distance(left) - distance(right))[0];
  return nearest ?? layout;
}

/** What frames of `layout` are encoded as. */
export function encodedLayout(codec: VideoCodec, layout: PixelLayout, { plays }: EncoderSettings): PixelLayout {
  const wanted = plays === "everywhere" ? parsePixelFormat("yuv420p") : undefined;
  return nearestPixelFormat(codec, wanted ?? layout);
}

/** Refused unless this ffmpeg has the encoder and the container takes the codec. */
export function checkedEncoder(tools: Ffmpeg, codec: VideoCodec, container: OutputContainer): VideoEncoder {
  const entry = videoEncoders[codec];
  if (!tools.encoders.has(entry.encoder)) {
    throw refused("media.encoder-missing", {
      message: `Expected an ffmpeg with ${entry.encoder} to write ${codec}, found ffmpeg ${tools.version} without it.`,
      hint: "Choose another codec, or set DUBWRIGHT_FFMPEG to a fuller build.",
      details: { codec, encoder: entry.encoder, version: tools.version },
    });
  }
  if (!entry.containers.includes(container)) {
    throw refused("media.container-unfit", {
      message: `Expected one of ${entry.containers.join(", ")} for ${codec}, found ${container}.`,
      hint: "Choose one of these containers.",
      details: { codec, container, containers: entry.containers },
    });
  }
  return entry;
}
