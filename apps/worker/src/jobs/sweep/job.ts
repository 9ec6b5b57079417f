import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { sweep } from "./sweep.ts";

/** Finds what was missed. */
export const sweepJob: Job<WorkerServices> = {
  name: "sweep",
  queue: "maintenance",
  schedule: { everyMs: 30_000 },
  run: sweep,
};
