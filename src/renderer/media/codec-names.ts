// Codecs, containers and colour tags by the names editors use instead of ffmpeg's.

const codecs: Readonly<Record<string, string>> = {
  h264: "H.264",
  hevc: "HEVC (H.265)",
  prores: "Apple ProRes",
  dnxhd: "Avid DNx",
  ffv1: "FFV1",
  vp8: "VP8",
  vp9: "VP9",
  av1: "AV1",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4",
  mjpeg: "Motion JPEG",
  jpeg2000: "JPEG 2000",
  rawvideo: "Uncompressed",
  v210: "Uncompressed 10-bit 4:2:2",
  aac: "AAC",
  ac3: "Dolby Digital",
  eac3: "Dolby Digital Plus",
  mp3: "MP3",
  opus: "Opus",
  vorbis: "Vorbis",
  flac: "FLAC",
  alac: "Apple Lossless",
};

export function codecName(codec: string, profile: string | undefined): string {
  if (codec.startsWith("pcm_")) return "PCM";
  const name = codecs[codec] ?? codec.toUpperCase();
  // ffmpeg's number for a profile it has no name for says nothing to a person.
  return profile === undefined || /^(?:-?\d+|LC)$/.test(profile) ? name : `${name} ${profile}`;
}

const containers: Readonly<Record<string, string>> = {
  mp4: "MP4",
  mov: "QuickTime",
  mkv: "Matroska",
  webm: "WebM",
  mxf: "MXF",
  wav: "WAV",
  aiff: "AIFF",
  flac: "FLAC",
  mp3: "MP3",
  ogg: "Ogg",
  avi: "AVI",
  mpegts: "MPEG-TS",
};

export const containerName = (kind: string): string => containers[kind] ?? kind;

const colors: Readonly<Record<string, string>> = {
  bt709: "BT.709",
  bt470bg: "BT.601 (625)",
  smpte170m: "BT.601 (525)",
  bt2020: "BT.2020",
  bt2020nc: "BT.2020",
  smpte2084: "PQ",
  "arib-std-b67": "HLG",
  smpte432: "Display P3",
  smpte431: "DCI-P3",
  "iec61966-2-1": "sRGB",
};

export const colorName = (tag: string): string => colors[tag] ?? tag;

/** "420" -> "4:2:0". */
export const chromaName = (chroma: string): string => chroma.split("").join(":");
