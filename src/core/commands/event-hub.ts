// Where the rooms' announcements become events of the contract, for every connection.
import type { ContractEvent, EventSource } from "../../shared/contract/index.ts";

export type EventHub = EventSource & { readonly announce: (event: ContractEvent) => void };

export function createEventHub(): EventHub {
  const listeners = new Set<(event: ContractEvent) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
}
