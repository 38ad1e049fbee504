// Migration 1: the records of a project, its revision, the log that undo reads, and the jobs.
import type { Migration } from "./migration.ts";

// Fields that hold nested facts are JSON text. Foreign keys wait for the commit, so that a diff needs no order.
// Tables keep their rowid: a salvage walks damaged tables by it.
const recordTables = `
CREATE TABLE project (
  id TEXT PRIMARY KEY NOT NULL CHECK (id = 'project:this'),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at TEXT NOT NULL,
  original_language TEXT
) STRICT;

CREATE TABLE media (
  id TEXT PRIMARY KEY NOT NULL,
  path TEXT NOT NULL CHECK (length(path) > 0),
  identity TEXT NOT NULL CHECK (json_valid(identity)),
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  imported_at TEXT NOT NULL
) STRICT;

CREATE TABLE reel (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  "order" INTEGER NOT NULL CHECK ("order" >= 0),
  media_id TEXT NOT NULL REFERENCES media (id) DEFERRABLE INITIALLY DEFERRED,
  frame_rate TEXT NOT NULL CHECK (json_valid(frame_rate)),
  duration_frames INTEGER NOT NULL CHECK (duration_frames > 0),
  start_timecode_frames INTEGER NOT NULL CHECK (start_timecode_frames >= 0),
  is_drop_frame INTEGER NOT NULL CHECK (is_drop_frame IN (0, 1))
) STRICT;
CREATE INDEX reel_by_order ON reel ("order", id);
CREATE INDEX reel_by_media ON reel (media_id);

CREATE TABLE version (
  id TEXT PRIMARY KEY NOT NULL,
  language TEXT NOT NULL CHECK (length(language) > 0),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  "order" INTEGER NOT NULL CHECK ("order" >= 0)
) STRICT;
CREATE INDEX version_by_order ON version ("order", id);

CREATE TABLE character (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  "order" INTEGER NOT NULL CHECK ("order" >= 0),
  hue_degrees INTEGER NOT NULL CHECK (hue_degrees BETWEEN 0 AND 359),
  consent TEXT CHECK (consent IS NULL OR json_valid(consent))
) STRICT;
CREATE INDEX character_by_order ON character ("order", id);

CREATE TABLE audio_track (
  id TEXT PRIMARY KEY NOT NULL,
  version_id TEXT NOT NULL REFERENCES version (id) DEFERRABLE INITIALLY DEFERRED,
  reel_id TEXT NOT NULL REFERENCES reel (id) DEFERRABLE INITIALLY DEFERRED,
  media_id TEXT NOT NULL REFERENCES media (id) DEFERRABLE INITIALLY DEFERRED,
  stream_index INTEGER NOT NULL CHECK (stream_index >= 0),
  stem TEXT NOT NULL,
  character_id TEXT REFERENCES character (id) DEFERRABLE INITIALLY DEFERRED,
  offset_samples INTEGER NOT NULL,
  gain_db REAL NOT NULL CHECK (gain_db BETWEEN -96 AND 24)
) STRICT;
CREATE INDEX audio_track_by_version ON audio_track (version_id, id);
CREATE INDEX audio_track_by_reel ON audio_track (reel_id, id);
CREATE INDEX audio_track_by_media ON audio_track (media_id, id);
CREATE INDEX audio_track_by_character ON audio_track (character_id, id);

CREATE TABLE shot (
  id TEXT PRIMARY KEY NOT NULL,
  reel_id TEXT NOT NULL REFERENCES reel (id) DEFERRABLE INITIALLY DEFERRED,
  start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
  duration_frames INTEGER NOT NULL CHECK (duration_frames > 0),
  opens_with TEXT NOT NULL,
  decided_by TEXT NOT NULL
) STRICT;
CREATE INDEX shot_by_place ON shot (start_frame, id);
CREATE INDEX shot_by_reel ON shot (reel_id, start_frame, id);

CREATE TABLE face_track (
  id TEXT PRIMARY KEY NOT NULL,
  reel_id TEXT NOT NULL REFERENCES reel (id) DEFERRABLE INITIALLY DEFERRED,
  start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
  duration_frames INTEGER NOT NULL CHECK (duration_frames > 0),
  character_id TEXT REFERENCES character (id) DEFERRABLE INITIALLY DEFERRED,
  geometry_sha256 TEXT NOT NULL CHECK (length(geometry_sha256) = 64),
  eligible_frames INTEGER NOT NULL CHECK (eligible_frames >= 0),
  median_face_size_px REAL NOT NULL CHECK (median_face_size_px >= 0)
) STRICT;
CREATE INDEX face_track_by_place ON face_track (start_frame, id);
CREATE INDEX face_track_by_reel ON face_track (reel_id, start_frame, id);
CREATE INDEX face_track_by_character ON face_track (character_id, start_frame, id);

CREATE TABLE segment (
  id TEXT PRIMARY KEY NOT NULL,
  reel_id TEXT NOT NULL REFERENCES reel (id) DEFERRABLE INITIALLY DEFERRED,
  version_id TEXT NOT NULL REFERENCES version (id) DEFERRABLE INITIALLY DEFERRED,
  character_id TEXT REFERENCES character (id) DEFERRABLE INITIALLY DEFERRED,
  start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
  duration_frames INTEGER NOT NULL CHECK (duration_frames > 0),
  state TEXT NOT NULL,
  selected_take_id TEXT REFERENCES take (id) DEFERRABLE INITIALLY DEFERRED,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX segment_by_place ON segment (start_frame, id);
CREATE INDEX segment_by_reel ON segment (reel_id, start_frame, id);
CREATE INDEX segment_by_version ON segment (version_id, start_frame, id);
CREATE INDEX segment_by_character ON segment (character_id, start_frame, id);
CREATE INDEX segment_by_selected_take ON segment (selected_take_id) WHERE selected_take_id IS NOT NULL;

CREATE TABLE take (
  id TEXT PRIMARY KEY NOT NULL,
  segment_id TEXT NOT NULL REFERENCES segment (id) DEFERRABLE INITIALLY DEFERRED,
  take_number INTEGER NOT NULL CHECK (take_number > 0),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  content_sha256 TEXT NOT NULL CHECK (length(content_sha256) = 64),
  start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
  duration_frames INTEGER NOT NULL CHECK (duration_frames > 0),
  sync_confidence REAL,
  av_offset_frames INTEGER,
  created_at TEXT NOT NULL,
  stars INTEGER NOT NULL CHECK (stars BETWEEN 0 AND 5),
  is_rejected INTEGER NOT NULL CHECK (is_rejected IN (0, 1)),
  note TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX take_by_number ON take (segment_id, take_number);
CREATE INDEX take_by_place ON take (start_frame, take_number, id);

CREATE TABLE adapter (
  id TEXT PRIMARY KEY NOT NULL,
  character_id TEXT NOT NULL REFERENCES character (id) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  recipe TEXT NOT NULL,
  base_model_hash TEXT NOT NULL CHECK (length(base_model_hash) = 64),
  content_sha256 TEXT NOT NULL CHECK (length(content_sha256) = 64),
  validation_loss REAL,
  trained_fraction REAL NOT NULL CHECK (trained_fraction BETWEEN 0 AND 1),
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX adapter_by_character ON adapter (character_id, id);
`;

// The revision counts every diff ever applied. Steps that are undone lie after the present and are what redo makes again.
const history = `
CREATE TABLE project_state (
  only INTEGER PRIMARY KEY NOT NULL CHECK (only = 1),
  revision INTEGER NOT NULL CHECK (revision >= 0)
) STRICT;
INSERT INTO project_state (only, revision) VALUES (1, 0);

CREATE TABLE edit_step (
  step INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  edited_at TEXT NOT NULL,
  diff TEXT NOT NULL CHECK (json_valid(diff)),
  is_undone INTEGER NOT NULL CHECK (is_undone IN (0, 1)),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)
) STRICT;
CREATE INDEX edit_step_by_side ON edit_step (is_undone, step, size_bytes);
`;

// A dependency that was done and then forgotten stays met. Labels and dependencies are rows, so that they are found fast.
const jobs = `
CREATE TABLE job (
  job_id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  resource_class TEXT NOT NULL,
  priority REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')),
  reason TEXT NOT NULL,
  input TEXT NOT NULL CHECK (json_valid(input)),
  result TEXT CHECK (result IS NULL OR json_valid(result)),
  error TEXT CHECK (error IS NULL OR json_valid(error)),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
  not_before_ms INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until_ms INTEGER,
  fence_token INTEGER NOT NULL,
  progress TEXT NOT NULL CHECK (json_valid(progress)),
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  finished_ms INTEGER
) STRICT;
CREATE INDEX job_by_creation ON job (created_ms, job_id);
CREATE INDEX job_by_turn ON job (state, resource_class, priority DESC, created_ms, job_id);

CREATE TABLE job_label (
  job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (job_id, name)
) STRICT;
CREATE INDEX job_label_by_value ON job_label (name, value, job_id);

CREATE TABLE job_dependency (
  job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  depends_on TEXT NOT NULL,
  is_met INTEGER NOT NULL CHECK (is_met IN (0, 1)),
  PRIMARY KEY (job_id, position)
) STRICT;
CREATE INDEX job_dependency_by_target ON job_dependency (depends_on, job_id);

CREATE TABLE job_piece (
  job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  files TEXT NOT NULL CHECK (json_valid(files)),
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  fence_token INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL,
  PRIMARY KEY (job_id, key)
) STRICT;

CREATE TABLE job_log (
  line INTEGER PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX job_log_by_job ON job_log (job_id, line);
`;

export const migration0001: Migration = {
  number: 1,
  says: "Records, revision, undo log and jobs",
  sql: recordTables + history + jobs,
};
