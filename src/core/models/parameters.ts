// What a network needs of a checkpoint, read off its own definition, and the strict comparison with what a file holds.
import { assert, refused } from "../../shared/failure/index.ts";
import type { Weight, Weights } from "../onnx/index.ts";

/** Key -> dims of every tensor a network reads. */
export type ParameterList = ReadonlyMap<string, readonly number[]>;

/**
 * Runs a definition over weights that do not exist and notes what it asks for. The graph that comes out can be checked and
 * printed; reading one of its weights is a bug.
 */
export function parametersOf(define: (weights: Weights) => unknown): ParameterList {
  const asked = new Map<string, readonly number[]>();
  const unborn = new Map<string, Weight>();
  define({
    keys: () => asked.keys(),
    find: (key, dims) => {
      assert(dims, `the definition must say the dims of ${key}`);
      const known = unborn.get(key);
      if (known) return known;
      const weight: Weight = { key, dtype: "float32", dims, read: () => cannotRead(key) };
      asked.set(key, dims);
      unborn.set(key, weight);
      return weight;
    },
  });
  return asked;
}

function cannotRead(key: string): never {
  throw new Error(`The weight ${key} is only described, not there.`);
}

/** How many numbers the tensors hold together. */
export const parameterCount = (parameters: Iterable<readonly [string, readonly number[]]>): number => {
  let total = 0;
  for (const [, dims] of parameters) total += dims.reduce((count, size) => count * size, 1);
  return total;
};

export type Mismatch = {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly misshapen: readonly {
    readonly key: string;
    readonly expected: readonly number[];
    readonly found: readonly number[];
  }[];
};

/** Compares a file's tensors with a network's; `ignored` names tensors of the file that no network reads. */
export function compareParameters(
  expected: ParameterList,
  found: ParameterList,
  isIgnored: (key: string) => boolean = () => false,
): Mismatch {
  const missing = [...expected.keys()].filter((key) => !found.has(key));
  const extra = [...found.keys()].filter((key) => !expected.has(key) && !isIgnored(key));
  const misshapen = [...expected].flatMap(([key, dims]) => {
    const there = found.get(key);
    return there && there.join() !== dims.join() ? [{ key, expected: dims, found: there }] : [];
  });
  return { missing, extra, misshapen };
}

/** Strict: any missing, extra or misshapen tensor is refused, and the first few are named. */
export function requireExactParameters(network: string, mismatch: Mismatch): void {
  const { missing, extra, misshapen } = mismatch;
  if (missing.length + extra.length + misshapen.length === 0) return;
  const few = (keys: readonly string[]) => `${keys.slice(0, 3).join(", ")}${keys.length > 3 ? ", …" : ""}`;
  const said = [
    missing.length > 0 ? `${missing.length} missing (${few(missing)})` : "",
    extra.length > 0 ? `${extra.length} that it does not know (${few(extra)})` : "",
    misshapen.length > 0
      ? `${misshapen.length} of another shape (${few(misshapen.map((each) => `${each.key} [${each.found.join(", ")}] instead of [${each.expected.join(", ")}]`))})`
      : "",
  ].filter((part) => part !== "");
  throw refused("models.wrong-tensors", {
    message: `The file does not hold the tensors of ${network}: ${said.join("; ")}.`,
    hint: "It belongs to another network or release; import it as what it is.",
    details: { network, missing, extra, misshapen },
  });
}
