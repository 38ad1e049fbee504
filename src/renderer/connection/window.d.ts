// What the preload script adds to the window in the desktop application; absent in a browser.
import type { HostBridge } from "./host-bridge.ts";

declare global {
  interface Window {
    readonly dubwright?: HostBridge;
  }
}
