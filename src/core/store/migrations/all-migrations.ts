// Every migration in order. Listed by hand because a bundle cannot read its own folder; a test compares it with the folder.
import type { Migration } from "./migration.ts";
import { migration0001 } from "./migration-0001-records.ts";
import { migration0002 } from "./migration-0002-take-score.ts";
import { migration0003 } from "./migration-0003-faces.ts";

export const allMigrations: readonly Migration[] = [migration0001, migration0002, migration0003];

export const latestSchemaVersion = allMigrations.length;
