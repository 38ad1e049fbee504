// One suite over every transport: what a client may rely on, whatever carries its messages.
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createClient,
  maxCallsInFlight,
  maxMessageBytes,
  serverMessageSchema,
} from "../../src/shared/contract/index.ts";
import type { Client, ContractEvent, ServerMessage, Transport } from "../../src/shared/contract/index.ts";
import { DubError } from "../../src/shared/failure/index.ts";
import { endServing, waysToServe } from "../support/contract-connections.ts";
import type { ServedCore } from "../support/contract-connections.ts";

afterAll(endServing);

describe.each(Object.keys(waysToServe))("the contract %s", (way) => {
  let served: ServedCore;
  let client: Client;
  beforeEach(async () => {
    const serve = waysToServe[way];
    if (!serve) throw new Error(`no way called ${way}`);
    served = await serve();
    client = createClient(await served.connect());
  });
  afterEach(async () => {
    client.close();
    await served[Symbol.asyncDispose]();
  });

  const seenByCore = async (subject: string): Promise<number> => {
    const { findings } = await client.operations["app.doctor"]({});
    return Number(findings.find((finding) => finding.subject === subject)?.found);
  };
  const untilCoreHasSeen = async (subject: string, count: number) => {
    await expect.poll(() => seenByCore(subject)).toBe(count);
  };

  test("answers a call with what its handler returned", async () => {
    expect(await client.operations["app.info"]({})).toEqual({ version: "0", platform: "test", host: "web" });
  });

  test("refuses an operation that does not exist, and goes on", async () => {
    const raw = rawCaller(await served.connect());
    const answer = await raw.call("project.explode", {});
    expect(answer).toMatchObject({ type: "failure", failure: { kind: "refused", code: "contract.bad-call" } });
    expect(await raw.call("toString", {})).toMatchObject({ failure: { code: "contract.bad-call" } });
    expect(await raw.call("app.info", {})).toMatchObject({ type: "answer" });
  });

  test.each([
    ["a missing field", { folder: "/a" }],
    ["a field of another type", { folder: "/a", name: 7 }],
    ["an unknown field", { folder: "/a", name: "n", force: true }],
    ["no object", "folder"],
    ["nothing", undefined],
  ])("refuses input with %s and names the fault", async (_fault, input) => {
    const raw = rawCaller(await served.connect());
    const answer = await raw.call("project.create", input);
    expect(answer).toMatchObject({ type: "failure", failure: { kind: "refused", code: "contract.bad-input" } });
    expect(answer.type === "failure" && answer.failure.details["issues"]).not.toEqual([]);
  });

  test("tells at most eight faults of hostile input", async () => {
    const raw = rawCaller(await served.connect());
    const answer = await raw.call("jobs.list", { states: Array.from({ length: 100_000 }, () => "no such state") });
    expect(answer.type === "failure" && answer.failure.details["issues"]).toHaveLength(8);
  });

  test("closes a connection that does not speak the protocol", async () => {
    const transport = await served.connect();
    const closed = new Promise((resolve) => transport.onClose(resolve));
    transport.send({ type: "call", callId: -1 });
    await closed;
    expect(await client.operations["app.info"]({})).toMatchObject({ platform: "test" });
  });

  test("refuses to send a message that is too large, and goes on", async () => {
    const call = client.operations["project.open"]({ folder: "x".repeat(maxMessageBytes) });
    await expect(call).rejects.toMatchObject({ kind: "refused", code: "contract.message-too-large" });
    expect(await client.operations["app.info"]({})).toMatchObject({ platform: "test" });
  });

  test("counts the size of a message in bytes, not in characters", async () => {
    const threeBytesEach = "字".repeat(maxMessageBytes / 3);
    const call = client.operations["project.open"]({ folder: threeBytesEach });
    await expect(call).rejects.toMatchObject({ code: "contract.message-too-large" });
  });

  test("answers a failure when the answer is too large, and goes on", async () => {
    const call = client.operations["project.create"]({ folder: "/a", name: "huge" });
    await expect(call).rejects.toMatchObject({ code: "contract.message-too-large" });
    expect(await client.operations["app.info"]({})).toMatchObject({ platform: "test" });
  });

  test.each(["/verbose", "/no-json"])(
    "tells a failure whose details cannot be sent (%s) without them, and goes on",
    async (folder) => {
      const error = await failureOf(client.operations["project.open"]({ folder }));
      expect(error).toMatchObject({ kind: "refused", code: "project.foreign-schema", details: {} });
      expect(await client.operations["app.info"]({})).toMatchObject({ platform: "test" });
    },
  );

  test("announces a diff that is too large for a message as a reset", async () => {
    const events: ContractEvent[] = [];
    client.onEvent((event) => events.push(event));
    const { revision } = await client.operations["history.undo"]({});
    expect(events).toEqual([{ type: "records-reset", revision }]);
  });

  test("announces a job whose words are too long without them, leaves out what has no short form, and goes on", async () => {
    const events: ContractEvent[] = [];
    client.onEvent((event) => events.push(event));
    expect(await client.operations["history.redo"]({})).toMatchObject({ redo: null });
    const failure = { code: "job.long", message: "x".repeat(1000), hint: "Look.", details: {} };
    expect(events).toMatchObject([
      { type: "job-changed", job: { jobId: "a", state: "failed", failure, result: null } },
    ]);
  });

  test("rebuilds a refusal as the same class with code, hint and details", async () => {
    const error = await failureOf(client.operations["project.open"]({ folder: "/refuse" }));
    expect(error).toBeInstanceOf(DubError);
    expect(error).toMatchObject({
      kind: "refused",
      code: "project.not-found",
      message: "There is no project.",
      hint: "Look.",
      details: { n: 1 },
    });
  });

  test("tells a failure of the world as one, without its cause", async () => {
    const error = await failureOf(client.operations["project.open"]({ folder: "/fail" }));
    expect(error).toMatchObject({ kind: "failed", code: "disk.failed", message: "The disk refused." });
    expect(error).not.toHaveProperty("cause");
  });

  test("tells a bug as an internal failure, without its stack", async () => {
    const error = await failureOf(client.operations["project.open"]({ folder: "/bug" }));
    expect(error).toMatchObject({ kind: "failed", code: "internal", details: {} });
    expect(JSON.stringify(error)).not.toContain("core-double");
  });

  test("rejects an answer that is not of the contract's form", async () => {
    await expect(client.operations["history.state"]({})).rejects.toMatchObject({ code: "contract.bad-answer" });
  });

  test("aborts an abandoned query at the core and rejects it at the caller with the caller's reason", async () => {
    const leaving = new AbortController();
    const call = client.operations["app.browse"]({}, { signal: leaving.signal });
    await untilCoreHasSeen("abandoned", 0);
    leaving.abort(new Error("the dialog closed"));
    await expect(call).rejects.toThrow("the dialog closed");
    await untilCoreHasSeen("abandoned", 1);
  });

  test("never sends a call whose caller has already left", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(client.operations["project.rename"]({ name: "n" }, { signal })).rejects.toThrow("gone");
    expect(await seenByCore("revision")).toBe(0);
  });

  test("finishes an edit whose caller has left", async () => {
    const leaving = new AbortController();
    const call = client.operations["project.rename"]({ name: "late" }, { signal: leaving.signal });
    await untilCoreHasSeen("revision", 1);
    leaving.abort(new Error("left"));
    await expect(call).rejects.toThrow("left");
    expect((await client.operations["project.rename"]({ name: "n" })).revision).toBe(2);
  });

  test("delivers events in the order in which they happened, each before the answer of the call that caused it", async () => {
    const seen: number[] = [];
    client.onEvent((event) => {
      if (event.type === "records-reset") seen.push(event.revision);
    });
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_each, index) => {
        const { revision } = await client.operations["project.rename"]({ name: `n${index}` });
        expect(seen).toContain(revision);
        return revision;
      }),
    );
    expect(seen).toEqual(answers);
  });

  test("delivers events while a call is still running", async () => {
    const announced = new Promise((resolve) => client.onEvent(resolve));
    let hasAnswered = false;
    const call = client.operations["project.rename"]({ name: "late" }).then(() => (hasAnswered = true));
    expect(await announced).toEqual({ type: "records-reset", revision: 1 });
    expect(hasAnswered).toBe(false);
    await call;
  });

  test("announces to every connection, and no longer to a listener that left", async () => {
    const second = createClient(await served.connect());
    const announced = new Promise((resolve) => second.onEvent(resolve));
    let heard = 0;
    client.onEvent(() => (heard += 1))();
    await client.operations["project.rename"]({ name: "n" });
    expect(await announced).toEqual({ type: "records-reset", revision: 1 });
    expect(heard).toBe(0);
    second.close();
  });

  test("carries 300 calls at once, never more than the limit at the core", async () => {
    const calls = Array.from({ length: 300 }, () => failureOf(client.operations["media.probe"]({ path: "/a" })));
    const codes = (await Promise.all(calls)).map((error) => (error instanceof DubError ? error.code : error));
    expect(codes).toEqual(Array.from({ length: 300 }, () => "media.not-found"));
    const mostRunning = await seenByCore("mostRunning");
    expect(mostRunning).toBeGreaterThan(1);
    expect(mostRunning).toBeLessThanOrEqual(maxCallsInFlight);
  });

  test("refuses calls beyond the limit of a client that does not hold back", async () => {
    const raw = rawCaller(await served.connect());
    const refusedCodes: unknown[] = [];
    // None of these ends by itself, so exactly the limit is let in.
    for (let call = 0; call < 300; call++)
      void raw.call("app.browse", {}).then((answer) => {
        refusedCodes.push(answer.type === "failure" && answer.failure.code);
      });
    await expect.poll(() => refusedCodes.length).toBe(300 - maxCallsInFlight);
    expect(new Set(refusedCodes)).toEqual(new Set(["contract.bad-call"]));
  });

  test("rejects calls in flight and all later ones when the connection is lost", async () => {
    const closed = new Promise((resolve) => client.onClose(() => resolve("closed")));
    const call = client.operations["app.browse"]({});
    await untilCoreHasSeen("abandoned", 0);
    const rejection = expect(call).rejects.toMatchObject({ kind: "failed", code: "contract.connection-lost" });
    served.crash();
    await rejection;
    expect(await closed).toBe("closed");
    await expect(client.operations["app.info"]({})).rejects.toMatchObject({ code: "contract.connection-lost" });
  });

  test("aborts at the core what a closed connection had asked for", async () => {
    const second = createClient(await served.connect());
    const call = failureOf(second.operations["app.browse"]({}));
    await second.operations["app.info"]({});
    second.close();
    expect(await call).toMatchObject({ code: "contract.connection-lost" });
    await untilCoreHasSeen("abandoned", 1);
  });
});

/** What a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
}

/** A caller without the client's manners: it sends what it is told. */
function rawCaller(transport: Transport) {
  const waiting = new Map<number, (message: ServerMessage) => void>();
  let nextCallId = 1;
  transport.onMessage((raw) => {
    const message = serverMessageSchema.parse(raw);
    if (message.type !== "event") waiting.get(message.callId)?.(message);
  });
  return {
    call: (name: string, input: unknown): Promise<ServerMessage> =>
      new Promise((resolve) => {
        const callId = nextCallId++;
        waiting.set(callId, resolve);
        transport.send({ type: "call", callId, name, input });
      }),
  };
}
