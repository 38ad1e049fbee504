// A double of the electron module that records what is asked of it. The real binary cannot be had on every machine.
import { EventEmitter } from "node:events";
import type { ElectronModule } from "../../src/main/electron-module.ts";

type Recorded = Readonly<Record<string, unknown>>;

/** An answer handler as ipcMain.handle takes it. */
export type IpcHandler = (event: unknown, ...args: readonly unknown[]) => unknown;

export type WebContentsDouble = EventEmitter & {
  readonly id: number;
  windowOpenHandler?: (details: { readonly url: string }) => { readonly action: string };
  readonly sent: { readonly channel: string; readonly ports: readonly unknown[] }[];
};

export type ElectronDouble = {
  readonly module: ElectronModule;
  readonly app: EventEmitter & { isQuitting: boolean };
  readonly calls: string[];
  readonly windows: { readonly options: Recorded; readonly urls: string[]; readonly webContents: WebContentsDouble }[];
  readonly session: Map<string, (...args: readonly never[]) => unknown>;
  readonly protocolHandlers: Map<string, (request: Request) => Promise<Response>>;
  readonly ipcHandlers: Map<string, IpcHandler>;
  readonly openedOutside: string[];
  readonly menuTemplates: unknown[];
  readonly ports: PortDouble[];
  /** What the next message box answers. */
  messageBoxResponse: number;
};

export type PortDouble = EventEmitter & { readonly posted: unknown[]; isStarted: boolean; isClosed: boolean };

export type DoubleOptions = { readonly hasLock?: boolean };

export function createElectronDouble({ hasLock = true }: DoubleOptions = {}): ElectronDouble {
  const calls: string[] = [];
  const app = Object.assign(new EventEmitter(), {
    isQuitting: false,
    enableSandbox: () => void calls.push("enableSandbox"),
    requestSingleInstanceLock: () => {
      calls.push("requestSingleInstanceLock");
      return hasLock;
    },
    whenReady: () => {
      calls.push("whenReady");
      return Promise.resolve();
    },
    quit: () => {
      app.isQuitting = true;
    },
  });
  const double: Omit<ElectronDouble, "module"> = {
    app,
    calls,
    windows: [],
    session: new Map(),
    protocolHandlers: new Map(),
    ipcHandlers: new Map(),
    openedOutside: [],
    menuTemplates: [],
    ports: [],
    messageBoxResponse: 1,
  };
  return Object.assign(double, { module: moduleOver(double) });
}

function moduleOver(double: Omit<ElectronDouble, "module">): ElectronModule {
  const { app, calls, windows, session, protocolHandlers, ipcHandlers } = double;
  const keep = (name: string) => (handler: (...args: readonly never[]) => unknown) => void session.set(name, handler);
  class BrowserWindow extends EventEmitter {
    readonly webContents = webContentsDouble(windows.length + 1);
    readonly urls: string[] = [];
    readonly options: Recorded;
    constructor(options: Recorded) {
      super();
      this.options = options;
      windows.push(this);
      app.emit("web-contents-created", {}, this.webContents);
    }
    readonly loadURL = (url: string) => {
      this.urls.push(url);
      return Promise.resolve();
    };
    readonly show = () => undefined;
    readonly focus = () => void calls.push("focus");
    readonly restore = () => undefined;
    readonly isMinimized = () => false;
  }
  const module = {
    app,
    BrowserWindow,
    MessageChannelMain: class {
      readonly port1 = portDouble();
      readonly port2 = portDouble();
      constructor() {
        double.ports.push(this.port2);
      }
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown) => void calls.push(`schemes ${JSON.stringify(schemes)}`),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
        void protocolHandlers.set(scheme, handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: keep("request"),
        setPermissionCheckHandler: keep("check"),
        setDevicePermissionHandler: keep("device"),
      },
    },
    ipcMain: { handle: (channel: string, handler: IpcHandler) => void ipcHandlers.set(channel, handler) },
    shell: {
      openExternal: (url: string) => {
        double.openedOutside.push(url);
        return Promise.resolve();
      },
    },
    dialog: {
      showMessageBox: () => Promise.resolve({ response: double.messageBoxResponse }),
      showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: ["/films/a.mov"] }),
    },
    Menu: {
      buildFromTemplate: (template: unknown) => {
        double.menuTemplates.push(template);
        return {};
      },
      setApplicationMenu: () => undefined,
    },
  };
  // The double has exactly the parts that the shell uses; the compiler checks the shell against the real types.
  return module as unknown as ElectronModule;
}

function webContentsDouble(id: number): WebContentsDouble {
  const sent: { channel: string; ports: readonly unknown[] }[] = [];
  const contents: WebContentsDouble = Object.assign(new EventEmitter(), {
    id,
    sent,
    isDestroyed: () => false,
    setWindowOpenHandler: (handler: (details: { readonly url: string }) => { readonly action: string }) => {
      contents.windowOpenHandler = handler;
    },
    postMessage: (channel: string, _message: unknown, ports: readonly unknown[]) => void sent.push({ channel, ports }),
  });
  return contents;
}

function portDouble(): PortDouble {
  const port: PortDouble = Object.assign(new EventEmitter(), {
    posted: [] as unknown[],
    isStarted: false,
    isClosed: false,
    postMessage: (message: unknown) => void port.posted.push(message),
    start: () => {
      port.isStarted = true;
    },
    close: () => {
      if (port.isClosed) return;
      port.isClosed = true;
      port.emit("close");
    },
  });
  return port;
}
