// Failures that a person must hear of, until they dismiss them.
import { create } from "zustand";
import { toFailureData } from "../../shared/failure/index.ts";
import type { FailureData } from "../../shared/failure/index.ts";

export type Notice = {
  readonly noticeId: number;
  readonly failure: FailureData;
  /** What it happened to, as a file's name, where the person's last act does not say it. */
  readonly subject?: string;
};

const maxNotices = 4;
let nextNoticeId = 1;

export const useNotices = create<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

/** Shows a failure. The same one twice is shown once. */
export function notify(thrown: unknown): void {
  show({ failure: toFailureData(thrown) });
}

export function notifyOf(subject: string, failure: FailureData): void {
  show({ failure, subject });
}

/**
 * Shows the failure of a question that nobody asked by hand. Not told is what passes by itself: while the connection
 * is lost a banner says so, and a core that was started anew has no project open until the page has opened it again.
 */
export function notifyOfRead(thrown: unknown): void {
  if (!isPassing(thrown)) notify(thrown);
}

export const isPassing = (thrown: unknown): boolean => passingCodes.has(toFailureData(thrown).code);

const passingCodes: ReadonlySet<string> = new Set(["contract.connection-lost", "project.none-open"]);

function show(told: Omit<Notice, "noticeId">): void {
  useNotices.setState(({ notices }) => {
    const others = notices.filter((each) => !isSame(each, told));
    return { notices: [...others, { ...told, noticeId: nextNoticeId++ }].slice(-maxNotices) };
  });
}

/** A lost connection is one thing, in whatever words each question hears of it. */
const isSame = (left: Omit<Notice, "noticeId">, right: Omit<Notice, "noticeId">): boolean =>
  left.subject === right.subject &&
  left.failure.code === right.failure.code &&
  (left.failure.code === "contract.connection-lost" || left.failure.message === right.failure.message);

export const dismissNotice = (noticeId: number): void =>
  useNotices.setState(({ notices }) => ({ notices: notices.filter((each) => each.noticeId !== noticeId) }));

/** Starts an act whose failure is shown to the person who asked for it. */
export function act(doing: Promise<unknown>): void {
  doing.catch(notify);
}
