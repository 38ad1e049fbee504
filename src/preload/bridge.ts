// What the page sees as `window.dubwright`: a channel to the core, the paths of dropped files, the system's dialogs.
import type { IpcRenderer, WebUtils } from "electron";
import type { Bridge, channels } from "../shared/desktop/index.ts";

export type BridgeParts = {
  readonly ipcRenderer: Pick<IpcRenderer, "invoke" | "on">;
  readonly webUtils: Pick<WebUtils, "getPathForFile">;
  readonly channels: typeof channels;
};

const ignore = () => undefined;

export function createBridge({ ipcRenderer, webUtils, channels }: BridgeParts): Bridge<File> {
  let port: MessagePort | undefined;
  let onMessage: (message: unknown) => void = ignore;
  let onClose: (reason: string) => void = ignore;
  let onPort: (fresh: MessagePort) => void = ignore;

  ipcRenderer.on(channels.port, (event) => {
    const [fresh] = event.ports;
    if (!fresh) return;
    port?.close();
    port = fresh;
    fresh.addEventListener("message", ({ data }: MessageEvent<unknown>) => onMessage(data));
    fresh.addEventListener("close", () => {
      if (port === fresh) onClose("the core host ended");
    });
    fresh.start();
    onPort(fresh);
  });

  return {
    connect: async () => {
      const opened = new Promise<void>((resolve) => {
        onPort = () => resolve();
      });
      await ipcRenderer.invoke(channels.connect);
      await opened;
    },
    send: (message) => port?.postMessage(message),
    onMessage: (listener) => {
      onMessage = listener;
    },
    onClose: (listener) => {
      onClose = listener;
    },
    close: () => port?.close(),
    pathForFile: (file) => webUtils.getPathForFile(file),
    chooseMedia: () => ipcRenderer.invoke(channels.chooseMedia),
    chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder),
  };
}
