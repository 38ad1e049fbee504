// What a shell and the core host say to each other over the child's IPC channel: many connections, and resources.
import { z } from "zod";
import { failureDataSchema } from "../../shared/contract/index.ts";
import type { Resource } from "./core.ts";

const connectionId = z.int().positive();
const requestId = z.int().positive();

export const toHostSchema = z.discriminatedUnion("type", [
  /** A window connects; its messages carry the id from now on. */
  z.strictObject({ type: z.literal("connect"), connectionId }),
  z.strictObject({ type: z.literal("text"), connectionId, text: z.string() }),
  z.strictObject({ type: z.literal("disconnect"), connectionId }),
  /** Which file a page means by a resource's id: asked by the shell only, never by a page. */
  z.strictObject({ type: z.literal("resolve"), requestId, resourceId: z.string() }),
]);

const resource: z.ZodType<Resource> = z.strictObject({
  filePath: z.string(),
  contentType: z.string(),
  etag: z.string(),
});

export const fromHostSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("text"), connectionId, text: z.string() }),
  z.strictObject({ type: z.literal("disconnected"), connectionId }),
  z.strictObject({ type: z.literal("resolved"), requestId, resource: resource.nullable() }),
  z.strictObject({ type: z.literal("resolve-failed"), requestId, failure: failureDataSchema }),
]);

export type ToHost = z.infer<typeof toHostSchema>;
export type FromHost = z.infer<typeof fromHostSchema>;

/** An end of an IPC channel: `process` in the child, a `ChildProcess` or Electron's `UtilityProcess` in the shell. */
export type IpcEnd = {
  readonly send: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Called once, when the other process is gone. */
  readonly onEnd: (listener: (reason: string) => void) => void;
};

/** What Node offers in both processes. */
export type NodeIpc = {
  readonly connected?: boolean;
  send?(message: unknown, sent: (error: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "disconnect", listener: () => void): unknown;
};

/** Messages to a process that is gone are dropped: `onEnd` tells of it. */
export function ipcEndOf(node: NodeIpc): IpcEnd {
  const ignoreSendError = () => undefined;
  return {
    send: (message) => {
      if (node.connected) node.send?.(message, ignoreSendError);
    },
    onMessage: (listener) => {
      node.on("message", listener);
    },
    onEnd: (listener) => {
      node.once("disconnect", () => listener("the other process is gone"));
    },
  };
}

/** The part of a connection that the owner of the channel drives. */
export type Line = {
  readonly received: (text: string) => void;
  readonly ended: (reason: string) => void;
};
