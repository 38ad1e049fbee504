// The door of core/commands: a core wired from its rooms, and the means to serve it to other processes.
export { createCore } from "./create-core.ts";
export type { CoreTools, HostKind } from "./core-tools.ts";
export { resourcePath } from "./core.ts";
export type { Core, Resource, Resources, Upload, Uploads } from "./core.ts";
export { linkToHost } from "./host-link.ts";
export type { HostLink } from "./host-link.ts";
export { ipcEndOf } from "./host-protocol.ts";
export type { IpcEnd, NodeIpc } from "./host-protocol.ts";
export { serveOverIpc } from "./host-server.ts";
export { appDataFolder, applicationVersion, systemTools } from "./system-tools.ts";
export type { Host } from "./system-tools.ts";
