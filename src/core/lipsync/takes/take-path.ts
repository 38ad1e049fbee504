// Where a take's file lies: by its content, so that it is never overwritten and never mistaken for another.
import type { Take } from "../../../shared/project/index.ts";
import { contentPath } from "../../jobs/index.ts";
import { takeExtension } from "./take-header.ts";

/** Below the project's `takes` folder. */
export const takePathOf = (takesFolder: string, { contentSha256 }: Pick<Take, "contentSha256">): string =>
  contentPath(takesFolder, { name: `take${takeExtension}`, sha256: contentSha256 });
