import { z } from "zod";
import { changed, count, facts, list, text, time } from "./fact.ts";

// A URL may hold a secret in its path or query: its host tells which receiver it is.
const endpoint = { host: text, description: text, types: list };

export const webhookEndpoints = facts("webhook_endpoint", "webhookEndpoint", {
  created: {
    says: "A webhook endpoint was added: its receiver is told of events from now on. Without `types`, of all. Belongs to no organization where it is told of all organizations' events; so do the others.",
    after: z.strictObject(endpoint),
  },
  updated: {
    says: "A webhook endpoint changed. `host` is told with every change of its URL.",
    before: changed({ ...endpoint, enabled: z.boolean() }),
    after: changed({ ...endpoint, enabled: z.boolean() }),
  },
  secret_rotated: {
    says: "A webhook endpoint has a new secret. Until `previousUntil` the old one signs as well.",
    data: z.strictObject({ previousUntil: time }),
  },
  disabled: {
    says: "A webhook endpoint is sent nothing any more: it answered that it is gone (410), or nothing has reached it for days (`unreachable`). What waited for it failed, and can be replayed.",
    outcome: "failure",
    data: z.strictObject({ reason: z.enum(["gone", "unreachable"]), failingSince: time, failed: count }),
  },
  tested: {
    says: "Somebody had a test event sent to a webhook endpoint: this one. The endpoint is told of it whatever its types.",
    data: z.strictObject({ message: text }),
  },
  replayed: {
    says: "Somebody had deliveries of a webhook endpoint made again.",
    data: z.strictObject({ deliveries: count }),
  },
  deleted: {
    says: "A webhook endpoint was deleted, and with it its deliveries.",
    before: z.strictObject(endpoint),
  },
});
