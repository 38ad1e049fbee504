// The core host's end of the child IPC channel: serves the contract to every connection that the shell opens.
import { toFailureData } from "../../shared/failure/index.ts";
import { serveContract, socketTransport } from "../../shared/contract/index.ts";
import type { SocketLike } from "../../shared/contract/index.ts";
import type { Logger } from "../base/index.ts";
import type { Core } from "./core.ts";
import { toHostSchema } from "./host-protocol.ts";
import type { FromHost, IpcEnd, Line, ToHost } from "./host-protocol.ts";

/** Serves until the shell is gone; resolves then. The caller disposes of the core. */
export function serveOverIpc(end: IpcEnd, core: Core, logger: Logger): Promise<void> {
  const lines = new Map<number, Line>();
  const send = (message: FromHost) => end.send(message);

  const connect = (connectionId: number) => {
    const close = () => {
      const line = lines.get(connectionId);
      if (!line) return;
      lines.delete(connectionId);
      send({ type: "disconnected", connectionId });
      line.ended("closed");
    };
    const [socket, line] = createLine((text) => {
      if (lines.has(connectionId)) send({ type: "text", connectionId, text });
    }, close);
    lines.set(connectionId, line);
    serveContract(socketTransport(socket), {
      handlers: core.handlers,
      events: core.events,
      onFailure: (name, error) => logger.error(`${name} failed`, { error }),
    });
  };
  const resolve = async (requestId: number, resourceId: string) => {
    try {
      const resource = await core.resources.resolve(resourceId);
      send({ type: "resolved", requestId, resource: resource ?? null });
    } catch (error) {
      send({ type: "resolve-failed", requestId, failure: toFailureData(error) });
    }
  };
  const take: { [Type in ToHost["type"]]: (message: Extract<ToHost, { type: Type }>) => unknown } = {
    connect: (message) => connect(message.connectionId),
    text: (message) => lines.get(message.connectionId)?.received(message.text),
    disconnect: ({ connectionId }) => {
      const line = lines.get(connectionId);
      lines.delete(connectionId);
      line?.ended("the window closed");
    },
    resolve: (message) => resolve(message.requestId, message.resourceId),
  };

  return new Promise((done) => {
    end.onMessage((raw) => {
      const message = toHostSchema.parse(raw);
      // The table pairs each type with its own message, which the compiler cannot follow through a union.
      (take[message.type] as (message: ToHost) => unknown)(message);
    });
    end.onEnd((reason) => {
      for (const line of lines.values()) line.ended(reason);
      lines.clear();
      done();
    });
    send({ type: "ready" });
  });
}

const ignore = () => undefined;

/** The two sides of one connection: what the transport sees, and what the owner of the channel drives. */
export function createLine(sendText: (text: string) => void, close: () => void): readonly [SocketLike, Line] {
  let onText: (text: string) => void = ignore;
  let onClose: (reason: string) => void = ignore;
  const socket: SocketLike = {
    sendText,
    onText: (listener) => {
      onText = listener;
    },
    onClose: (listener) => {
      onClose = listener;
    },
    close,
  };
  return [socket, { received: (text) => onText(text), ended: (reason) => onClose(reason) }];
}
