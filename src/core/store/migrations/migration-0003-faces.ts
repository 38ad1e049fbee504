// Migration 3: what a face must be like is a setting of the project, and a track says whether a person has changed it.
import type { Migration } from "./migration.ts";

// Steps of the history hold whole records; those of projects and tracks would come back without the new fields.
const sql = `
ALTER TABLE project ADD COLUMN eligibility_limits TEXT CHECK (eligibility_limits IS NULL OR json_valid(eligibility_limits));
ALTER TABLE face_track ADD COLUMN decided_by TEXT NOT NULL DEFAULT 'detector';
DELETE FROM edit_step;
`;

export const migration0003: Migration = { number: 3, says: "Eligibility limits, and who decided a face track", sql };
