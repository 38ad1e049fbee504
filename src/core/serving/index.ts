// The door of core/serving: what the web host and the desktop answer a page with, decided from plain values.
export { answerRange } from "./byte-range.ts";
export type { RangeAnswer, RangeRequest } from "./byte-range.ts";
export { pageHeaders } from "./page-headers.ts";
export { errnoOf, findStaticFile } from "./static-files.ts";
export type { FileToSend } from "./static-files.ts";
