// The door of shared/contract: every query, edit and job of the product, once, and what carries them.
export { settingsSchema } from "./app.ts";
export { createClient } from "./client.ts";
export type { CallOptions, Client, Operations } from "./client.ts";
export { contractEventSchema } from "./events.ts";
export type { ContractEvent } from "./events.ts";
export { jobProgressSchema, jobStates, jobSummarySchema } from "./jobs.ts";
export type { JobProgress, JobSummary } from "./jobs.ts";
export type { ContractTable, OperationDefinition, ProjectNeed } from "./kinds.ts";
export { projectInfoSchema } from "./project.ts";
export { dispatch, serveContract } from "./server.ts";
export type { CallContext, EventSource, Handlers, ServeOptions } from "./server.ts";
export { contract, operationNames } from "./table.ts";
export type { AnswerOf, CallerInputOf, Contract, InputOf, JobResultOf, NameOfKind, OperationName } from "./table.ts";
export { linkedTransports, socketTransport } from "./transport.ts";
export type { SocketLike, Transport } from "./transport.ts";
export {
  clientMessageSchema,
  failureDataSchema,
  maxCallsInFlight,
  maxMessageBytes,
  serverMessageSchema,
} from "./wire.ts";
export type { ClientMessage, ServerMessage } from "./wire.ts";
