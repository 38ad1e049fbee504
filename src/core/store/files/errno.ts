// What the system said of a file operation that failed.

/** True for an error of the system with one of these codes: "ENOENT". */
export const hasErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));
