import { z } from "zod";
import { cursor, pageQuery } from "../../../api/page.ts";
import { id, instant, text, timestamp } from "../../../api/text.ts";

export const deliveryStatus = z.enum(["pending", "delivered", "failed"]).meta({
  description:
    "`pending`: it is to be made, or made again. `failed`: it was given up after a day; it can be replayed.",
});

export const deliveryQuery = pageQuery.extend({
  status: deliveryStatus.exactOptional(),
  type: text(100).exactOptional().meta({ description: 'Of the event, as in "membership.suspended".' }),
  since: instant.exactOptional().meta({ description: "Made from this time on." }),
  until: instant.exactOptional().meta({ description: "Made before this time." }),
});

export type DeliveryQuery = z.output<typeof deliveryQuery>;

export const delivery = z
  .object({
    id: id.meta({ description: "The header `webhook-id`: the same at each attempt." }),
    eventId: id,
    type: z.string(),
    organizationId: id.nullable().meta({ description: "The event's." }),
    resource: z.object({ type: z.string(), id: z.string() }),
    status: deliveryStatus,
    held: z.boolean().meta({ description: "It waits for an earlier one of its resource." }),
    attempts: z.int(),
    nextAttemptAt: timestamp.nullable(),
    lastStatus: z
      .int()
      .nullable()
      .meta({ description: "HTTP status of the last answer; null: there was none." }),
    lastError: z.string().nullable(),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: "WebhookDelivery" });

const attempt = z.object({
  number: z.int(),
  at: timestamp,
  requestHeaders: z.record(z.string(), z.string()),
  status: z.int().nullable(),
  response: z.string().nullable().meta({ description: "The beginning of the answer's body." }),
  error: z.string().nullable(),
  durationMs: z.int(),
});

export const deliveryDetails = delivery
  .extend({
    requestBody: z.string().nullable().meta({
      description: "What is sent, byte for byte; null: the event is not kept any more.",
    }),
    attemptsMade: z.array(attempt).meta({
      description: "The last 50, the newest first. One whose process died has left nothing.",
    }),
  })
  .meta({ id: "WebhookDeliveryDetails" });

export const replay = z
  .strictObject({
    since: instant.exactOptional().meta({ description: "Events from this time on, at most 30 days back." }),
    until: instant.exactOptional().meta({ description: "Events before this time. Default: now." }),
    firstDeliveryId: id
      .exactOptional()
      .meta({ description: "In place of a time: deliveries from this one on." }),
    lastDeliveryId: id.exactOptional().meta({ description: "Up to this one." }),
    deliveries: z.enum(["undelivered", "all"]).default("undelivered").meta({
      description:
        "`undelivered`: what failed and, by time, events that it was not told of, as while it was disabled. `all`: what was delivered, too.",
    }),
    cursor: cursor.exactOptional().meta({ description: "`nextCursor` of the answer before." }),
  })
  .refine((range) => (range.since === undefined) !== (range.firstDeliveryId === undefined), {
    path: ["since"],
    message: "Give `since` or `firstDeliveryId`",
  })
  .refine((range) => range.firstDeliveryId === undefined || range.until === undefined, {
    path: ["until"],
    message: "Goes with `since`: with `firstDeliveryId` give `lastDeliveryId`",
  })
  .refine((range) => range.since === undefined || range.lastDeliveryId === undefined, {
    path: ["lastDeliveryId"],
    message: "Goes with `firstDeliveryId`: with `since` give `until`",
  })
  .meta({ id: "WebhookReplay" });

export type Replay = z.output<typeof replay>;

export const replayed = z
  .object({
    deliveries: z.int().meta({ description: "How many are made, anew or again." }),
    nextCursor: z.string().nullable().meta({
      description: "There is more: send the same again, with this as `cursor`. null: that was all.",
    }),
  })
  .meta({ id: "WebhookReplayed" });
