import { fillOutbox } from "@sallyport/events";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";

/** Puts what has committed into the outbox, so that no sign-in has to ask for it. */
export const outboxLoop: Loop<Pick<WorkerServices, "database">> = {
  name: "outbox",
  everyMs: 1_000,
  create:
    ({ database }) =>
    async () => {
      await fillOutbox(database);
    },
};
