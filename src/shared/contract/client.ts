// The client half: a typed function per operation, over any transport.
import type { z } from "zod";
import { failed, fromFailureData } from "../failure/index.ts";
import { contractEventSchema } from "./events.ts";
import type { ContractEvent } from "./events.ts";
import { jobAnswerSchema } from "./kinds.ts";
import { contract, operationNames } from "./table.ts";
import type { AnswerOf, CallerInputOf, OperationName } from "./table.ts";
import type { Transport } from "./transport.ts";
import { serverMessageSchema } from "./wire.ts";

export type CallOptions = { readonly signal?: AbortSignal };

export type Operations = {
  readonly [Name in OperationName]: (input: CallerInputOf<Name>, options?: CallOptions) => Promise<AnswerOf<Name>>;
};

export type Client = {
  readonly operations: Operations;
  /** Returns the function that unsubscribes. Events announce; nobody may rely on them to get work done. */
  readonly onEvent: (listener: (event: ContractEvent) => void) => () => void;
  readonly onClose: (listener: (reason: string) => void) => void;
  readonly close: () => void;
};

type Pending = {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly output: z.ZodType;
};

/** Calls in flight when the transport closes are rejected with "contract.connection-lost". */
export function createClient(transport: Transport): Client {
  const pending = new Map<number, Pending>();
  const eventListeners = new Set<(event: ContractEvent) => void>();
  const closeListeners = new Set<(reason: string) => void>();
  let nextCallId = 1;
  let closedReason: string | undefined;

  transport.onMessage((raw) => {
    const message = serverMessageSchema.parse(raw);
    if (message.type === "event") {
      const event = contractEventSchema.parse(message.event);
      for (const listener of eventListeners) listener(event);
      return;
    }
    const waiting = pending.get(message.callId);
    if (!waiting) return;
    pending.delete(message.callId);
    if (message.type === "failure") waiting.reject(fromFailureData(message.failure));
    else settle(waiting, message.output);
  });
  transport.onClose((reason) => {
    closedReason = reason;
    for (const waiting of pending.values()) waiting.reject(connectionLost(reason));
    pending.clear();
    for (const listener of closeListeners) listener(reason);
  });

  const call = (name: OperationName, input: unknown, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closedReason !== undefined) {
        reject(connectionLost(closedReason));
        return;
      }
      if (options.signal?.aborted) {
        reject(options.signal.reason);
        return;
      }
      const callId = nextCallId++;
      const abandon = () => {
        if (!pending.delete(callId)) return;
        transport.send({ type: "abandon", callId });
        reject(options.signal?.reason);
      };
      const finish =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          options.signal?.removeEventListener("abort", abandon);
          then(value);
        };
      options.signal?.addEventListener("abort", abandon, { once: true });
      pending.set(callId, { resolve: finish(resolve), reject: finish(reject), output: answerSchemaOf(name) });
      transport.send({ type: "call", callId, name, input });
    });

  // One function per row of the table; the mapped type is what the table itself says.
  const operations = Object.fromEntries(
    operationNames.map((name) => [name, (input: unknown, options?: CallOptions) => call(name, input, options)]),
  ) as unknown as Operations;

  return {
    operations,
    onEvent: (listener) => {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onClose: (listener) => {
      closeListeners.add(listener);
    },
    close: transport.close,
  };
}

function answerSchemaOf(name: OperationName): z.ZodType {
  const definition = contract[name];
  return definition.kind === "job" ? jobAnswerSchema : definition.output;
}

function settle(waiting: Pending, output: unknown): void {
  const parsed = waiting.output.safeParse(output);
  if (parsed.success) waiting.resolve(parsed.data);
  else
    waiting.reject(
      failed("contract.bad-answer", {
        message: `The core answered in another form than its contract says: ${parsed.error.message}`,
        hint: "The interface and the core are of different versions; restart the application.",
      }),
    );
}

const connectionLost = (reason: string) =>
  failed("contract.connection-lost", {
    message: `The connection to the core was lost: ${reason || "no reason given"}.`,
    hint: "Edits that were acknowledged are saved. The interface reconnects by itself.",
  });
