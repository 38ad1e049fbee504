// The door of web: the core behind HTTP and WebSocket on the loopback address.
export { startWebServer } from "./web-server.ts";
export type { WebServer, WebServerOptions } from "./web-server.ts";
