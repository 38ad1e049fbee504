// Migration 2: a take keeps everything that was measured of it.
import type { Migration } from "./migration.ts";

// Steps of the history hold whole records; those of takes would come back without the new field.
const sql = `
ALTER TABLE take ADD COLUMN score TEXT CHECK (score IS NULL OR json_valid(score));
DELETE FROM edit_step;
`;

export const migration0002: Migration = { number: 2, says: "Scores of takes", sql };
