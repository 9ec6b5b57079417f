import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { checkDueDomains } from "./check-due.ts";

/** Looks for the records that prove domains. */
export const domainsJob: Job<WorkerServices> = {
  name: "domains", // as queues and metrics have it
  schedule: { everyMs: 30_000 },
  run: checkDueDomains,
};
