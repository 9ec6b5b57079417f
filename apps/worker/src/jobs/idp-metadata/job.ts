import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { refreshDueMetadata } from "./refresh-due.ts";

/** Has connections follow their identity providers' metadata that is due. */
export const idpMetadataJob: Job<WorkerServices> = {
  name: "metadata", // as queues and metrics have it
  run: refreshDueMetadata,
};
