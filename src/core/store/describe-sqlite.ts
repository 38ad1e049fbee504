// Which SQLite keeps projects here, for `doctor`: loads the library and asks it, touching no file.
import Database from "better-sqlite3";
import { z } from "zod";

export function describeSqlite(): { readonly version: string } {
  const database = new Database(":memory:");
  try {
    return { version: z.string().parse(database.prepare("SELECT sqlite_version()").pluck().get()) };
  } finally {
    database.close();
  }
}
