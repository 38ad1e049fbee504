// How the page reaches its core: the bridge that Electron's preload exposes, or a WebSocket to the web host.
import type { Bridge } from "../../shared/desktop/index.ts";
import { failed } from "../../shared/failure/index.ts";
import { socketTransport } from "../../shared/contract/index.ts";
import type { Transport } from "../../shared/contract/index.ts";

/** `window.dubwright` in the desktop application; undefined in a browser. */
export type HostBridge = Bridge<File>;

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
