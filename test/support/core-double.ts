// A core that does as its input says, in place of the real one: for tests of what carries the contract, not of what it does.
import { failed, refused } from "../../src/shared/failure/index.ts";
import { operationNames } from "../../src/shared/contract/index.ts";
import type { ContractEvent, Handlers } from "../../src/shared/contract/index.ts";
import { createId, emptyDiff } from "../../src/shared/project/index.ts";
import { randomFrom } from "../../src/core/base/index.ts";
import type { Core, Resource } from "../../src/core/commands/index.ts";

export type CoreDouble = Core & {
  readonly announce: (event: ContractEvent) => void;
  readonly resourceTable: Map<string, Resource>;
  readonly received: { readonly name: string; readonly bytes: number }[];
  /** Counts from nothing again, as a new double would. */
  readonly forget: () => void;
};

const counts = {
  project: 1,
  media: 0,
  reel: 0,
  version: 0,
  "audio-track": 0,
  shot: 0,
  character: 0,
  "face-track": 0,
  segment: 0,
  take: 0,
  adapter: 0,
};
const noneOfIt = { counts, warnings: [], createdAt: "2026-01-01T00:00:00.000Z", originalLanguage: null };

const failedJob = {
  jobId: "a",
  kind: "media.import",
  title: "film.mov",
  state: "failed",
  priority: 0,
  attempts: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  startedAt: null,
  finishedAt: null,
  progress: null,
  labels: {},
} as const;

/** `project.open` with one of these folders fails in that way. */
const failures: Readonly<Record<string, () => Error>> = {
  "/refuse": () => refused("project.not-found", { message: "There is no project.", hint: "Look.", details: { n: 1 } }),
  "/fail": () => failed("disk.failed", { message: "The disk refused.", cause: new Error("EIO") }),
  "/bug": () => new TypeError("undefined is not a function"),
  "/verbose": () =>
    refused("project.foreign-schema", { message: "x".repeat(9 << 20), details: { n: "x".repeat(9 << 20) } }),
  "/no-json": () => refused("project.foreign-schema", { message: "It is odd.", details: { n: 1n } }),
};

export function createCoreDouble(): CoreDouble {
  const listeners = new Set<(event: ContractEvent) => void>();
  const announce = (event: ContractEvent) => {
    for (const listener of listeners) listener(event);
  };
  const state = { revision: 0, abandoned: 0, running: 0, mostRunning: 0 };
  const handlers: Partial<Handlers> = {
    "app.info": async () => ({ version: "0", platform: "test", host: "web" }),
    // Tells what the core has seen: the only window a client has into another process.
    "app.doctor": async () => ({
      findings: Object.entries(state).map(([subject, count]) => ({
        subject,
        state: "good",
        found: String(count),
        advice: "",
      })),
    }),
    // Waits until its caller leaves.
    "app.browse": (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          state.abandoned += 1;
          reject(signal.reason);
        });
      }),
    "media.probe": async () => {
      state.running += 1;
      state.mostRunning = Math.max(state.mostRunning, state.running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      state.running -= 1;
      throw refused("media.not-found", { message: "There is no such file." });
    },
    // Announces its own change before it answers.
    "project.rename": async ({ name }) => {
      state.revision += 1;
      announce({ type: "records-reset", revision: state.revision });
      if (name === "late") await new Promise((resolve) => setTimeout(resolve, 100));
      return { revision: state.revision };
    },
    "project.open": async ({ folder }) => {
      const failure = failures[folder];
      if (failure) throw failure();
      return { name: "n", folder, revision: state.revision, ...noneOfIt };
    },
    "project.create": async ({ folder, name }) => ({
      name: name === "huge" ? "x".repeat(9 << 20) : name,
      folder,
      revision: 0,
      ...noneOfIt,
    }),
    // An answer that breaks the contract.
    "history.state": (async () => ({ revision: "seven" })) as unknown as Handlers["history.state"],
    "history.undo": async () => {
      const project = {
        type: "project" as const,
        id: createId("project", randomFrom(1).bytes),
        name: "x".repeat(200),
        createdAt: "2026-01-01T00:00:00.000Z",
        originalLanguage: null,
        eligibilityLimits: null,
      };
      state.revision += 1;
      const added = Array.from({ length: 40_000 }, () => project);
      announce({ type: "records-changed", revision: state.revision, diff: { ...emptyDiff, added } });
      return { undo: null, redo: null, revision: state.revision };
    },
    // Announces a job whose words fill a message, and a project for which there is no short form.
    "history.redo": async () => {
      const words = "x".repeat(9 << 20);
      const failure = { kind: "failed", code: "job.long", message: words, hint: "Look.", details: { words } } as const;
      announce({ type: "job-changed", job: { ...failedJob, failure, result: words } });
      const project = { name: words, folder: "/a", revision: 0, ...noneOfIt };
      announce({ type: "project-opened", project });
      return { undo: null, redo: null, revision: state.revision };
    },
  };
  const missing = async () => {
    throw new Error("The double has no such handler.");
  };
  const resourceTable = new Map<string, Resource>();
  const received: { name: string; bytes: number }[] = [];
  return {
    handlers: { ...Object.fromEntries(operationNames.map((name) => [name, missing])), ...handlers } as Handlers,
    events: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    resources: { resolve: async (resourceId) => resourceTable.get(resourceId) },
    uploads: {
      receive: async ({ name, chunks, signal }) => {
        const full = () => refused("disk.full", { message: "The disk is full." });
        if (name === "early.mov") throw full();
        let bytes = 0;
        for await (const chunk of chunks) {
          signal.throwIfAborted();
          bytes += chunk.byteLength;
          if (name === "half.mov") throw full();
        }
        if (name === "full.mov") throw full();
        received.push({ name, bytes });
        return { path: `/project/media/${name}` };
      },
    },
    announce,
    resourceTable,
    received,
    forget: () => void Object.assign(state, { revision: 0, abandoned: 0, running: 0, mostRunning: 0 }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
