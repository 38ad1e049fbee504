// The desktop application, from Electron as a value: scheme, permissions, window, bridge, one instance.
import type { BrowserWindow } from "electron";
import type { Logger } from "../core/base/index.ts";
import { answerAppRequest, appSchemePrivileges } from "./app-protocol.ts";
import { serveBridge } from "./bridge.ts";
import type { CoreProcess } from "./core-process.ts";
import type { ElectronModule } from "./electron-module.ts";
import { menuTemplate } from "./menu.ts";
import { appScheme } from "./origin.ts";
import { denyAllPermissions } from "./permissions.ts";
import { guardWebContents, openEditorWindow } from "./window.ts";

export type ShellOptions = {
  readonly rendererFolder: string;
  readonly preloadPath: string;
  readonly platform: NodeJS.Platform;
  readonly startCore: () => CoreProcess;
  readonly logger: Logger;
};

/** Resolves when the first window is open; false when another instance is running and was brought to the front instead. */
export async function startShell(electron: ElectronModule, options: ShellOptions): Promise<boolean> {
  const { app, protocol, session, Menu } = electron;
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return false;
  }
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: appSchemePrivileges }]);
  guardWebContents(electron);
  await app.whenReady();

  const core = options.startCore();
  app.once("will-quit", () => core[Symbol.dispose]());
  denyAllPermissions(session.defaultSession);
  protocol.handle(appScheme, (request) =>
    answerAppRequest(request, {
      rendererFolder: options.rendererFolder,
      resolve: (resourceId) => core.link().resolve(resourceId),
    }),
  );
  const windows = new Set<BrowserWindow>();
  serveBridge(electron, {
    connect: async () => {
      const link = core.link();
      await link.whenReady();
      return link.connect();
    },
    isKnownWindow: (webContentsId) => [...windows].some((window) => window.webContents.id === webContentsId),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate([...menuTemplate(options.platform)]));

  const open = () => {
    const window = openEditorWindow(electron, options.preloadPath);
    windows.add(window);
    window.once("closed", () => windows.delete(window));
  };
  open();
  // The arguments of the second instance come from anywhere and are not looked at.
  app.on("second-instance", () => bringToFront(windows));
  app.on("activate", () => {
    if (windows.size === 0) open();
  });
  app.on("window-all-closed", () => {
    if (options.platform !== "darwin") app.quit();
  });
  return true;
}

function bringToFront(windows: Iterable<BrowserWindow>): void {
  for (const window of windows) {
    if (window.isMinimized()) window.restore();
    window.focus();
  }
}
