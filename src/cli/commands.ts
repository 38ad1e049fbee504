// What can be said on the command line: every operation as "subject verb", and a few words of the terminal's own.
import { contract, operationNames } from "../shared/contract/index.ts";
import type { OperationName } from "../shared/contract/index.ts";

/** Short words for what is said often. */
export const aliases: Readonly<Record<string, OperationName>> = {
  undo: "history.undo",
  redo: "history.redo",
  doctor: "app.doctor",
  render: "render.range",
};

/** What the terminal adds: it waits, or stays. */
export const ownCommands = {
  "jobs watch": { says: "Work on the project's jobs and show them until none is left to do", options: {} },
  dub: {
    says: "Re-sync the lips of a film to another dialogue: import, find faces, make a take, render",
    options: {
      video: { type: "string", placeholder: "FILE", says: "The film; needed" },
      audio: {
        type: "string",
        placeholder: "FILE",
        says: "The dialogue that it shall speak, from its first frame on; needed",
      },
      out: { type: "string", placeholder: "FILE", says: "The file to write: .mov, .mkv, .mp4 or .mxf; needed" },
      language: { type: "string", placeholder: "TAG", says: "Of the dialogue, such as de or pt-BR" },
      model: { type: "string", placeholder: "MODEL", says: "Id or hash of a stored model; the newest when missing" },
      quality: { type: "string", placeholder: "QUALITY", says: "draft, full or parity; full when missing" },
      steps: { type: "string", placeholder: "NUMBER", says: "Inference steps, 1 to 100; 20 when missing" },
      guidance: { type: "string", placeholder: "NUMBER", says: "How much the sound decides, 1 to 5; 1.5 when missing" },
      seed: { type: "string", placeholder: "NUMBER", says: "The same seed gives the same take" },
      face: {
        type: "string",
        placeholder: "WHO",
        says: "A character's name or ids of face tracks; the largest face when missing",
      },
      range: {
        type: "string",
        placeholder: "TC-TC",
        says: "Only these frames, and only they are written; the film when missing",
      },
      profile: {
        type: "string",
        placeholder: "PROFILE",
        says: "parity: as the published program does it; 25 frames a second only",
      },
      provider: { type: "string", placeholder: "DEVICE", says: "cpu, cuda, webgpu …; the best when missing" },
      overwrite: { type: "boolean", placeholder: "", says: "Replace a file that is there" },
    },
  },
  serve: {
    says: "Serve the editor to browsers of this machine until interrupted",
    options: {
      port: { type: "string", placeholder: "NUMBER", says: "Any free one when missing" },
      open: { type: "boolean", placeholder: "", says: "Open the browser" },
    },
  },
} as const;

export type OwnCommand = keyof typeof ownCommands;

/** Values that a terminal can guess and a page must say. */
export const terminalDefaults: { readonly [Name in OperationName]?: Readonly<Record<string, string>> } = {
  "project.create": { folder: "." },
  "app.browse": { folder: "." },
};

/** Operations that queue jobs and answer at once which ones: the terminal waits for them, as it does for every job. */
export const queuing: readonly OperationName[] = ["export.run", "export.retry"];

export const subjects: readonly string[] = [...new Set(operationNames.map((name) => name.split(".")[0] ?? ""))];

export const isOperation = (name: string): name is OperationName =>
  Object.hasOwn(contract, name) && !notTyped.some((hidden) => hidden === name);

export const isOwnCommand = (name: string): name is OwnCommand => Object.hasOwn(ownCommands, name);

/** What makes no sense where every command opens a project and closes it again. */
const notTyped: readonly OperationName[] = ["project.close"];

export const operationsOf = (subject: string): readonly OperationName[] =>
  operationNames.filter((name) => name.startsWith(`${subject}.`) && !notTyped.includes(name));

/** "media.import" as it is typed. */
export const wordsOf = (name: OperationName): string => name.replace(".", " ");
