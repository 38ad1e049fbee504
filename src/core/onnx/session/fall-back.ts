// A session that outlives its device: when memory runs out or the device is lost in the middle of the work, it goes on elsewhere.
import { DubError } from "../../../shared/failure/index.ts";
import { needsNewProcess, runtimeText } from "./failures.ts";
import type { ProviderReport } from "./providers.ts";
import type { Session } from "./session.ts";

/** Opens the session anew on a provider that none of these reports is about; throws when there is none. */
export type OpenNext = (passedOver: readonly ProviderReport[]) => Promise<Session>;

/**
 * Runs as `first` does until its device fails, then closes it, opens the next one and runs the same again: networks keep
 * nothing from one run to the next. The CPU is the last: what fails there is thrown.
 */
export function withFallBack(first: Session, openNext: OpenNext): Session {
  let current = first;
  const run: Session["run"] = async (feeds, outputs) => {
    try {
      return await current.run(feeds, outputs);
    } catch (error) {
      if (!(error instanceof DubError) || !needsNewProcess(error.code) || current.provider === "cpu") throw error;
      const { provider, passedOver } = current;
      const reason = `${error.message} ${runtimeText(error)}`.trim();
      await closeFailed(current);
      current = await openNext([...passedOver, { provider, available: false, reason }]);
      return await run(feeds, outputs);
    }
  };
  return {
    get provider() {
      return current.provider;
    },
    get passedOver() {
      return current.passedOver;
    },
    get contract() {
      return current.contract;
    },
    run,
    takePlacement: () => current.takePlacement(),
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  };
}

/** A lost device may refuse to be let go; the failure that matters is known already. */
async function closeFailed(session: Session): Promise<void> {
  try {
    await session[Symbol.asyncDispose]();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
