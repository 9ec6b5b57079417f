import {
  type SignalDelivery,
  type StreamHealth,
  type StreamPosition,
  SUPPORTED,
} from "@sallyport/shared-signals";
import { z } from "zod";
import { cursor, encodeCursor, pageQuery } from "../../api/page.ts";
import { id, text, timestamp } from "../../api/text.ts";

const REFUSED = "Is not a cursor of this API: pass on `nextCursor` as it was given";

/** As any other, behind whether the stream needs attention. */
const attentionCursor = z
  .string()
  .max(200)
  .transform((value, context): StreamPosition => {
    const [, attention, rest] = /^([01])\.(.+)$/.exec(value) ?? [];
    const position = cursor.safeParse(rest);
    if (position.success) {
      return { ...position.data, needsAttention: attention === "1" };
    }
    context.addIssue(REFUSED);
    return z.NEVER;
  });

export const encodeStreamCursor = ({ needsAttention, ...position }: StreamPosition): string =>
  `${needsAttention ? 1 : 0}.${encodeCursor(position)}`;

export const streamPageQuery = pageQuery.extend({
  cursor: attentionCursor.exactOptional().meta({ description: "`nextCursor` of the page before." }),
});

export type StreamPageQuery = z.output<typeof streamPageQuery>;

const status = z.enum(["enabled", "paused", "disabled"]);

export const statusChange = z
  .strictObject({
    status: status.meta({
      description: "paused: events are held. disabled: what is held is lost, and so is what comes.",
    }),
    reason: text(500).nullable().default(null).meta({ description: "Told to the receiver." }),
  })
  .meta({ id: "SignalStreamStatusChange" });

export type StatusChangeInput = z.output<typeof statusChange>;

export const signalStream = z
  .object({
    id,
    application: z.object({ id, name: z.string() }),
    description: z.string().nullable().meta({ description: "Its receiver's own words." }),
    delivery: z.object({
      method: z.enum(["push", "poll"]),
      endpointUrl: z.string().nullable().meta({ description: "Where it is pushed; null: it is polled." }),
    }),
    eventsRequested: z.array(z.string()),
    eventsDelivered: z
      .array(z.string())
      .meta({ description: "Those of the requested ones that this gateway has." }),
    subjectFormat: z.enum(["complex", "iss_sub", "email"]),
    excludedSubjects: z
      .int()
      .meta({ description: "How many people or organizations its receiver left out." }),
    status,
    statusReason: z.string().nullable(),
    statusBy: z.enum(["receiver", "gateway", "operator"]).meta({
      description: "Who set the status. What an operator paused or disabled, its receiver cannot enable.",
    }),
    state: z.enum(["delivering", "failing", "stalled", "paused", "disabled"]).meta({
      description:
        "How it gets on. failing: the last push failed, and is tried again. stalled: events wait for an hour, and nobody fetches them.",
    }),
    needsAttention: z
      .boolean()
      .meta({ description: "It fails or stalls, or the gateway paused or disabled it." }),
    waiting: z.object({
      events: z.int(),
      since: timestamp.nullable().meta({ description: "When the oldest that waits was made." }),
    }),
    lastDeliveredAt: timestamp.nullable(),
    lastError: z
      .object({
        at: timestamp,
        message: z.string(),
        status: z.int().nullable().meta({ description: "Of the HTTP answer; null: there was none." }),
      })
      .nullable()
      .meta({ description: "Kept until another comes, also when events are taken again." }),
    failedAttempts: z.int().meta({ description: "In a row." }),
    nextAttemptAt: timestamp.nullable().meta({ description: "While it fails." }),
    verificationRequestedAt: timestamp.nullable(),
    createdAt: timestamp,
  })
  .meta({ id: "SignalStream" });

const delivery = z
  .object({
    jti: id,
    types: z.array(z.string()),
    state: z.enum(["waiting", "delivered", "refused"]),
    tries: z.int().nullable().meta({ description: "How often it was pushed; null where it is polled." }),
    at: timestamp.meta({ description: "When it was made, delivered or refused." }),
    error: z.string().nullable().meta({ description: "Its receiver's code, where it was refused." }),
  })
  .meta({ id: "SignalDelivery" });

export const signalStreamDetails = signalStream
  .extend({
    deliveries: z.array(delivery).meta({
      description: "The next ten that wait, and the last ten that were settled; the newest first.",
    }),
  })
  .meta({ id: "SignalStreamDetails" });

export function signalStreamView(stream: StreamHealth): z.input<typeof signalStream> {
  const { delivery: method, endpointUrl, eventsRequested, waiting, lastError } = stream;
  return {
    ...stream,
    delivery: { method, endpointUrl },
    eventsRequested: [...eventsRequested],
    eventsDelivered: SUPPORTED.filter((type) => eventsRequested.includes(type)),
    waiting: { events: waiting.events, since: waiting.since?.toISOString() ?? null },
    lastDeliveredAt: stream.lastDeliveredAt?.toISOString() ?? null,
    lastError: lastError === null ? null : { ...lastError, at: lastError.at.toISOString() },
    nextAttemptAt: stream.nextAttemptAt?.toISOString() ?? null,
    verificationRequestedAt: stream.verificationRequestedAt?.toISOString() ?? null,
    createdAt: stream.createdAt.toISOString(),
  };
}

export function signalDeliveryView({ type, at, ...rest }: SignalDelivery): z.input<typeof delivery> {
  return { ...rest, types: [type], at: at.toISOString() };
}
