// What carries messages. Anything that can send and receive JSON-like values can carry the contract.

export type Transport = {
  /** Queues one message. Messages arrive whole and in order, or the transport closes. */
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
      const copy: unknown = JSON.parse(JSON.stringify(message));
      queueMicrotask(() => peer.received(copy));
    },
    onMessage: own.setMessageListener,
    onClose: own.setCloseListener,
    close,
  });
  return [transportTo(left, right), transportTo(right, left)];
}

/** What a WebSocket offers on either side once it is open. Text frames only. */
export type SocketLike = {
  readonly sendText: (text: string) => void;
  readonly onText: (listener: (text: string) => void) => void;
  readonly onClose: (listener: (reason: string) => void) => void;
  readonly close: () => void;
};

/** A socket that receives what is no JSON is closed: it does not speak our protocol. */
export function socketTransport(socket: SocketLike): Transport {
  return {
    send: (message) => socket.sendText(JSON.stringify(message)),
    onMessage: (listener) =>
      socket.onText((text) => {
        const message = parseJson(text);
        if (message === undefined) socket.close();
        else listener(message);
      }),
    onClose: socket.onClose,
    close: socket.close,
  };
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
