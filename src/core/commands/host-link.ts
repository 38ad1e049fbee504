// The shell's end of the core host's IPC channel: a transport per window, and the files behind resource ids.
import { failed, fromFailureData } from "../../shared/failure/index.ts";
import { socketTransport } from "../../shared/contract/index.ts";
import type { Transport } from "../../shared/contract/index.ts";
import type { Resource } from "./core.ts";
import { fromHostSchema } from "./host-protocol.ts";
import type { FromHost, IpcEnd, Line, ToHost } from "./host-protocol.ts";
import { createLine } from "./host-server.ts";

export type HostLink = {
  /** Resolves when the core host serves; rejects with "host.ended" when it dies before that. */
  readonly whenReady: () => Promise<void>;
  /** A new connection of the contract. */
  readonly connect: () => Transport;
  /** Undefined for an id that the core has not given out. */
  readonly resolve: (resourceId: string) => Promise<Resource | undefined>;
};

type Waiter<Value> = { readonly resolve: (value: Value) => void; readonly reject: (error: unknown) => void };

/** Speaks to a core host over its channel. When that ends, every connection closes and every request is rejected. */
export function linkToHost(end: IpcEnd): HostLink {
  const lines = new Map<number, Line>();
  const requests = new Map<number, Waiter<Resource | undefined>>();
  const readyWaiters: Waiter<void>[] = [];
  let isReady = false;
  let endedReason: string | undefined;
  let nextId = 1;
  const send = (message: ToHost) => end.send(message);

  const takeRequest = (requestId: number) => {
    const request = requests.get(requestId);
    requests.delete(requestId);
    return request;
  };
  const finish = (connectionId: number, reason: string) => {
    const line = lines.get(connectionId);
    lines.delete(connectionId);
    line?.ended(reason);
  };
  const take: { [Type in FromHost["type"]]: (message: Extract<FromHost, { type: Type }>) => unknown } = {
    ready: () => {
      isReady = true;
      for (const waiter of readyWaiters.splice(0)) waiter.resolve();
    },
    text: (message) => lines.get(message.connectionId)?.received(message.text),
    disconnected: (message) => finish(message.connectionId, "closed by the core"),
    resolved: ({ requestId, resource }) => takeRequest(requestId)?.resolve(resource ?? undefined),
    "resolve-failed": ({ requestId, failure }) => takeRequest(requestId)?.reject(fromFailureData(failure)),
  };
  end.onMessage((raw) => {
    const message = fromHostSchema.parse(raw);
    // The table pairs each type with its own message, which the compiler cannot follow through a union.
    (take[message.type] as (message: FromHost) => unknown)(message);
  });
  end.onEnd((reason) => {
    endedReason = reason;
    for (const waiter of [...readyWaiters.splice(0), ...requests.values()]) waiter.reject(hostEnded(reason));
    requests.clear();
    for (const connectionId of lines.keys()) finish(connectionId, reason);
  });

  return {
    whenReady: () =>
      new Promise((resolve, reject) => {
        if (endedReason !== undefined) throw hostEnded(endedReason);
        if (isReady) resolve();
        else readyWaiters.push({ resolve, reject });
      }),
    connect: () => {
      const connectionId = nextId++;
      const sendText = (text: string) => {
        if (lines.has(connectionId)) send({ type: "text", connectionId, text });
      };
      const [socket, line] = createLine(sendText, () => {
        if (!lines.has(connectionId)) return;
        send({ type: "disconnect", connectionId });
        finish(connectionId, "closed");
      });
      lines.set(connectionId, line);
      send({ type: "connect", connectionId });
      if (endedReason !== undefined) queueMicrotask(() => finish(connectionId, endedReason ?? ""));
      return socketTransport(socket);
    },
    resolve: (resourceId) =>
      new Promise((resolve, reject) => {
        if (endedReason !== undefined) throw hostEnded(endedReason);
        const requestId = nextId++;
        requests.set(requestId, { resolve, reject });
        send({ type: "resolve", requestId, resourceId });
      }),
  };
}

const hostEnded = (reason: string) =>
  failed("host.ended", {
    message: `The core host ended: ${reason}.`,
    hint: "Edits that were acknowledged are saved; the application starts the core again.",
  });
