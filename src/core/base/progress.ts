// How long work tells how far it is.

/** `done` of `total` in `unit` ("frames", "bytes"); `total` 0 means not yet known. Called at most a few times a second. */
export type Progress = (done: number, total: number, unit: string) => void;
