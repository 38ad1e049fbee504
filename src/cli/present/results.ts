// Jobs that are asked for their result, and how it reads in a terminal.
import { contract } from "../../shared/contract/index.ts";
import type { JobResultOf, NameOfKind, OperationName } from "../../shared/contract/index.ts";
import { proposedLines, renderedLines, scoredLines } from "./dubbing.ts";
import { columns } from "./layout.ts";

type ResultPresenters = { readonly [Name in NameOfKind<"job">]?: (result: JobResultOf<Name>) => readonly string[] };

const presenters: ResultPresenters = {
  "models.check": ({ outputs, family, provider, softwareDevice, notComputed, placements }) => [
    `${family} on ${provider}${softwareDevice === null ? "" : `, computed by the processor (${softwareDevice})`}`,
    ...columns(
      [
        ["Case", "Output", "Relative error", "Largest difference"],
        ...outputs.map((each) => [each.case, each.output, errorText(each.relativeError), errorText(each.maxAbsolute)]),
      ],
      { alignRight: [2, 3] },
    ),
    ...placementLines(placements),
    ...(notComputed.length === 0 ? [] : [`Not computed by this release: ${notComputed.join(", ")}.`]),
  ],
  "segments.propose": proposedLines,
  "takes.score": scoredLines,
  "render.range": renderedLines,
};

/** What a device could not run is slow there, and is not what was meant to be checked. */
function placementLines(placements: JobResultOf<"models.check">["placements"]): readonly string[] {
  if (placements.length === 0) return [];
  const rows = placements.map(({ network, case: caseName, nodeCount, cpuNodeCount, cpuOperators }) => [
    caseName,
    network,
    `${cpuNodeCount} of ${nodeCount}`,
    cpuOperators.join(", "),
  ]);
  return ["", ...columns([["Case", "Network", "Nodes on the CPU", ""], ...rows], { alignRight: [2] })];
}

const errorText = (value: number): string => value.toExponential(2);

export const asksForResult = (name: OperationName): boolean => Object.hasOwn(presenters, name);

/** A result in the form that the contract gives it. */
export function describeResult(name: OperationName, result: unknown): readonly string[] {
  // The table pairs each name with its own result, which the compiler cannot follow through a union.
  const present = presenters[name as keyof ResultPresenters] as ((result: unknown) => readonly string[]) | undefined;
  return present?.(contract[name].output.parse(result)) ?? [];
}
