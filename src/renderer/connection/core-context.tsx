// Hands the connection and its mirror to every component, and the hooks to read them with.
import { createContext, use, useEffect } from "react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { assert } from "../../shared/failure/index.ts";
import type { JobSummary, Operations } from "../../shared/contract/index.ts";
import type { RecordOf, RecordType } from "../../shared/project/index.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import type { History, Mirror, MirrorState, ProjectInfo } from "./mirror.ts";

export type Core = { readonly connection: Connection; readonly mirror: Mirror };

const CoreContext = createContext<Core | undefined>(undefined);

export function CoreProvider({ core, children }: { readonly core: Core; readonly children: ReactNode }) {
  return <CoreContext value={core}>{children}</CoreContext>;
}

function useCore(): Core {
  const core = use(CoreContext);
  assert(core, "components of the editor stand inside CoreProvider");
  return core;
}

const useMirror = <Value,>(select: (state: MirrorState) => Value): Value => useStore(useCore().mirror.store, select);

export const useOperations = (): Operations => useCore().connection.operations;

export const useConnection = (): Connection => useCore().connection;

export const useConnectionState = <Value,>(select: (state: ConnectionState) => Value): Value =>
  useStore(useCore().connection.store, select);

/** Undefined until the core has answered; null when no project is open. */
export const useProject = (): ProjectInfo | null | undefined => useMirror((state) => state.project);

export const useHistory = (): History | undefined => useMirror((state) => state.history);

export const useJobs = (): readonly JobSummary[] => useMirror((state) => state.jobs);

/** How many jobs are so. Redraws when the number changes, not with every step of a job. */
export const useJobCount = (isCounted: (job: JobSummary) => boolean): number =>
  useMirror((state) => state.jobs.filter(isCounted).length);

/** The records of a type in their own order, kept up to date; undefined while they are read for the first time. */
export function useRecords<Type extends RecordType>(type: Type): readonly RecordOf<Type>[] | undefined {
  const { mirror } = useCore();
  useEffect(() => mirror.want(type), [mirror, type]);
  const shelf = useMirror((state) => state.shelves[type]);
  return shelf?.status === "ready" ? shelf.list : undefined;
}
