import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { eraseDue } from "./erase-due.ts";

/** Erases people who were deleted some time ago, and finishes what somebody asked for. */
export const eraseJob: Job<WorkerServices> = {
  name: "erase",
  schedule: { everyMs: 10 * 60_000 },
  run: async (services, signal) => {
    const done = await eraseDue(services, signal);
    if (done.erased > 0 || done.back > 0) {
      services.log.info(done, "Erased people");
    }
  },
};
