// How a worker learns where its project lies: through its environment, since orders carry paths relative to it.
import { z } from "zod";

export type WorkerPlaces = {
  /** Relative paths of orders start here. */
  readonly projectFolder: string;
  readonly cacheFolder: string;
  /** The geometry of face tracks. */
  readonly tracksFolder: string;
};

const variablesSchema = z.object({
  DUBWRIGHT_PROJECT_FOLDER: z.string(),
  DUBWRIGHT_CACHE_FOLDER: z.string(),
  DUBWRIGHT_TRACKS_FOLDER: z.string(),
});

export const variablesOf = (places: WorkerPlaces): z.infer<typeof variablesSchema> => ({
  DUBWRIGHT_PROJECT_FOLDER: places.projectFolder,
  DUBWRIGHT_CACHE_FOLDER: places.cacheFolder,
  DUBWRIGHT_TRACKS_FOLDER: places.tracksFolder,
});

export function placesIn(environment: Readonly<Record<string, string | undefined>>): WorkerPlaces {
  const variables = variablesSchema.parse(environment);
  return {
    projectFolder: variables.DUBWRIGHT_PROJECT_FOLDER,
    cacheFolder: variables.DUBWRIGHT_CACHE_FOLDER,
    tracksFolder: variables.DUBWRIGHT_TRACKS_FOLDER,
  };
}
