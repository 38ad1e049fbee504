// Failures that a person must hear of, until they dismiss them.
import { create } from "zustand";
import { toFailureData } from "../../shared/failure/index.ts";
import type { FailureData } from "../../shared/failure/index.ts";

export type Notice = { readonly noticeId: number; readonly failure: FailureData };

const maxNotices = 4;
let nextNoticeId = 1;

export const useNotices = create<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

/** Shows a failure. The same one twice in a row is shown once. */
export function notify(thrown: unknown): void {
  const failure = toFailureData(thrown);
  useNotices.setState(({ notices }) => {
    const others = notices.filter((each) => each.failure.message !== failure.message);
    return { notices: [...others, { noticeId: nextNoticeId++, failure }].slice(-maxNotices) };
  });
}

export const dismissNotice = (noticeId: number): void =>
  useNotices.setState(({ notices }) => ({ notices: notices.filter((each) => each.noticeId !== noticeId) }));

/** Starts an act whose failure is shown to the person who asked for it. */
export function act(doing: Promise<unknown>): void {
  doing.catch(notify);
}
