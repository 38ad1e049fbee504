// Lets people name records by what they call them: "de" or "Cinema" for a version, "R1" for a reel, "Anna" for a character.
import { refused } from "../shared/failure/index.ts";
import type { Client } from "../shared/contract/index.ts";
import { typeOfId } from "../shared/project/index.ts";
import type { AnyRecord, RecordType } from "../shared/project/index.ts";

/** Fields of operations that may hold a name, and what a record of that type is called. */
const namedFields: Readonly<
  Record<string, { readonly type: RecordType; readonly namesOf: (record: AnyRecord) => readonly string[] }>
> = {
  versionId: {
    type: "version",
    namesOf: (record) =>
      record.type === "version" ? [record.language, record.name, `${record.language} ${record.name}`] : [],
  },
  reelId: { type: "reel", namesOf: (record) => (record.type === "reel" ? [record.name] : []) },
  characterId: { type: "character", namesOf: (record) => (record.type === "character" ? [record.name] : []) },
  mediaId: {
    type: "media",
    namesOf: (record) => (record.type === "media" ? [record.path, record.path.split("/").at(-1) ?? ""] : []),
  },
};

/** The input with ids in place of names. A name that nothing or more than one record has is refused with what there is. */
export async function nameRecords({ operations }: Client, input: unknown): Promise<unknown> {
  if (typeof input !== "object" || input === null) return input;
  const entries = await Promise.all(
    Object.entries(input).map(async ([field, value]) => {
      const named = namedFields[field];
      if (!named || typeof value !== "string" || typeOfId(value) !== undefined) return [field, value] as const;
      const { records } = await operations["record.list"]({ type: named.type, limit: 2000 });
      const wanted = value.toLowerCase();
      const found = records.filter((record) => named.namesOf(record).some((name) => name.toLowerCase() === wanted));
      const [only] = found;
      if (only && found.length === 1) return [field, only.id] as const;
      throw refused("cli.which-record", {
        message:
          found.length > 1
            ? `There are ${found.length} of the name "${value}".`
            : `There is no ${named.type} "${value}".`,
        hint: `Say one of: ${(found.length > 1 ? found : records).map((record) => `${named.namesOf(record).at(-1)} (${record.id})`).join(", ") || "none yet"}.`,
        details: { field, value },
      });
    }),
  );
  return Object.fromEntries(entries);
}
