// How handlers put work into the open project's queue.
import type { JsonValue } from "../../jobs/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Work = {
  readonly kind: string;
  readonly resourceClass: "media" | "cpu" | "gpu";
  /** What people and views look for; `title` is what they read. */
  readonly labels: Readonly<Record<string, string>>;
};

/** Queues one job of the open project; `order` is JSON by its schema. */
export function enqueue(
  { current, random }: Pick<HandlerTools, "current" | "random">,
  { kind, resourceClass, labels }: Work,
  order: object,
): { readonly jobId: string } {
  const jobId = `job-${Buffer.from(random.bytes(10)).toString("hex")}`;
  const input = JSON.parse(JSON.stringify(order)) as JsonValue;
  current.get().scheduler.enqueue({ jobId, kind, resourceClass, input, labels });
  return { jobId };
}
