// What was typed makes no sense; exit code 2. Not a failure of the product, so it is no DubError.

export class UsageError extends Error {
  /** What to type instead; empty when there is nothing better than the help. */
  readonly hint: string;

  constructor(message: string, hint = "") {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

/** "Did you mean …?" for a word that is none of `known`; empty when none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .toSorted((left, right) => left.distance - right.distance);
  const nearest = ranked[0];
  const isNear = nearest !== undefined && nearest.distance <= Math.ceil(word.length / 3);
  return isNear ? `Did you mean "${nearest.candidate}"?` : "";
}

/** Levenshtein's: insertions, removals and replacements of one character. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_each, column) => column);
  for (let leftIndex = 0; leftIndex < left.length; leftIndex++) {
    const above = row;
    row = [leftIndex + 1];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[leftIndex] === right[column - 1];
      const replaced = (above[column - 1] ?? 0) + (isSame ? 0 : 1);
      row.push(Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
    }
  }
  return row[right.length] ?? 0;
}
