// The parts of Electron that the shell uses, as a value: the real module in the application, a recorded double in tests.
import type * as electron from "electron";

export type ElectronModule = Pick<
  typeof electron,
  "app" | "BrowserWindow" | "dialog" | "ipcMain" | "Menu" | "MessageChannelMain" | "protocol" | "session" | "shell"
>;
