import { fanOut } from "@sallyport/webhooks";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";
import { createSender } from "./sender.ts";

/** Tells the receivers of webhooks of events. */
export const webhooksLoop: Loop<
  Pick<WorkerServices, "database" | "secrets" | "deliveryOutbound" | "log" | "now">
> = {
  name: "webhooks",
  everyMs: 250,
  create: (services) => {
    const { database, deliveryOutbound, now } = services;
    const sender = createSender({ ...services, outbound: deliveryOutbound });
    return {
      look: async () => {
        let more = true;
        while (more) {
          more = await fanOut(database, { now: now() });
          await sender.look();
        }
      },
      stop: sender.stop,
    };
  },
};
