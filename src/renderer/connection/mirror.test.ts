// The mirror stays what the core is: through gaps, through restarts, and with nothing open.
import { expect, test, vi } from "vitest";
import { linkedTransports, operationNames, serveContract } from "../../shared/contract/index.ts";
import type { ContractEvent, Handlers, Transport } from "../../shared/contract/index.ts";
import { createId, diffAdding } from "../../shared/project/index.ts";
import type { Version } from "../../shared/project/index.ts";
import { createConnection } from "./connection.ts";
import { createMirror } from "./mirror.ts";
import type { ProjectInfo } from "./mirror.ts";

const counts = Object.fromEntries(
  "project media reel version audio-track shot character face-track segment take adapter"
    .split(" ")
    .map((type) => [type, 0]),
) as ProjectInfo["counts"];
const projectAt = (revision: number): ProjectInfo => ({
  name: "N",
  folder: "/N.dubwright",
  revision,
  createdAt: "2026-01-01T00:00:00.000Z",
  originalLanguage: null,
  counts,
  warnings: [],
});
const version = (order: number): Version => ({
  type: "version",
  id: createId("version", (byteCount) => new Uint8Array(byteCount).fill(order)),
  language: "de",
  name: `V${order}`,
  order,
});

/** A double of the core that holds versions only, and can forget its open project as a restart does. */
function coreDouble() {
  const core = { versions: [] as Version[], revision: 0, isOpen: true, listCalls: 0, opened: [] as string[] };
  const listeners = new Set<(event: ContractEvent) => void>();
  const served: Transport[] = [];
  const announce = (event: ContractEvent) => listeners.forEach((listener) => listener(event));
  const missing = async () => {
    throw new Error("not part of this test");
  };
  const handlers = {
    ...Object.fromEntries(operationNames.map((name) => [name, missing])),
    "project.info": async () => ({ project: core.isOpen ? projectAt(core.revision) : null }),
    "project.open": async ({ folder }: { folder: string }) => {
      core.opened.push(folder);
      core.isOpen = true;
      announce({ type: "project-opened", project: projectAt(core.revision) });
      return projectAt(core.revision);
    },
    "jobs.list": async () => ({ jobs: [] }),
    "history.state": async () => ({ undo: null, redo: null, revision: core.revision }),
    "record.list": async () => {
      core.listCalls++;
      return { records: core.versions, next: null, revision: core.revision };
    },
  } as unknown as Handlers;
  const subscribe = (listener: (event: ContractEvent) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const open = async () => {
    const [ours, theirs] = linkedTransports();
    serveContract(theirs, { handlers, events: { subscribe }, onFailure: () => undefined });
    served.push(theirs);
    return ours;
  };
  return { core, announce, served, open };
}

async function mirrored() {
  const double = coreDouble();
  const connection = createConnection(double.open);
  const failures: unknown[] = [];
  const mirror = createMirror(connection, (error) => failures.push(error));
  mirror.want("version");
  await vi.waitFor(() => expect(mirror.store.getState().shelves.version?.status).toBe("ready"));
  const names = () => mirror.store.getState().shelves.version?.list.map(({ name }) => name);
  return { ...double, connection, mirror, names, failures };
}

test("a diff that follows the last one is applied without reading anything again", async () => {
  const { core, announce, names, connection } = await mirrored();
  const readsBefore = core.listCalls;
  announce({ type: "records-changed", revision: 1, diff: diffAdding(version(1)) });
  await vi.waitFor(() => expect(names()).toEqual(["V1"]));
  expect(core.listCalls).toBe(readsBefore);
  connection.close();
});

test("after a gap everything is read again, and what was told twice is taken once", async () => {
  const { core, announce, names, mirror, connection } = await mirrored();
  core.versions = [version(1), version(2), version(3)];
  core.revision = 3;
  announce({ type: "records-changed", revision: 3, diff: diffAdding(version(3)) });
  await vi.waitFor(() => expect(names()).toEqual(["V1", "V2", "V3"]));
  announce({ type: "records-changed", revision: 3, diff: diffAdding(version(3)) });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(names()).toEqual(["V1", "V2", "V3"]);
  expect(mirror.store.getState().revision).toBe(3);
  connection.close();
});

test("a core that was started anew gets the project opened again that the page was working on", async () => {
  const { core, served, names, mirror, connection, failures } = await mirrored();
  core.isOpen = false;
  core.versions = [version(7)];
  core.revision = 7;
  served.at(-1)?.close();
  await vi.waitFor(() => expect(names()).toEqual(["V7"]), { timeout: 20_000 });
  expect(core.opened).toEqual(["/N.dubwright"]);
  expect(mirror.store.getState().project?.name).toBe("N");
  expect(failures).toEqual([]);
  connection.close();
});

test("a project that is closed on purpose stays closed", async () => {
  const { core, announce, served, mirror, connection } = await mirrored();
  core.isOpen = false;
  announce({ type: "project-closed" });
  await vi.waitFor(() => expect(mirror.store.getState().project).toBeNull());
  served.at(-1)?.close();
  await vi.waitFor(() => expect(connection.store.getState().state).toBe("open"), { timeout: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(core.opened).toEqual([]);
  connection.close();
});
