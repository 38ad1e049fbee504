// A project that is ready to be exported: reels, versions with dialogue and M&E, approved segments with made takes.
import { join } from "node:path";
import type { RecordId } from "../../src/shared/project/index.ts";
import { rangeBetween } from "../../src/shared/time/index.ts";
import { madeFaces } from "./made-faces.ts";
import { recordMadeTake } from "./made-take.ts";
import { ffmpeg, numberedFrames } from "./media.ts";
import type { RealCore } from "./real-core.ts";

export type ExportFilm = {
  /** File's and so the reel's name, without ending. */
  readonly name: string;
  readonly rate: string;
  readonly frameCount: number;
  readonly timecode: string;
};

const heightPx = 144;
/** What every film's take paints. */
export const takenFrames = rangeBetween(2, 4);

/** ProRes 422 HQ with colour tags, timecode and mono sound. */
export async function makeExportFilm(
  folder: string,
  { name, rate, frameCount, timecode }: ExportFilm,
): Promise<string> {
  const path = join(folder, `${name}.mov`);
  const [num = "25", den = "1"] = rate.split("/");
  const seconds = (frameCount * Number(den)) / Number(num) + 0.1;
  const timescale = Number(num) * Math.ceil(10_000 / Number(num));
  const sound = ["-f", "lavfi", "-i", `sine=330:r=48000:d=${seconds.toFixed(3)}`];
  const tags = ["-vf", "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"];
  const coding = ["-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-profile:v", "3", "-c:a", "pcm_s24le"];
  const clocks = ["-video_track_timescale", String(timescale), "-timecode", timecode, "-movflags", "+write_colr"];
  const picture = numberedFrames({ rate, frameCount, heightPx });
  await ffmpeg(...picture, ...sound, ...tags, ...coding, ...clocks, path);
  return path;
}

export async function makeExportSound(folder: string): Promise<{ readonly voice: string; readonly effects: string }> {
  const [voice, effects] = [join(folder, "voice.wav"), join(folder, "effects.wav")];
  await ffmpeg("-f", "lavfi", "-i", "anoisesrc=r=48000:d=1:seed=2:a=0.2", "-c:a", "pcm_s24le", voice);
  await ffmpeg("-f", "lavfi", "-i", "sine=110:r=48000:d=1", "-ac", "2", "-c:a", "pcm_s24le", effects);
  return { voice, effects };
}

type Making = {
  readonly own: RealCore;
  readonly films: readonly string[];
  readonly languages: readonly string[];
  readonly sound: { readonly voice: string; readonly effects: string };
};

/** Answers the project's folder. It is open afterwards. */
export async function makeExportProject({ own, films, languages, sound }: Making): Promise<string> {
  const { operations } = own;
  const { folder } = await operations["project.create"]({ folder: own.folder, name: "Night" });
  for (const path of films) await own.ended((await operations["media.import"]({ path, previews: false })).jobId);
  const { records } = await operations["record.list"]({ type: "reel" });
  const segmentIds: RecordId<"segment">[] = [];
  for (const language of languages) {
    const { versionId } = await operations["versions.add"]({ language });
    for (const record of records) {
      if (record.type !== "reel") continue;
      const place = { versionId, reelId: record.id };
      await operations["dialogue.add"]({ ...place, path: sound.voice });
      await operations["dialogue.add"]({ ...place, path: sound.effects, stem: "music-and-effects" });
      const { segmentId } = await operations["segments.add"]({ ...place, range: "#2-#4" });
      segmentIds.push(segmentId);
    }
  }
  for (const { jobId } of (await operations["jobs.list"]({ limit: 1000 })).jobs) await own.ended(jobId);
  await operations["project.close"]({});
  const faces = madeFaces({ widthPx: 256, heightPx });
  for (const segmentId of segmentIds) await recordMadeTake(folder, { segmentId, range: takenFrames, faces });
  await operations["project.open"]({ folder });
  await operations["segments.state"]({ segmentIds, state: "approved" });
  return folder;
}
