// How the page reaches its core: the bridge that Electron's preload exposes, or a WebSocket to the web host.
import { failed } from "../../shared/failure/index.ts";
import { socketTransport } from "../../shared/contract/index.ts";
import type { Transport } from "../../shared/contract/index.ts";

/** What the preload script exposes as `window.dubwright`: functions only, no Electron object. */
export type HostBridge = {
  /** Messages of the contract, as JSON-like values. */
  readonly send: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  readonly onClose: (listener: (reason: string) => void) => void;
  /** Asks for a fresh channel to the core; resolves when it is open. */
  readonly connect: () => Promise<void>;
  readonly close: () => void;
  /** The path of a file that was dropped or chosen; empty when it has none. */
  readonly pathForFile: (file: File) => string;
};

export const hostBridge = (): HostBridge | undefined => window.dubwright;

/** An open transport, or a failure when the core cannot be reached now. */
export async function openTransport(): Promise<Transport> {
  const bridge = hostBridge();
  if (!bridge) return await openSocket(socketUrl(document.baseURI));
  await bridge.connect();
  return bridge;
}

/** The contract's socket lies beside the page: "ws://127.0.0.1:4321/contract" for "http://127.0.0.1:4321/". */
export function socketUrl(pageUrl: string): string {
  const url = new URL("contract", pageUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url.href;
}

/** A URL of the contract, which is relative to the host, as the page can load it. */
export const hostUrl = (url: string): string => new URL(url, document.baseURI).href;

function openSocket(url: string): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    let onClose: (reason: string) => void = () => undefined;
    let isOpen = false;
    socket.addEventListener("open", () => {
      isOpen = true;
      resolve(
        socketTransport({
          sendText: (text) => socket.send(text),
          onText: (listener) => socket.addEventListener("message", (event) => listener(String(event.data))),
          onClose: (listener) => {
            onClose = listener;
          },
          close: () => socket.close(),
        }),
      );
    });
    socket.addEventListener("close", (event) => {
      const reason = event.reason || `the socket closed with code ${event.code}`;
      if (isOpen) onClose(reason);
      else reject(failed("contract.connection-lost", { message: `The core cannot be reached at ${url}: ${reason}.` }));
    });
  });
}
