import { boundBacklogs, fanOutSignals } from "@sallyport/shared-signals";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";
import { createPusher } from "./pusher.ts";

const BACKLOGS_EVERY_MS = 60_000;

/** Puts what happened into the streams that are to hear of it, bounds what they hold, and sends what is to be pushed. */
export const signalsLoop: Loop<
  Pick<WorkerServices, "database" | "publicUrl" | "now" | "log" | "secrets" | "signer" | "deliveryOutbound">
> = {
  name: "signals",
  everyMs: 250,
  create: ({ publicUrl: issuer, deliveryOutbound: outbound, ...services }) => {
    const { database, now, log } = services;
    const pusher = createPusher({ ...services, issuer, outbound });
    let boundedAt = 0;
    return {
      look: async () => {
        let more = true;
        while (more) {
          more = await fanOutSignals(database, { issuer, now: now() });
        }
        await pusher.look();
        if (now().getTime() - boundedAt >= BACKLOGS_EVERY_MS) {
          boundedAt = now().getTime();
          const disabled = await boundBacklogs(database, now());
          if (disabled > 0) {
            log.warn(
              { disabled },
              "Signal streams were disabled: their receivers did not take what was held",
            );
          }
        }
      },
      stop: pusher.stop,
    };
  },
};
