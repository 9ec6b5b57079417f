import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { forgetDeletedOrganizations } from "./forget.ts";

/** Deletes the events of deleted organizations when nobody is left to be told of them. */
export const deletedOrganizationsJob: Job<WorkerServices> = {
  name: "deleted-organizations",
  queue: "maintenance",
  schedule: { everyMs: 60_000 },
  run: async ({ database, now }) => {
    await forgetDeletedOrganizations(database, now());
  },
};
