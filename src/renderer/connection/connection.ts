// A client that outlives its connection: it reconnects by itself and tells in what state it is.
import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import { failed } from "../../shared/failure/index.ts";
import { contract, createClient, operationNames } from "../../shared/contract/index.ts";
import type {
  CallOptions,
  Client,
  ContractEvent,
  OperationName,
  Operations,
  Transport,
} from "../../shared/contract/index.ts";
import { retryDelayMs } from "./retry.ts";

export type ConnectionState = {
  /** `connecting` before the first success, `lost` between a loss and the next success. */
  readonly state: "connecting" | "open" | "lost";
  readonly attempts: number;
  /** Edits that were sent and not yet acknowledged. */
  readonly editsInFlight: number;
};

export type Connection = {
  readonly store: StoreApi<ConnectionState>;
  /** Stable over reconnects. A call made without a connection is rejected with "contract.connection-lost". */
  readonly operations: Operations;
  readonly onEvent: (listener: (event: ContractEvent) => void) => () => void;
  /** Called after every successful connect: what was read before may be stale. */
  readonly onOpen: (listener: () => void) => () => void;
  readonly retryNow: () => void;
  readonly close: () => void;
};

type AnyCall = (input: unknown, options?: CallOptions) => Promise<unknown>;

const isEdit = (name: OperationName): boolean => contract[name].kind === "edit";

export function createConnection(open: () => Promise<Transport>): Connection {
  const store = createStore<ConnectionState>(() => ({ state: "connecting", attempts: 0, editsInFlight: 0 }));
  const eventListeners = new Set<(event: ContractEvent) => void>();
  const openListeners = new Set<() => void>();
  let client: Client | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  async function connect(): Promise<void> {
    retryTimer = undefined;
    try {
      const transport = await open();
      if (isClosed) transport.close();
      else adopt(createClient(transport));
    } catch {
      retryLater();
    }
  }

  function adopt(opened: Client): void {
    client = opened;
    opened.onEvent((event) => eventListeners.forEach((listener) => listener(event)));
    opened.onClose(() => {
      client = undefined;
      store.setState({ state: "lost" });
      retryLater();
    });
    store.setState({ state: "open", attempts: 0 });
    openListeners.forEach((listener) => listener());
  }

  function retryLater(): void {
    if (isClosed) return;
    const attempts = store.getState().attempts + 1;
    store.setState({ attempts });
    retryTimer = setTimeout(() => void connect(), retryDelayMs(attempts));
  }

  async function call(name: OperationName, input: unknown, options?: CallOptions): Promise<unknown> {
    if (!client) throw notConnected();
    // The table pairs each name with its own input, which the compiler cannot follow through a union.
    const operation = client.operations[name] as unknown as AnyCall;
    if (!isEdit(name)) return await operation(input, options);
    countEdits(store, 1);
    try {
      return await operation(input, options);
    } finally {
      countEdits(store, -1);
    }
  }

  void connect();
  return {
    store,
    operations: Object.fromEntries(
      operationNames.map((name) => [name, (input: unknown, options?: CallOptions) => call(name, input, options)]),
    ) as unknown as Operations,
    onEvent: (listener) => subscribe(eventListeners, listener),
    onOpen: (listener) => subscribe(openListeners, listener),
    retryNow: () => {
      if (retryTimer === undefined) return;
      clearTimeout(retryTimer);
      void connect();
    },
    close: () => {
      isClosed = true;
      clearTimeout(retryTimer);
      client?.close();
    },
  };
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const countEdits = (store: StoreApi<ConnectionState>, by: number): void =>
  store.setState(({ editsInFlight }) => ({ editsInFlight: editsInFlight + by }));

const notConnected = () =>
  failed("contract.connection-lost", {
    message: "There is no connection to the core at the moment.",
    hint: "Edits that were acknowledged are saved. The interface reconnects by itself.",
  });
