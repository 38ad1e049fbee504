// Which tracks of a project seem to show one person, with the character that some of them have already.
import type { AnswerOf } from "../../shared/contract/index.ts";
import type { FaceTrack } from "../../shared/project/index.ts";
import { appearanceLength, suggestPeople } from "../faces/index.ts";
import type { OpenProject } from "../store/index.ts";
import { trackFilesOf } from "./track-files.ts";

type Suggestion = AnswerOf<"faces.suggest">;

export async function suggestFor(project: OpenProject): Promise<Suggestion> {
  const tracks = project.view.list("face-track");
  const byId = new Map<string, FaceTrack>(tracks.map((track) => [track.id, track]));
  const looks = [];
  for (const track of tracks) {
    const { appearance } = await trackFilesOf(project).read(track);
    // Looks of another release cannot be compared with ours.
    const isKnown = appearance?.length === appearanceLength;
    looks.push({ trackId: track.id, reelId: track.reelId, range: track, ...(isKnown ? { appearance } : {}) });
  }
  const { people, basis, unknownTrackIds } = suggestPeople(looks);
  const tracksOf = (ids: readonly string[]): readonly FaceTrack[] => ids.flatMap((id) => byId.get(id) ?? []);
  return {
    basis,
    people: people.map((person) => {
      const members = person.tracks.flatMap(({ trackId, scoreRatio }) => {
        const track = byId.get(trackId);
        return track ? [{ track, scoreRatio }] : [];
      });
      return {
        characterId: usualCharacter(members.map(({ track }) => track)),
        tracks: members.map(({ track, scoreRatio }) => ({
          trackId: track.id,
          characterId: track.characterId,
          scoreRatio,
        })),
      };
    }),
    unknownTrackIds: tracksOf(unknownTrackIds).map(({ id }) => id),
  };
}

/** Whose most of the frames are that belong to anyone. */
function usualCharacter(tracks: readonly FaceTrack[]): FaceTrack["characterId"] {
  const frames = new Map<FaceTrack["characterId"], number>();
  for (const { characterId, durationFrames } of tracks)
    if (characterId !== null) frames.set(characterId, (frames.get(characterId) ?? 0) + durationFrames);
  const [most] = [...frames].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}
