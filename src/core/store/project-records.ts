// The records of an open project: reading, editing, undo and redo, over the one connection that writes.
import type { Clock, Logger } from "../base/index.ts";
import { isEmptyDiff, reverseDiff, takeBack } from "../../shared/project/index.ts";
import type { Diff, JobStore, ProjectView, RecordType } from "../../shared/project/index.ts";
import type { EditStep } from "./edits/edit-log.ts";
import { checkDiff, writeDiff } from "./edits/write-diff.ts";
import { keptJobs } from "./jobs/kept-jobs.ts";
import { createAnnouncer } from "./project-change.ts";
import type { ChangeListener, ProjectChange } from "./project-change.ts";
import { countsOf } from "./records/record-rows.ts";
import type { PageRequest, RecordPage } from "./records/record-rows.ts";
import { keepSession } from "./session.ts";
import type { Session, SessionKeeper } from "./session.ts";

/** What an edit function may return: its diff, or its diff among other things its caller wants to know. */
export type EditOutcome = Diff | { readonly diff: Diff };

export type EditResult<Outcome extends EditOutcome = Diff> = {
  /** The one the edit made; the one before when nothing changed. */
  readonly revision: number;
  readonly diff: Diff;
  /** What the edit function returned. */
  readonly outcome: Outcome;
};

export type HistoryResult = { readonly name: string; readonly revision: number; readonly diff: Diff };

export type HistoryStep = { readonly name: string; readonly editedAt: string };

export type History = {
  readonly revision: number;
  /** The edit that undo would take back. */
  readonly undo: HistoryStep | undefined;
  /** The edit that redo would make again. */
  readonly redo: HistoryStep | undefined;
};

export type ProjectRecords = {
  readonly view: ProjectView;
  readonly revision: number;
  /**
   * One transaction: runs the pure function, checks its diff against what is stored, writes it and the step that undo
   * takes back. What is returned survives a power cut. Refusals of the function and of the check keep nothing.
   */
  readonly edit: <Outcome extends EditOutcome>(
    name: string,
    decide: (view: ProjectView) => Outcome,
  ) => EditResult<Outcome>;
  /** As `edit`, for results of machines: they aren't steps of the history. */
  readonly apply: <Outcome extends EditOutcome>(
    name: string,
    decide: (view: ProjectView) => Outcome,
  ) => EditResult<Outcome>;
  /** Undefined when there is nothing to take back. */
  readonly undo: () => HistoryResult | undefined;
  /** Undefined when there is nothing to make again. */
  readonly redo: () => HistoryResult | undefined;
  readonly history: () => History;
  readonly page: <Type extends RecordType>(type: Type, request: PageRequest<Type>) => RecordPage<Type>;
  readonly counts: () => Readonly<Record<RecordType, number>>;
  readonly jobs: JobStore;
  /** Told after each commit, in order. Answers the function that unsubscribes. */
  readonly onChange: (listener: ChangeListener) => () => void;
};

type Options = { readonly path: string; readonly clock: Clock; readonly logger: Logger };

type Commit = { readonly cause: "edit" | "machine" | "undo" | "redo"; readonly name: string; readonly diff: Diff };

type Opened = { readonly records: ProjectRecords; readonly keeper: SessionKeeper };

export function openProjectRecords({ path, clock, logger }: Options): Opened {
  const announcer = createAnnouncer(logger);
  const keeper = keepSession({
    path,
    logger,
    onReopened: (revision) => announcer.announce({ cause: "reopened", revision }),
  });
  const view: ProjectView = {
    get: (type, id) => keeper.use(({ rows }) => rows.get(type, id)),
    list: (type, filter) => keeper.use(({ rows }) => rows.list(type, filter)),
  };

  /** Writes, counts and announces; runs in a transaction. */
  function commit(session: Session, { cause, name, diff }: Commit): number {
    writeDiff(session.rows, diff);
    const revision = session.raiseRevision();
    const change: ProjectChange = { cause, name, revision, diff };
    session.transactions.afterCommit(() => announcer.announce(change));
    return revision;
  }

  const change =
    (cause: "edit" | "machine"): ProjectRecords["edit"] =>
    (name, decide) =>
      keeper.use((session) =>
        session.transactions.transact(() => {
          const outcome = decide(view);
          const given = diffOf(outcome);
          if (isEmptyDiff(given)) return { revision: session.revision(), diff: given, outcome };
          const diff = checkDiff(name, given);
          if (cause === "edit") session.log.append({ name, editedAt: isoTime(clock), diff });
          return { revision: commit(session, { cause, name, diff }), diff, outcome };
        }),
      );

  /** Both ways: what is taken back is computed on the present state, and the log keeps what was really done. */
  function undo(session: Session): HistoryResult | undefined {
    const step = session.log.lastDone();
    if (!step) return undefined;
    const diff = takeBack(view, session.log.diffOf(step.step));
    session.log.move(step.step, "undone", reverseDiff(diff));
    return { name: step.name, revision: commit(session, { cause: "undo", name: step.name, diff }), diff };
  }

  function redo(session: Session): HistoryResult | undefined {
    const step = session.log.firstUndone();
    if (!step) return undefined;
    const diff = takeBack(view, reverseDiff(session.log.diffOf(step.step)));
    session.log.move(step.step, "done", diff);
    return { name: step.name, revision: commit(session, { cause: "redo", name: step.name, diff }), diff };
  }

  const inTransaction = <Result>(work: (session: Session) => Result) =>
    keeper.use((session) => session.transactions.transact(() => work(session)));

  const records: ProjectRecords = {
    view,
    get revision() {
      return keeper.use((session) => session.revision());
    },
    edit: change("edit"),
    apply: change("machine"),
    undo: () => inTransaction(undo),
    redo: () => inTransaction(redo),
    history: () =>
      keeper.use(({ revision, log }) => ({
        revision: revision(),
        undo: historyStep(log.lastDone()),
        redo: historyStep(log.firstUndone()),
      })),
    page: (type, request) => keeper.use(({ rows }) => rows.page(type, request)),
    counts: () => keeper.use(({ rows }) => countsOf(rows)),
    jobs: keptJobs(keeper),
    onChange: announcer.onChange,
  };
  return { records, keeper };
}

const diffOf = (outcome: EditOutcome): Diff => ("diff" in outcome ? outcome.diff : outcome);

const isoTime = (clock: Clock): string => new Date(clock.nowMs()).toISOString();

const historyStep = (step: EditStep | undefined): HistoryStep | undefined =>
  step && { name: step.name, editedAt: step.editedAt };
