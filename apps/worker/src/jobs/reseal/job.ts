import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { reseal } from "./reseal.ts";

/** Seals under the newest encryption key what is sealed under an older one. */
export const resealJob: Job<WorkerServices> = {
  name: "reseal",
  queue: "maintenance",
  schedule: { everyMs: 3_600_000, atStart: true }, // a key ring changes with a restart
  run: reseal,
};
