// What carries messages. Anything that can send and receive JSON-like values can carry the contract.
import { refused } from "../failure/index.ts";
import { maxMessageBytes } from "./wire.ts";

export type Transport = {
  /**
   * Queues one message. Messages arrive whole and in order, or the transport closes. One of more than
   * `maxMessageBytes` is refused with "contract.message-too-large" and nothing is sent. After the end it does nothing.
   */
  readonly send: (message: unknown) => void;
  /** One listener; set before the first message is due. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Called once, with the reason when there is one. */
  readonly onClose: (listener: (reason: string) => void) => void;
  readonly close: () => void;
};

/** Two ends in one process. Messages are copied as JSON and arrive in a later microtask, as over a wire. */
export function linkedTransports(): readonly [Transport, Transport] {
  const left = createEnd();
  const right = createEnd();
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    queueMicrotask(() => {
      left.closed("closed");
      right.closed("closed");
    });
  };
  const transportTo = (own: End, peer: End): Transport => ({
    send: (message) => {
      if (!isOpen) return;
      const copy: unknown = JSON.parse(textOf(message));
      queueMicrotask(() => {
        if (isOpen) peer.received(copy);
      });
    },
    onMessage: own.setMessageListener,
    onClose: own.setCloseListener,
    close,
  });
  return [transportTo(left, right), transportTo(right, left)];
}

/** What a WebSocket, a child's IPC channel or a MessagePort offers once it is open: texts, whole and in order. */
export type SocketLike = {
  /** Does nothing once the socket is closed or closing. */
  readonly sendText: (text: string) => void;
  readonly onText: (listener: (text: string) => void) => void;
  readonly onClose: (listener: (reason: string) => void) => void;
  readonly close: () => void;
};

/** A socket that receives what is no JSON, or too much of it, is closed: it does not speak our protocol. */
export function socketTransport(socket: SocketLike): Transport {
  return {
    send: (message) => socket.sendText(textOf(message)),
    onMessage: (listener) =>
      socket.onText((text) => {
        const message = isTooLarge(text) ? undefined : parseJson(text);
        if (message === undefined) socket.close();
        else listener(message);
      }),
    onClose: socket.onClose,
    close: socket.close,
  };
}

function textOf(message: unknown): string {
  const text = JSON.stringify(message);
  if (isTooLarge(text))
    throw refused("contract.message-too-large", {
      message: `A message of more than ${maxMessageBytes} bytes cannot be sent.`,
      hint: "Ask for less at once: a shorter page, fewer buckets.",
      details: { maxMessageBytes },
    });
  return text;
}

// A code unit of UTF-16 becomes one to three bytes of UTF-8, so most texts need no counting.
function isTooLarge(text: string): boolean {
  if (text.length > maxMessageBytes) return true;
  return text.length * 3 > maxMessageBytes && utf8ByteLength(text) > maxMessageBytes;
}

function utf8ByteLength(text: string): number {
  let byteCount = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    byteCount += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
  }
  return byteCount;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type End = {
  readonly received: (message: unknown) => void;
  readonly closed: (reason: string) => void;
  readonly setMessageListener: (listener: (message: unknown) => void) => void;
  readonly setCloseListener: (listener: (reason: string) => void) => void;
};

const ignore = () => undefined;

function createEnd(): End {
  let onMessage: (message: unknown) => void = ignore;
  let onClose: (reason: string) => void = ignore;
  return {
    received: (message) => onMessage(message),
    closed: (reason) => onClose(reason),
    setMessageListener: (listener) => {
      onMessage = listener;
    },
    setCloseListener: (listener) => {
      onClose = listener;
    },
  };
}
