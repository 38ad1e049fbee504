// Suggests which tracks show one person, over all shots and reels: by embeddings where there are any, else by appearance, and
// says which. Suggestions only; who is who is the editor's to say.
import { endFrameOf } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import { likenessOf } from "./appearance.ts";

/** What is known of one track. */
export type TrackLooks = {
  readonly trackId: string;
  /** Tracks of one reel that share a frame show two people. */
  readonly reelId: string;
  readonly range: FrameRange;
  /** Of `usualAppearance`. */
  readonly appearance?: Float32Array;
  /** Of a face network, of unit length. */
  readonly embedding?: Float32Array;
};

export type LooksBasis = "embedding" | "appearance";

export type SuggestedPerson = {
  /** Longest track first, each with how well it fits the others: 1 surely, 0.5 undecided. */
  readonly tracks: readonly { readonly trackId: string; readonly scoreRatio: number }[];
  /** The weakest evidence that holds these together. */
  readonly basis: LooksBasis;
};

export type PeopleSuggestion = {
  /** Who is on screen longest comes first. */
  readonly people: readonly SuggestedPerson[];
  /** "appearance" where any track had no embedding: colours and edges, which light and make-up change. */
  readonly basis: LooksBasis;
  /** Tracks of which nothing is known. */
  readonly unknownTrackIds: readonly string[];
};

/** Cosine of embeddings at which it could be either, as published for SFace; ArcFace's lies close to it. */
const evenCosine = 0.363;
/** How fast the score rises around it. */
const cosineWidth = 0.07;
/** Below this two tracks are two people. */
const leastScoreRatio = 0.5;

type Person = {
  readonly members: TrackLooks[];
  embedding: Float32Array | undefined;
  appearance: Float32Array | undefined;
  frameCount: number;
};

type Fit = { readonly scoreRatio: number; readonly basis: LooksBasis };

/** From tracks in any order; the result depends on the tracks alone. */
export function suggestPeople(tracks: readonly TrackLooks[]): PeopleSuggestion {
  const known = tracks.filter(({ appearance, embedding }) => appearance ?? embedding);
  const people: Person[] = [];
  // Long tracks say most about a person, so they found one and the others join.
  for (const track of known.toSorted(byLength)) {
    const best = bestOf(personOf(track), people);
    if (best) join(best, personOf(track));
    else people.push(personOf(track));
  }
  mergePeople(people);
  const suggested = people.toSorted((a, b) => b.frameCount - a.frameCount).map(suggestionOf);
  const isByEmbedding = suggested.length > 0 && suggested.every(({ basis }) => basis === "embedding");
  return {
    people: suggested,
    basis: isByEmbedding ? "embedding" : "appearance",
    unknownTrackIds: tracks.filter((track) => !known.includes(track)).map(({ trackId }) => trackId),
  };
}

const byLength = (a: TrackLooks, b: TrackLooks): number =>
  b.range.durationFrames - a.range.durationFrames || (a.trackId < b.trackId ? -1 : 1);

const personOf = (track: TrackLooks): Person => ({
  members: [track],
  embedding: track.embedding,
  appearance: track.appearance,
  frameCount: track.range.durationFrames,
});

/** Those a track founded may turn out to be one person once others have joined them. */
function mergePeople(people: Person[]): void {
  for (let index = people.length - 1; index > 0; index--) {
    const person = people[index];
    const best = person && bestOf(person, people.slice(0, index));
    if (!person || !best) continue;
    join(best, person);
    people.splice(index, 1);
  }
}

function bestOf(track: Person, people: readonly Person[]): Person | undefined {
  let [best, bestScore] = [undefined as Person | undefined, leastScoreRatio];
  for (const person of people) {
    const scoreRatio = fitOf(track, person)?.scoreRatio ?? 0;
    if (scoreRatio <= bestScore || areSeenTogether(track, person)) continue;
    [best, bestScore] = [person, scoreRatio];
  }
  return best;
}

type Looks = { readonly embedding?: Float32Array | undefined; readonly appearance?: Float32Array | undefined };

function fitOf(left: Looks, right: Looks): Fit | undefined {
  if (left.embedding && right.embedding) {
    const cosine = cosineOf(left.embedding, right.embedding);
    return { scoreRatio: 1 / (1 + Math.exp((evenCosine - cosine) / cosineWidth)), basis: "embedding" };
  }
  if (left.appearance && right.appearance)
    return { scoreRatio: likenessOf(left.appearance, right.appearance), basis: "appearance" };
  return undefined;
}

function cosineOf(left: Float32Array, right: Float32Array): number {
  let [dot, lefts, rights] = [0, 0, 0];
  for (let place = 0; place < left.length; place++) {
    const [l, r] = [left[place] ?? 0, right[place] ?? 0];
    dot += l * r;
    lefts += l * l;
    rights += r * r;
  }
  return lefts > 0 && rights > 0 ? dot / Math.sqrt(lefts * rights) : 0;
}

const areSeenTogether = (left: Person, right: Person): boolean =>
  left.members.some((one) =>
    right.members.some(
      (other) =>
        one.reelId === other.reelId &&
        one.range.startFrame < endFrameOf(other.range) &&
        other.range.startFrame < endFrameOf(one.range),
    ),
  );

function join(person: Person, other: Person): void {
  const share = other.frameCount / (person.frameCount + other.frameCount);
  person.embedding = mixed(person.embedding, other.embedding, share);
  person.appearance = mixed(person.appearance, other.appearance, share);
  person.frameCount += other.frameCount;
  person.members.push(...other.members);
}

function mixed(
  mean: Float32Array | undefined,
  more: Float32Array | undefined,
  share: number,
): Float32Array | undefined {
  if (!mean || !more) return mean ?? more;
  return mean.map((value, place) => value + share * ((more[place] ?? value) - value));
}

function suggestionOf(person: Person): SuggestedPerson {
  const fits = person.members.map((track) => ({ trackId: track.trackId, fit: fitOf(track, person) }));
  return {
    tracks: fits.map(({ trackId, fit }) => ({ trackId, scoreRatio: fit?.scoreRatio ?? 0 })),
    basis: fits.every(({ fit }) => fit?.basis === "embedding") ? "embedding" : "appearance",
  };
}
