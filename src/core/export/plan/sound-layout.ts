// Which sound goes with an exported picture: one programme track or every stem, and the film's own beside it.
import { mustGet, projectRecordId } from "../../../shared/project/index.ts";
import type { AudioStreamFacts, AudioTrack, Media, ProjectView, Reel, Version } from "../../../shared/project/index.ts";
import { languageName } from "../../media/index.ts";
import type { Disposition } from "../../media/index.ts";
import type { PresetSound } from "../presets/presets.ts";

/** One stream that sounds in a track. */
export type TrackPart = {
  /** As records name files. */
  readonly path: string;
  /** The file's content, whatever it is called. */
  readonly mediaHash: string;
  readonly stream: AudioStreamFacts;
  readonly offsetSamples: number;
  readonly gainDb: number;
};

/** A track of the file. Several parts are mixed into one. */
export type PlannedTrack = {
  readonly role: "programme" | "stem" | "original";
  readonly parts: readonly TrackPart[];
  readonly languageTag: string;
  readonly title: string;
  readonly dispositions: readonly Disposition[];
};

type Place = {
  readonly reel: Reel;
  readonly version: Version;
  readonly media: Media;
  readonly sound: PresetSound;
};

const stemTitles = { dialogue: "dialogue", "music-and-effects": "M&E", mix: "mix" } as const;
/** No language at all, as BCP-47 says it. */
const noLanguage = "zxx";

export function planSound(view: ProjectView, { reel, version, media, sound }: Place): readonly PlannedTrack[] {
  if (sound.layout === "none") return [];
  const tracks = view.list("audio-track", { reelId: reel.id, versionId: version.id });
  const made = sound.layout === "programme" ? programmeOf(view, version, tracks) : stemsOf(view, version, tracks);
  const own = sound.original === "kept" ? originalsOf(view, media) : [];
  // What plays by itself is the first track, and only that.
  return [...made, ...own].map((track, place) =>
    place === 0 ? { ...track, dispositions: ["default", ...track.dispositions] } : track,
  );
}

/** The full mix where there is one, else all dialogue over the M&E. */
function programmeOf(view: ProjectView, version: Version, tracks: readonly AudioTrack[]): readonly PlannedTrack[] {
  const mixes = tracks.filter(({ stem }) => stem === "mix");
  const parts = (mixes.length > 0 ? mixes : tracks).flatMap((track) => partOf(view, track));
  if (parts.length === 0) return [];
  const dispositions = ["dub"] as const;
  return [
    {
      role: "programme",
      parts,
      languageTag: version.language,
      title: languageName(version.language),
      dispositions,
    },
  ];
}

const stemOrder: readonly AudioTrack["stem"][] = ["mix", "dialogue", "music-and-effects"];

function stemsOf(view: ProjectView, version: Version, tracks: readonly AudioTrack[]): readonly PlannedTrack[] {
  return stemOrder.flatMap((stem) =>
    tracks
      .filter((track) => track.stem === stem)
      .flatMap((track): PlannedTrack[] => {
        const parts = partOf(view, track);
        if (parts.length === 0) return [];
        const who = track.characterId === null ? "" : ` ${mustGet(view, "character", track.characterId).name}`;
        const isSpoken = stem !== "music-and-effects";
        return [
          {
            role: "stem",
            parts,
            languageTag: isSpoken ? version.language : noLanguage,
            title: isSpoken ? `${languageName(version.language)} ${stemTitles[stem]}${who}` : stemTitles[stem],
            dispositions: isSpoken ? ["dub"] : [],
          },
        ];
      }),
  );
}

function partOf(view: ProjectView, track: AudioTrack): readonly TrackPart[] {
  const file = mustGet(view, "media", track.mediaId);
  const stream = file.facts.audio.find(({ streamIndex }) => streamIndex === track.streamIndex);
  if (!stream) return [];
  const { offsetSamples, gainDb } = track;
  return [{ path: file.path, mediaHash: file.identity.mediaHash, stream, offsetSamples, gainDb }];
}

function originalsOf(view: ProjectView, media: Media): readonly PlannedTrack[] {
  const { originalLanguage } = mustGet(view, "project", projectRecordId);
  return media.facts.audio.map((stream): PlannedTrack => ({
    role: "original",
    parts: [
      {
        path: media.path,
        mediaHash: media.identity.mediaHash,
        stream,
        offsetSamples: stream.startOffsetSamples,
        gainDb: 0,
      },
    ],
    languageTag: originalLanguage ?? "und",
    title: stream.title ?? "Original",
    dispositions: ["original"],
  }));
}
