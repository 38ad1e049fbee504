// The client half: a typed function per operation, over any transport.
import type { z } from "zod";
import { failed, fromFailureData, toFailureData } from "../failure/index.ts";
import { contractEventSchema } from "./events.ts";
import type { ContractEvent } from "./events.ts";
import { jobAnswerSchema } from "./kinds.ts";
import { contract, operationNames } from "./table.ts";
import type { AnswerOf, CallerInputOf, OperationName } from "./table.ts";
import type { Transport } from "./transport.ts";
import { maxCallsInFlight, serverMessageSchema } from "./wire.ts";
import type { ServerMessage } from "./wire.ts";

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

/** Calls in flight when the transport closes are rejected with "contract.connection-lost". */
export function createClient(transport: Transport): Client {
  const calls = createCalls(transport);
  const eventListeners = new Set<(event: ContractEvent) => void>();
  const closeListeners = new Set<(reason: string) => void>();

  transport.onMessage((raw) => {
    const message = serverMessageSchema.safeParse(raw);
    if (!message.success) transport.close();
    else if (message.data.type !== "event") calls.finish(message.data);
    else {
      // An event of a newer core is passed over: events only announce.
      const event = contractEventSchema.safeParse(message.data.event);
      if (event.success) for (const listener of eventListeners) listener(event.data);
    }
  });
  transport.onClose((reason) => {
    calls.lose(reason);
    for (const listener of closeListeners) listener(reason);
  });

  // One function per row of the table; the mapped type is what the table itself says.
  const operations = Object.fromEntries(
    operationNames.map((name) => [name, (input: unknown, options?: CallOptions) => calls.start(name, input, options)]),
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

type Call = {
  readonly callId: number;
  readonly name: OperationName;
  readonly input: unknown;
  /** Resolves or rejects the caller's promise; later outcomes are ignored by the promise itself. */
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
};

type Calls = {
  readonly start: (name: OperationName, input: unknown, options?: CallOptions) => Promise<unknown>;
  readonly finish: (message: Exclude<ServerMessage, { type: "event" }>) => void;
  readonly lose: (reason: string) => void;
};

/** The calls of one connection. Those beyond what the server takes at once wait here for their turn. */
function createCalls(transport: Transport): Calls {
  // A call stays in flight until the server has finished with it, also when its caller has left.
  const inFlight = new Map<number, Call>();
  const waiting = new Map<number, Call>();
  let nextCallId = 1;
  let closedReason: string | undefined;

  const send = (call: Call) => {
    const { callId, name, input } = call;
    try {
      transport.send({ type: "call", callId, name, input });
      inFlight.set(callId, call);
    } catch (error) {
      call.reject(fromFailureData(toFailureData(error)));
    }
  };
  const sendWaiting = () => {
    for (const call of waiting.values()) {
      if (inFlight.size >= maxCallsInFlight) return;
      waiting.delete(call.callId);
      send(call);
    }
  };
  const abandon = (call: Call, reason: unknown) => {
    if (!waiting.delete(call.callId) && inFlight.has(call.callId))
      transport.send({ type: "abandon", callId: call.callId });
    call.reject(reason);
  };

  return {
    start: (name, input, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (closedReason !== undefined) throw connectionLost(closedReason);
        signal?.throwIfAborted();
        const stopListening = () => signal?.removeEventListener("abort", onAbort);
        const call: Call = {
          callId: nextCallId++,
          name,
          input,
          resolve: (output) => (stopListening(), resolve(output)),
          reject: (error) => (stopListening(), reject(error)),
        };
        const onAbort = () => abandon(call, signal?.reason);
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.set(call.callId, call);
        sendWaiting();
      }),
    finish: (message) => {
      const call = inFlight.get(message.callId);
      if (!call) return;
      inFlight.delete(call.callId);
      if (message.type === "failure") call.reject(fromFailureData(message.failure));
      else settle(call, message.output);
      sendWaiting();
    },
    lose: (reason) => {
      closedReason = reason;
      for (const call of [...inFlight.values(), ...waiting.values()]) call.reject(connectionLost(reason));
      inFlight.clear();
      waiting.clear();
    },
  };
}

function answerSchemaOf(name: OperationName): z.ZodType {
  const definition = contract[name];
  return definition.kind === "job" ? jobAnswerSchema : definition.output;
}

function settle(call: Call, output: unknown): void {
  const parsed = answerSchemaOf(call.name).safeParse(output);
  if (parsed.success) call.resolve(parsed.data);
  else
    call.reject(
      failed("contract.bad-answer", {
        message: `The core answered ${call.name} in another form than its contract says: ${parsed.error.message}`,
        hint: "The interface and the core are of different versions; restart the application.",
      }),
    );
}

const connectionLost = (reason: string) =>
  failed("contract.connection-lost", {
    message: `The connection to the core was lost: ${reason || "no reason given"}.`,
    hint: "Edits that were acknowledged are saved. The interface reconnects by itself.",
  });
