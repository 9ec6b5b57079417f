import { createSignalReceiver, detachForeign } from "@sallyport/idp-signals";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";
import { createPoller } from "./poller.ts";

const DETACHED_EVERY_MS = 10_000;

/** Polls identity providers for their signals, and deletes streams there that are no connection's any more. */
export const idpSignalsLoop: Loop<
  Pick<
    WorkerServices,
    "database" | "publicUrl" | "now" | "log" | "secrets" | "deliveryOutbound" | "requestLogout"
  >
> = {
  name: "idp-signals",
  everyMs: 500,
  create: ({ deliveryOutbound: outbound, ...services }) => {
    const { database, now } = services;
    const deps = { ...services, outbound };
    const poller = createPoller({ ...deps, receiver: createSignalReceiver(deps) });
    let detachedAt = 0;
    return {
      look: async () => {
        if (now().getTime() - detachedAt >= DETACHED_EVERY_MS) {
          detachedAt = now().getTime();
          await detachForeign(database.sql, now());
        }
        await poller.look();
      },
      stop: poller.stop,
    };
  },
};
