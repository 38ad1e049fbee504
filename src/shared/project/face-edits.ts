// Edits of face tracks and characters as pure functions. Geometry lies in files: whoever makes new ones writes them first.
import { refused } from "../failure/index.ts";
import { composeDiffs, conflict, diffAdding, diffChanging, diffRemoving, emptyDiff, isSameRecord } from "./diff.ts";
import type { Diff } from "./diff.ts";
import { projectRecordId } from "./ids.ts";
import type { RecordId } from "./ids.ts";
import type { Character, EligibilityLimits, FaceTrack, Project, Segment, AudioTrack } from "./records.ts";
import { mustGet } from "./view.ts";
import type { ProjectView } from "./view.ts";

const composeAll = (diffs: readonly Diff[]): Diff => diffs.reduce(composeDiffs, emptyDiff);

/** Says who the faces of these tracks are; null: nobody yet. */
export function assignTracks(
  view: ProjectView,
  trackIds: readonly RecordId<"face-track">[],
  characterId: RecordId<"character"> | null,
): Diff {
  if (characterId !== null) mustGet(view, "character", characterId);
  return composeAll(
    [...new Set(trackIds)].map((trackId) => {
      const track = mustGet(view, "face-track", trackId);
      return diffChanging<FaceTrack>(track, { ...track, characterId });
    }),
  );
}

/**
 * Puts tracks in the place of others, of which `removed` is what the new ones were made from. Refused as a conflict when one
 * of them is not what it was.
 */
export function replaceTracks(view: ProjectView, removed: readonly FaceTrack[], added: readonly FaceTrack[]): Diff {
  for (const track of removed) if (!isSameRecord(view.get("face-track", track.id), track)) throw conflict(track.id);
  const before = new Map(removed.map((track) => [track.id, track]));
  const changes = added.flatMap((track) => {
    const known = before.get(track.id);
    return known ? [diffChanging<FaceTrack>(known, track)] : [];
  });
  const kept = new Set<string>(added.map(({ id }) => id));
  return composeAll([
    ...changes,
    diffRemoving(...removed.filter(({ id }) => !kept.has(id))),
    diffAdding(...added.filter(({ id }) => !before.has(id))),
  ]);
}

/** Takes false tracks out. Their files stay for undo. */
export function removeTracks(view: ProjectView, trackIds: readonly RecordId<"face-track">[]): Diff {
  return diffRemoving(...[...new Set(trackIds)].map((trackId) => mustGet(view, "face-track", trackId)));
}

type NewLimits = {
  /** Null: the usual ones. */
  readonly limits: EligibilityLimits | null;
  /** How many frames of each track are eligible by them. */
  readonly eligibleFrames: ReadonlyMap<string, number>;
};

export function setEligibilityLimits(view: ProjectView, { limits, eligibleFrames }: NewLimits): Diff {
  const project = mustGet(view, "project", projectRecordId);
  return composeAll([
    diffChanging<Project>(project, { ...project, eligibilityLimits: limits }),
    {
      ...emptyDiff,
      changed: view.list("face-track").flatMap((track) => {
        const count = eligibleFrames.get(track.id) ?? track.eligibleFrames;
        return count === track.eligibleFrames ? [] : [[track, { ...track, eligibleFrames: count }] as const];
      }),
    },
  ]);
}

/** Adds a character at the end of the list; a name that is taken is refused. */
export function addCharacter(view: ProjectView, character: Character): Diff {
  const known = view.list("character");
  mustBeFree(known, character);
  return diffAdding({ ...character, order: known.length });
}

function mustBeFree(known: readonly Character[], { id, name }: Pick<Character, "id" | "name">): void {
  const twin = known.find((other) => other.name === name && other.id !== id);
  if (!twin) return;
  throw refused("character.exists", {
    message: `There is already a character "${name}".`,
    hint: "Give this one another name.",
    details: { characterId: twin.id },
  });
}

/** Renames a character, or gives its lane another hue. */
export function changeCharacter(
  view: ProjectView,
  characterId: RecordId<"character">,
  change: Partial<Pick<Character, "name" | "hueDegrees">>,
): Diff {
  const character = mustGet(view, "character", characterId);
  const changed = { ...character, ...change };
  mustBeFree(view.list("character"), changed);
  return diffChanging<Character>(character, changed);
}

const inOrder = (characters: readonly Character[]): Diff =>
  composeAll(characters.map((each, order) => diffChanging<Character>(each, { ...each, order })));

/** Moves a character to place `order` (from 0) and closes the others around it. */
export function moveCharacter(view: ProjectView, characterId: RecordId<"character">, order: number): Diff {
  const character = mustGet(view, "character", characterId);
  const others = view.list("character").filter(({ id }) => id !== characterId);
  const place = Math.min(order, others.length);
  return inOrder([...others.slice(0, place), character, ...others.slice(place)]);
}

/** Removes a character; its tracks, segments and dialogue then belong to nobody. One with adapters is refused. */
export function removeCharacter(view: ProjectView, characterId: RecordId<"character">): Diff {
  const character = mustGet(view, "character", characterId);
  const adapters = view.list("adapter", { characterId });
  if (adapters.length > 0)
    throw refused("character.has-adapters", {
      message: `${character.name} has ${adapters.length} trained adapter(s), which belong to nobody else.`,
      hint: "Remove the adapters first.",
      details: { characterId, adapterIds: adapters.map(({ id }) => id) },
    });
  const freed = [
    ...view
      .list("face-track", { characterId })
      .map((track) => diffChanging<FaceTrack>(track, { ...track, characterId: null })),
    ...view
      .list("segment", { characterId })
      .map((segment) => diffChanging<Segment>(segment, { ...segment, characterId: null })),
    ...view
      .list("audio-track", { characterId })
      .map((track) => diffChanging<AudioTrack>(track, { ...track, characterId: null })),
  ];
  const kept = view.list("character").filter(({ id }) => id !== characterId);
  return composeAll([...freed, diffRemoving(character), inOrder(kept)]);
}
