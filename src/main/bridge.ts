// What the page may ask of the shell: a channel to the core, and the system's own dialogs. Every sender is checked.
import type { IpcMainInvokeEvent, MessagePortMain, OpenDialogOptions, WebFrameMain } from "electron";
import type { Transport } from "../shared/contract/index.ts";
import { refused } from "../shared/failure/index.ts";
import { channels } from "../shared/desktop/index.ts";
import type { ElectronModule } from "./electron-module.ts";
import { isAppUrl } from "./origin.ts";

export type BridgeOptions = {
  /** A new connection to the core host that runs now. */
  readonly connect: () => Promise<Transport>;
  /** Ids of the windows that the shell has opened. */
  readonly isKnownWindow: (webContentsId: number) => boolean;
};

const mediaFilters = [
  {
    name: "Media",
    extensions: ["mov", "mp4", "m4v", "mkv", "mxf", "webm", "wav", "bwf", "aif", "aiff", "flac", "mp3"],
  },
];

const dialogs = {
  media: { properties: ["openFile", "multiSelections"], filters: mediaFilters },
  folder: { properties: ["openDirectory", "createDirectory"] },
} as const satisfies Record<string, { properties: OpenDialogOptions["properties"]; filters?: typeof mediaFilters }>;

export function serveBridge(electron: ElectronModule, options: BridgeOptions): void {
  const guarded =
    <Answer>(answer: (event: IpcMainInvokeEvent) => Promise<Answer>) =>
    async (event: IpcMainInvokeEvent): Promise<Answer> => {
      checkSender(event, options);
      return await answer(event);
    };
  const choose = async (kind: keyof typeof dialogs): Promise<readonly string[]> => {
    const { properties, ...rest } = dialogs[kind];
    const { filePaths } = await electron.dialog.showOpenDialog({ ...rest, properties: [...(properties ?? [])] });
    return filePaths;
  };
  electron.ipcMain.handle(
    channels.connect,
    guarded(async (event) => {
      const transport = await options.connect();
      const { port1, port2 } = new electron.MessageChannelMain();
      relay(port2, transport);
      event.sender.postMessage(channels.port, null, [port1]);
    }),
  );
  electron.ipcMain.handle(
    channels.chooseMedia,
    guarded(() => choose("media")),
  );
  electron.ipcMain.handle(
    channels.chooseFolder,
    guarded(() => choose("folder")),
  );
}

/** Only the top frame of a window of ours, showing our page, is answered. */
export function checkSender(event: Pick<IpcMainInvokeEvent, "sender" | "senderFrame">, options: BridgeOptions): void {
  const frame: WebFrameMain | null = event.senderFrame;
  const isOurs =
    frame !== null &&
    frame.parent === null &&
    isAppUrl(frame.url) &&
    !event.sender.isDestroyed() &&
    options.isKnownWindow(event.sender.id);
  if (!isOurs)
    throw refused("desktop.foreign-sender", {
      message: "A page or frame that is not the editor asked the application for something and was refused.",
      details: { url: frame?.url ?? "" },
    });
}

/** Carries the contract between the page's port and the core, both ways, until either end closes. */
export function relay(port: MessagePortMain, transport: Transport): void {
  port.on("message", ({ data }) => {
    try {
      transport.send(data);
    } catch {
      // Too large, or no JSON at all (a circle, a BigInt): such a page loses its connection, not the shell its process.
      transport.close();
    }
  });
  port.on("close", () => transport.close());
  transport.onMessage((message) => port.postMessage(message));
  transport.onClose(() => port.close());
  port.start();
}
