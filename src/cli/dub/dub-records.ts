// The records of a dub: found where an earlier dub into the same project has made them, else made.
import { basename } from "node:path";
import { refused } from "../../shared/failure/index.ts";
import type { Client } from "../../shared/contract/index.ts";
import { idSchema } from "../../shared/project/index.ts";
import type { AnyRecord, Media, RecordId, Reel } from "../../shared/project/index.ts";
import type { DubAsked } from "./dub-asked.ts";

export type DubReel = { readonly reelId: RecordId<"reel">; readonly durationFrames: number };

async function recordsOf<Type extends AnyRecord["type"]>(
  { operations }: Client,
  type: Type,
): Promise<readonly Extract<AnyRecord, { type: Type }>[]> {
  const { records } = await operations["record.list"]({ type, limit: 2000 });
  return records.filter((record): record is Extract<AnyRecord, { type: Type }> => record.type === type);
}

/** The film as a reel of the project. */
export async function findOrImport(
  client: Client,
  video: string,
  runImport: (start: () => Promise<{ readonly jobId: string }>) => Promise<unknown>,
): Promise<DubReel> {
  const find = async (): Promise<Reel | undefined> => {
    const media = (await recordsOf(client, "media")).find(({ path }: Media) => path === video.replaceAll("\\", "/"));
    return media && (await recordsOf(client, "reel")).find(({ mediaId }) => mediaId === media.id);
  };
  // Nobody looks at previews of a dub; the editor makes them when the kept project is opened there.
  if (!(await find())) await runImport(() => client.operations["media.import"]({ path: video, previews: false }));
  const reel = await find();
  if (reel) return { reelId: reel.id, durationFrames: reel.durationFrames };
  throw refused("dub.no-picture", {
    message: `There is no moving picture in ${video}.`,
    hint: "Name a film with --video and the dialogue with --audio.",
  });
}

/** The version of the language, with the dialogue laid under the reel. */
export async function findOrLayDialogue(
  { operations }: Client,
  { language, audio }: DubAsked,
  reelId: RecordId<"reel">,
): Promise<RecordId<"version">> {
  const { versions } = await operations["versions.list"]({});
  const known = versions.find((version) => version.language === language)?.versionId;
  const versionId = known ?? (await operations["versions.add"]({ language })).versionId;
  const typed = idSchema("version").parse(versionId);
  const { tracks } = await operations["dialogue.list"]({ versionId: typed, reelId });
  const isThere = tracks.some(({ name, stem }) => stem === "dialogue" && name === basename(audio));
  if (!isThere) await operations["dialogue.add"]({ versionId: typed, reelId, path: audio });
  return typed;
}

/** A character by name, or a new one with the face tracks named; nobody in particular, when nothing is said. */
export async function whoseFace(
  client: Client,
  face: string | undefined,
  reelId: RecordId<"reel">,
): Promise<RecordId<"character"> | null> {
  if (face === undefined || face === "largest") return null;
  const { operations } = client;
  const { characters } = await operations["characters.list"]({});
  const known = characters.find(({ name }) => name.toLowerCase() === face.toLowerCase());
  if (known) return known.characterId;
  const ids = face.split(",").map((id) => idSchema("face-track").safeParse(id));
  const { tracks } = await operations["faces.list"]({ reelId });
  const named = ids.flatMap(({ data }) => tracks.filter(({ trackId }) => trackId === data));
  if (named.length === 0 || named.length !== ids.length) throw noSuchFace(face, tracks);
  const { characterId } = await operations["characters.add"]({ name: "Dubbed face" });
  await operations["faces.assign"]({ characterId, trackIds: named.map(({ trackId }) => trackId) });
  return characterId;
}

const noSuchFace = (
  face: string,
  tracks: readonly { readonly trackId: string; readonly inTimecode: string; readonly medianFaceSizePx: number }[],
) =>
  refused("dub.no-such-face", {
    message: `"${face}" is no character and no face track of this film.`,
    hint: `Faces: ${tracks
      .slice(0, 8)
      .map((track) => `${track.trackId} at ${track.inTimecode}, ${Math.round(track.medianFaceSizePx)} px`)
      .join("; ")}. Leave --face out for the largest.`,
    details: { face },
  });

type Place = {
  readonly versionId: RecordId<"version">;
  readonly characterId: RecordId<"character"> | null;
  readonly reel: DubReel;
  readonly range: string | undefined;
};

/** The segment over the asked range, or the whole reel. */
export async function segmentFor(
  client: Client,
  { versionId, characterId, reel, range }: Place,
): Promise<RecordId<"segment">> {
  const { operations } = client;
  const { reelId, durationFrames } = reel;
  const whole = `#0-#${durationFrames}`;
  const { segments } = await operations["segments.list"]({ versionId, reelId });
  const known = segments.find(
    (segment) =>
      segment.characterId === characterId &&
      (range === undefined
        ? segment.startFrame === 0 && segment.durationFrames === durationFrames
        : `${segment.inTimecode}-${segment.outTimecode}` === range),
  );
  if (known) return known.segmentId;
  return (await operations["segments.add"]({ versionId, reelId, characterId, range: range ?? whole })).segmentId;
}
