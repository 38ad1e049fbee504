// A connection outlives its transports: it reconnects, says in what state it is, and drops nothing silently.
import { expect, test, vi } from "vitest";
import { linkedTransports, operationNames, serveContract } from "../../shared/contract/index.ts";
import type { Handlers, Transport } from "../../shared/contract/index.ts";
import { createConnection } from "./connection.ts";

/** A core that knows its settings only; every `open` is served by it until `close`. */
function coreWithSettings() {
  const missing = async () => {
    throw new Error("not part of this test");
  };
  const handlers = {
    ...Object.fromEntries(operationNames.map((name) => [name, missing])),
    "app.settings": async () => ({ language: "en", theme: "dark" }),
    "app.set": async () => ({ language: "en", theme: "light" }),
  } as unknown as Handlers;
  const served: Transport[] = [];
  return {
    served,
    open: async () => {
      const [ours, theirs] = linkedTransports();
      serveContract(theirs, { handlers, events: { subscribe: () => () => undefined }, onFailure: () => undefined });
      served.push(theirs);
      return ours;
    },
  };
}

test("after a loss it reconnects by itself, and calls go through the same operations as before", async () => {
  const core = coreWithSettings();
  const connection = createConnection(core.open);
  let opened = 0;
  connection.onOpen(() => opened++);
  await vi.waitFor(() => expect(connection.store.getState().state).toBe("open"));
  core.served[0]?.close();
  await vi.waitFor(() => expect(connection.store.getState().state).toBe("lost"));
  await expect(connection.operations["app.settings"]({})).rejects.toMatchObject({ code: "contract.connection-lost" });
  await vi.waitFor(() => expect(connection.store.getState().state).toBe("open"), { timeout: 20_000 });
  expect(await connection.operations["app.settings"]({})).toEqual({ language: "en", theme: "dark" });
  expect(opened).toBe(2);
  connection.close();
});

test("edits count as in flight until they are acknowledged, queries never do", async () => {
  const connection = createConnection(coreWithSettings().open);
  await vi.waitFor(() => expect(connection.store.getState().state).toBe("open"));
  const query = connection.operations["app.settings"]({});
  expect(connection.store.getState().editsInFlight).toBe(0);
  const edit = connection.operations["app.set"]({ theme: "light" });
  expect(connection.store.getState().editsInFlight).toBe(1);
  await Promise.all([query, edit]);
  expect(connection.store.getState().editsInFlight).toBe(0);
  connection.close();
});
