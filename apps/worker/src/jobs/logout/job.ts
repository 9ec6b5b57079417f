import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { notifyApplications } from "./notify.ts";

/** Tells applications of sessions that ended. */
export const logoutJob: Job<WorkerServices> = {
  name: "logout",
  run: ({ publicUrl, operatorOutbound, ...services }) =>
    notifyApplications({ ...services, issuer: publicUrl, outbound: operatorOutbound }),
};
