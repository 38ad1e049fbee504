// The ways out that are built in, as a table: what the picture is made into, which sound goes with it, what the file is called.
import type { EncoderSettings, OutputContainer, VideoCodec } from "../../media/index.ts";

export type PresetId = "review" | "prores" | "dnxhr-mxf" | "dnxhr-mov" | "ffv1" | "images" | "patch";

/** What becomes of the picture. */
export type PresetPicture =
  | {
      readonly form: "film";
      readonly container: OutputContainer;
      readonly codec: VideoCodec;
      readonly encoder: EncoderSettings;
    }
  /** One 16-bit RGB picture per frame, numbered by the frames of the reel. */
  | { readonly form: "images" }
  /** Only the stretches that changed, each with its handles, and an edit list that puts them back. */
  | {
      readonly form: "patch";
      readonly container: OutputContainer;
      readonly codec: VideoCodec;
      readonly encoder: EncoderSettings;
      readonly handleFrames: number;
    };

export type PresetSound = {
  /** One programme track (the full mix, else dialogue over M&E), or every stem of the version by itself. */
  readonly layout: "programme" | "stems" | "none";
  /** Whether the film's own tracks go with it. */
  readonly original: "kept" | "left-out";
};

export type PresetLoudness =
  | { readonly kind: "measured" }
  /** Two passes: measured first, then one gain over everything, held back where the true peak would pass the limit. */
  | { readonly kind: "normalised"; readonly targetLufs: number; readonly mostDbtp: number };

export type ExportPreset = {
  readonly id: PresetId;
  readonly name: string;
  /** For whom, in one sentence. */
  readonly says: string;
  readonly picture: PresetPicture;
  readonly sound: PresetSound;
  readonly loudness: PresetLoudness;
  /** Notes of segments as timed text in a file beside the film. */
  readonly subtitles: "none" | "beside";
  readonly timecode: "source" | "none";
  readonly burnIn: "none" | "timecode";
  /** Without ending; see `fileNameOf` for the tokens. */
  readonly fileName: string;
};

/** EBU R 128: programme loudness and the highest true peak. */
const r128 = { kind: "normalised", targetLufs: -23, mostDbtp: -1 } as const;
const kept = { layout: "programme", original: "kept" } as const;
const stems = { layout: "stems", original: "kept" } as const;
const noSound = { layout: "none", original: "left-out" } as const;
const plainName = "{project}_{reel}_{language}_{preset}";
/** What masters share. */
const master = {
  loudness: { kind: "measured" },
  subtitles: "none",
  timecode: "source",
  burnIn: "none",
  fileName: plainName,
} as const;

/** Each with its own id as its key. */
export const exportPresets: { readonly [Id in PresetId]: ExportPreset } = {
  review: {
    ...master,
    id: "review",
    name: "Review",
    says: "A small H.264 film for looking at, with burnt-in timecode and sound at broadcast loudness",
    picture: {
      form: "film",
      container: "mp4",
      codec: "h264",
      encoder: { crf: 20, preset: "veryfast", plays: "everywhere" },
    },
    sound: { layout: "programme", original: "left-out" },
    loudness: r128,
    subtitles: "beside",
    burnIn: "timecode",
  },
  prores: {
    ...master,
    id: "prores",
    name: "ProRes 422 HQ",
    says: "ProRes 422 HQ in MOV by ffmpeg's encoder; untouched frames are the source's own where it is ProRes 422 HQ",
    picture: { form: "film", container: "mov", codec: "prores-422-hq", encoder: {} },
    sound: kept,
  },
  "dnxhr-mxf": {
    ...master,
    id: "dnxhr-mxf",
    name: "DNxHR HQX MXF",
    says: "DNxHR HQX in MXF; untouched frames are the source's own where it is DNxHR HQX in MXF",
    picture: { form: "film", container: "mxf", codec: "dnxhr-hqx", encoder: {} },
    sound: stems,
  },
  "dnxhr-mov": {
    ...master,
    id: "dnxhr-mov",
    name: "DNxHR HQX MOV",
    says: "DNxHR HQX in MOV; untouched frames are the source's own where it is DNxHR HQX in MOV",
    picture: { form: "film", container: "mov", codec: "dnxhr-hqx", encoder: {} },
    sound: kept,
  },
  ffv1: {
    ...master,
    id: "ffv1",
    name: "Archive FFV1",
    says: "Lossless FFV1 in Matroska with a checksum per slice and every stem, for archives",
    picture: { form: "film", container: "mkv", codec: "ffv1", encoder: {} },
    sound: stems,
  },
  images: {
    ...master,
    id: "images",
    name: "16-bit images",
    says: "A folder of 16-bit TIFF pictures, numbered by the frames of the reel",
    picture: { form: "images" },
    sound: noSound,
    timecode: "none",
  },
  patch: {
    ...master,
    id: "patch",
    name: "Patch",
    says: "Only the changed stretches with handles, in ProRes 422 HQ, with an edit list that puts them back",
    picture: { form: "patch", container: "mov", codec: "prores-422-hq", encoder: {}, handleFrames: 12 },
    sound: noSound,
  },
};

export const presetIds = Object.keys(exportPresets) as readonly PresetId[];

/** What the preset leaves at its place: one file with this ending, or a folder with files. */
export const endingOf = ({ picture }: ExportPreset): string => (picture.form === "film" ? `.${picture.container}` : "");
