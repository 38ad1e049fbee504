// The one bridge between page and shell: named functions, plain values, no Electron object and no event crosses it.
import { contextBridge, ipcRenderer, webUtils } from "electron";
import { channels } from "../shared/desktop/index.ts";
import { createBridge } from "./bridge.ts";

contextBridge.exposeInMainWorld("dubwright", createBridge({ ipcRenderer, webUtils, channels }));
