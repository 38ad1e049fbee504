// The server half: checks every message at the boundary and hands it to the one handler of its operation.
import { failed, refused, toFailureData } from "../failure/index.ts";
import type { FailureData } from "../failure/index.ts";
import type { ContractEvent } from "./events.ts";
import { contract } from "./table.ts";
import type { AnswerOf, InputOf, OperationName } from "./table.ts";
import type { Transport } from "./transport.ts";
import { clientMessageSchema, maxCallsInFlight } from "./wire.ts";
import type { ServerMessage } from "./wire.ts";

export type CallContext = {
  /** Aborts when the caller abandons the call or the connection closes. Queries may stop; edits finish. */
  readonly signal: AbortSignal;
};

/** One handler for every operation; a missing one does not compile. */
export type Handlers = {
  readonly [Name in OperationName]: (input: InputOf<Name>, context: CallContext) => Promise<AnswerOf<Name>>;
};

export type EventSource = {
  /** Returns the function that unsubscribes. */
  readonly subscribe: (listener: (event: ContractEvent) => void) => () => void;
};

export type ServeOptions = {
  readonly handlers: Handlers;
  readonly events: EventSource;
  /** Told of every failure that is not a refusal, for the log. */
  readonly onFailure: (name: string, error: unknown) => void;
};

/** Serves the contract on `transport` until it closes. A message that is not of the protocol closes it. */
export function serveContract(transport: Transport, options: ServeOptions): void {
  const inFlight = new Map<number, AbortController>();
  const send = (message: ServerMessage) => transport.send(message);
  const unsubscribe = options.events.subscribe((event) => announce(event, send, options.onFailure));

  transport.onClose((reason) => {
    unsubscribe();
    for (const controller of inFlight.values())
      controller.abort(failed("contract.connection-lost", { message: `The caller's connection closed: ${reason}.` }));
    inFlight.clear();
  });

  transport.onMessage((raw) => {
    const parsed = clientMessageSchema.safeParse(raw);
    if (!parsed.success) {
      transport.close();
      return;
    }
    const message = parsed.data;
    if (message.type === "call") void answer(message.callId, message.name, message.input);
    else inFlight.get(message.callId)?.abort(refused("contract.abandoned", { message: "The caller left." }));
  });

  async function answer(callId: number, name: string, input: unknown): Promise<void> {
    const controller = new AbortController();
    try {
      if (inFlight.has(callId)) throw badCall(`call id ${callId} is already in use`);
      if (inFlight.size >= maxCallsInFlight) throw badCall(`more than ${maxCallsInFlight} calls at once`);
      inFlight.set(callId, controller);
      const output = await dispatch(options.handlers, { name, input, signal: controller.signal });
      send({ type: "answer", callId, output });
    } catch (error) {
      const failure = toFailureData(error);
      if (failure.kind === "failed") options.onFailure(name, error);
      tellFailure(send, callId, failure);
    } finally {
      if (inFlight.get(callId) === controller) inFlight.delete(callId);
    }
  }
}

const maxWordsTold = 1000;

/** A failure whose details do not fit a message, or are no JSON, is told without them: no file's content may end the host. */
function tellFailure(send: (message: ServerMessage) => void, callId: number, failure: FailureData): void {
  try {
    send({ type: "failure", callId, failure });
  } catch {
    const message = failure.message.slice(0, maxWordsTold);
    send({ type: "failure", callId, failure: { ...failure, message, details: {} } });
  }
}

/**
 * An event that does not fit a message, or is no JSON, is told in short; one that cannot be is left out and noted in the
 * log, for nobody relies on events, and whoever announced it is not to hear of one listener's trouble.
 */
function announce(
  event: ContractEvent,
  send: (message: ServerMessage) => void,
  onFailure: ServeOptions["onFailure"],
): void {
  try {
    send({ type: "event", event });
  } catch (error) {
    const short = inShort(event);
    if (!short) return onFailure(`the event ${event.type}`, error);
    try {
      send({ type: "event", event: short });
    } catch (second) {
      onFailure(`the event ${event.type}`, second);
    }
  }
}

/** A diff becomes "read again", which every listener must know anyway; a job keeps what a list of jobs shows. */
function inShort(event: ContractEvent): ContractEvent | undefined {
  if (event.type === "records-changed") return { type: "records-reset", revision: event.revision };
  if (event.type !== "job-changed") return undefined;
  const { failure } = event.job;
  const told = failure && { ...failure, message: failure.message.slice(0, maxWordsTold), details: {} };
  return { ...event, job: { ...event.job, result: null, failure: told } };
}

type Call = { readonly name: string; readonly input: unknown; readonly signal: AbortSignal };

// Enough to mend a call by; a hostile input can have a million.
const maxIssuesTold = 8;

/** Checks name and input against the table and runs the handler. Shared by every transport and by the command line. */
export async function dispatch(handlers: Handlers, call: Call): Promise<unknown> {
  if (!isOperationName(call.name)) throw badCall(`there is no operation "${call.name}"`);
  const parsed = contract[call.name].input.safeParse(call.input);
  if (!parsed.success) {
    const issues = parsed.error.issues
      .slice(0, maxIssuesTold)
      .map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`);
    throw refused("contract.bad-input", {
      message: `${call.name} was called with input it does not take: ${issues.join("; ")}.`,
      hint: "Compare the call with the contract's reference page, docs/contract.md.",
      details: { name: call.name, issues },
    });
  }
  // The table pairs each name with its own input schema, which the compiler cannot follow through a union.
  const handler = handlers[call.name] as unknown as (input: unknown, context: CallContext) => Promise<unknown>;
  return await handler(parsed.data, { signal: call.signal });
}

const isOperationName = (name: string): name is OperationName => Object.hasOwn(contract, name);

const badCall = (what: string) =>
  refused("contract.bad-call", { message: `The core refused a call: ${what}.`, details: {} });
