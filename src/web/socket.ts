// The contract over a WebSocket: text frames on the server's side of the ws library.
import { WebSocket } from "ws";
import type { SocketLike } from "../shared/contract/index.ts";

// A page that stops reading (a suspended tab) is let go before its unread events fill the memory.
const maxBufferedBytes = 64 << 20;

/** RFC 6455, section 7.4.1: going away; unsupported data; try again later. */
export const closeCodes = { goingAway: 1001, unsupported: 1003, tooSlow: 1013 } as const;

export function socketOf(socket: WebSocket): SocketLike {
  // Kept from the start: a frame may arrive in the same read as the handshake, and errors come before the close.
  socket.on("error", () => socket.terminate());
  return {
    sendText: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > maxBufferedBytes) socket.close(closeCodes.tooSlow, "the page does not read");
      else socket.send(text);
    },
    onText: (listener) => {
      socket.on("message", (data, isBinary) => {
        if (isBinary || !Buffer.isBuffer(data)) socket.close(closeCodes.unsupported, "text only");
        else listener(data.toString("utf8"));
      });
    },
    onClose: (listener) => {
      socket.once("close", (code, reason) => listener(reason.toString("utf8") || `code ${code}`));
    },
    close: () => socket.close(),
  };
}
