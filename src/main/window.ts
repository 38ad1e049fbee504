// The editor's window: a sandboxed page that cannot leave, open windows, embed anything or see Node.
import type { BrowserWindow, BrowserWindowConstructorOptions } from "electron";
import type { ElectronModule } from "./electron-module.ts";
import { appUrl, isAppUrl, mayOpenOutside } from "./origin.ts";

/** Everything that guards the page, stated even where it is Electron's default: a changed default must not open it. */
export const windowOptions = (preloadPath: string): BrowserWindowConstructorOptions => ({
  width: 1440,
  height: 900,
  minWidth: 960,
  minHeight: 600,
  show: false,
  backgroundColor: "#16181d",
  webPreferences: {
    preload: preloadPath,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  },
});

export function openEditorWindow(electron: ElectronModule, preloadPath: string): BrowserWindow {
  const window = new electron.BrowserWindow(windowOptions(preloadPath));
  window.once("ready-to-show", () => window.show());
  void window.loadURL(appUrl);
  return window;
}

type Cancelable = { readonly preventDefault: () => void };

/** Holds for every page the application ever makes, this window's and any other. */
export function guardWebContents(electron: ElectronModule): void {
  electron.app.on("web-contents-created", (_event, contents) => {
    const refuseForeign = (event: Cancelable, url: string) => {
      if (!isAppUrl(url)) event.preventDefault();
    };
    contents.on("will-navigate", (event) => refuseForeign(event, event.url));
    contents.on("will-frame-navigate", (event) => refuseForeign(event, event.url));
    contents.on("will-redirect", (event) => refuseForeign(event, event.url));
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      void offerOutside(electron, url);
      return { action: "deny" };
    });
  });
}

/** Asks before a link opens in the system's browser; anything that is not on the list is ignored. */
async function offerOutside(electron: ElectronModule, url: string): Promise<void> {
  if (!mayOpenOutside(url)) return;
  const { response } = await electron.dialog.showMessageBox({
    type: "question",
    message: `Open ${new URL(url).host} in your browser?`,
    detail: url,
    buttons: ["Open", "Cancel"],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) await electron.shell.openExternal(url);
}
