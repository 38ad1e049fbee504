// The error a person may see. It crosses transports as data and is rebuilt as the same class on the other side.

/**
 * `refused`: the user can act on it (a wrong file, a missing model); the CLI exits with 1.
 * `failed`: the world failed (disk, process, device); the CLI exits with 3.
 */
export type FailureKind = "refused" | "failed";

/** A failure as it crosses a transport. `details` is JSON: what was expected, what was found, where. */
export type FailureData = {
  readonly kind: FailureKind;
  /** Stable, dotted, kebab-case: "media.not-found". Interfaces translate by it. */
  readonly code: string;
  /** What was expected and what was found, in one English sentence. */
  readonly message: string;
  /** What to do about it, in one English sentence; empty when there is nothing to do. */
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;
};

export class DubError extends Error {
  readonly kind: FailureKind;
  readonly code: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(data: FailureData, options?: { readonly cause?: unknown }) {
    super(data.message, options);
    this.name = "DubError";
    this.kind = data.kind;
    this.code = data.code;
    this.hint = data.hint;
    this.details = data.details;
  }
}

type FailureText = {
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

function make(kind: FailureKind, code: string, text: FailureText): DubError {
  const data = { kind, code, message: text.message, hint: text.hint ?? "", details: text.details ?? {} };
  return new DubError(data, text.cause === undefined ? undefined : { cause: text.cause });
}

/** A refusal the user can act on. `throw refused("media.not-found", { message, hint, details })`. */
export const refused = (code: string, text: FailureText): DubError => make("refused", code, text);

/** A failure of the world, usually with its `cause`. */
export const failed = (code: string, text: FailureText): DubError => make("failed", code, text);

/** Any thrown value as data. What is no DubError is a bug and keeps only its message, never its stack. */
export function toFailureData(thrown: unknown): FailureData {
  if (thrown instanceof DubError) {
    const { kind, code, message, hint, details } = thrown;
    return { kind, code, message, hint, details };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: "failed", code: "internal", message, hint: "Please report this with the log.", details: {} };
}

export const fromFailureData = (data: FailureData): DubError => new DubError(data);
