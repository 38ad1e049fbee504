// Makes salvaged records a project again: those that point at what was lost go, or let go of it.
import { anyRecordSchema, projectRecordId, references } from "../../../shared/project/index.ts";
import type { AnyRecord, Project } from "../../../shared/project/index.ts";

/** Records in their order, without doubles, of which none points at nothing. */
export function mendReferences(found: readonly AnyRecord[], project: Project): readonly AnyRecord[] {
  const records = new Map<string, AnyRecord>();
  const takeNumbers = new Set<string>();
  for (const record of found) {
    const number = record.type === "take" ? `${record.segmentId} ${record.takeNumber}` : record.id;
    if (records.has(record.id) || takeNumbers.has(number)) continue;
    takeNumbers.add(number);
    records.set(record.id, record);
  }
  if (!records.has(projectRecordId)) records.set(projectRecordId, project);
  // What goes may take others along, so this is repeated until nothing more has to go.
  for (;;) {
    const sizeBefore = records.size;
    for (const record of records.values()) {
      const mended = mend(record, records);
      if (mended) records.set(record.id, mended);
      else records.delete(record.id);
    }
    if (records.size === sizeBefore) return [...records.values()];
  }
}

function mend(record: AnyRecord, records: ReadonlyMap<string, AnyRecord>): AnyRecord | undefined {
  let mended = record;
  for (const { from, field, isOptional } of references) {
    if (from !== record.type) continue;
    const target: unknown = Reflect.get(mended, field);
    if (typeof target !== "string" || records.has(target)) continue;
    if (!isOptional) return undefined;
    mended = anyRecordSchema.parse({ ...mended, [field]: null });
  }
  return mended;
}
