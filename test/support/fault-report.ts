// What every fault test reports: rounds, faults fired, invariants broken. A run in which no fault fired is a failed run.
import { expect } from "vitest";

export type FaultReport = {
  /** Counts a round; `fault` names what was fired in it, when it was not too late to hit. */
  readonly round: (fault?: string) => void;
  /** Counts one more fault that was fired in the present round. */
  readonly fault: (name: string) => void;
  /** Notes a broken invariant unless `holds`. */
  readonly check: (holds: boolean, invariant: string) => void;
  /** Prints the report and fails the test on broken invariants and when nothing was fired. */
  readonly finish: () => void;
};

export function faultReport(title: string): FaultReport {
  const fired = new Map<string, number>();
  const broken: string[] = [];
  let roundCount = 0;
  let checkCount = 0;
  const fault = (name: string) => void fired.set(name, (fired.get(name) ?? 0) + 1);
  return {
    round: (name) => {
      roundCount += 1;
      if (name !== undefined) fault(name);
    },
    fault,
    check: (holds, invariant) => {
      checkCount += 1;
      if (!holds) broken.push(invariant);
    },
    finish: () => {
      const firedCount = [...fired.values()].reduce((sum, count) => sum + count, 0);
      const kinds = [...fired].map(([name, count]) => `${name} ${count}`).join(", ");
      const checks = `${broken.length} of ${checkCount} invariants broken`;
      process.stdout.write(`${title}: ${roundCount} rounds, ${firedCount} faults fired (${kinds}), ${checks}\n`);
      expect(broken, "invariants broken").toEqual([]);
      expect(firedCount, "faults fired").toBeGreaterThan(0);
    },
  };
}
