// Bugs: states the author ruled out. They are never caught to be handled, only to be reported.

/** Throws when `condition` is false. For the author's own mistakes; a user's mistake is `refused`. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}

/** Closes a union: the compiler refuses the call while a case is missing. */
export function unreachable(value: never, message: string): never {
  throw new Error(`Unreachable: ${message}: ${JSON.stringify(value)}`);
}
