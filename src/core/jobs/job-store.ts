// Where jobs are kept: core/store implements this interface, and it lies in shared/project because the two never meet.
export type { JobFilter, JobGuard, JobStore } from "../../shared/project/index.ts";
