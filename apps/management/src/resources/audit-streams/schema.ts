import {
  type CollectorDestination,
  DATADOG_SITES,
  destinationOf,
  needsSecret,
} from "@sallyport/audit-streams";
import type { AuditStream } from "@sallyport/database";
import { z } from "zod";
import { id, secureUrl, text, timestamp } from "../../api/text.ts";

const url = secureUrl.refine(
  (value) => !value.includes("#"),
  "Must not have a fragment: it would not be sent",
);
/** Of a server, so that its paths are ours to choose. */
const origin = url.refine(
  (value) => /^\/?$/.test(new URL(value).pathname) && new URL(value).search === "",
  "Must end with the host, or its port: no path, no query",
);

const splunk = z
  .strictObject({
    type: z.literal("splunk"),
    url: origin.meta({ format: "uri", description: "Of the HTTP Event Collector, without a path." }),
    index: z
      .string()
      .regex(/^[a-z0-9_][a-z0-9_-]{0,79}$/, "Must be the name of an index: a-z, 0-9, _ and -")
      .exactOptional()
      .meta({ description: "Default: that of the token." }),
  })
  .meta({ id: "SplunkDestination", description: "Splunk's HTTP Event Collector. `secret`: its token." });

const datadog = z
  .strictObject({
    type: z.literal("datadog"),
    site: z.enum(DATADOG_SITES),
    url: origin
      .exactOptional()
      .meta({ format: "uri", description: "A proxy, in place of the site's intake." }),
    tags: text(200).exactOptional().meta({ description: '"env:production,team:security"' }),
  })
  .meta({ id: "DatadogDestination", description: "Datadog's log intake. `secret`: an API key." });

const http = z.strictObject({ type: z.literal("http"), url: url.meta({ format: "uri" }) }).meta({
  id: "HttpDestination",
  description:
    "Any receiver of JSON lines (`application/x-ndjson`). `secret`, if any: the value of `Authorization`, as in `Bearer …`.",
});

const s3 = z
  .strictObject({
    type: z.literal("s3"),
    endpoint: origin.meta({
      format: "uri",
      description: "Of the store, without the bucket: https://s3.eu-central-1.amazonaws.com",
    }),
    region: z.string().regex(/^[a-z0-9-]{1,50}$/, "Must be a region, as in eu-central-1"),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "Must be 3 to 63 of a-z, 0-9, and inner . and -"),
    prefix: z
      .string()
      .regex(
        /^(?:[\w-][\w.-]*\/)*$/,
        "Must be empty, or folders of letters, digits and _ . -, as in logs/sallyport/",
      )
      .max(200)
      .default(""),
    accessKeyId: z.string().regex(/^[\w-]{1,128}$/, "Must be letters, digits, _ and -"),
  })
  .meta({
    id: "S3Destination",
    description: "A bucket of S3, or of a store that speaks its protocol. `secret`: the secret access key.",
  });

export const destination = z
  .discriminatedUnion("type", [splunk, datadog, http, s3])
  .meta({ id: "AuditStreamDestination" });

const clickhouse = z
  .strictObject({
    type: z.literal("clickhouse"),
    url: z.string().meta({ format: "uri" }),
    database: z.string(),
  })
  .meta({
    id: "ClickhouseDestination",
    description:
      "The ClickHouse that the gateway's environment names: of no organization, and not made here.",
  });

// It becomes the value of a header.
const secret = z
  .string()
  .min(1)
  .max(2_000)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "Must be printable ASCII, without spaces around it");

const name = text(100);

export const newAuditStream = z
  .strictObject({
    name,
    destination,
    secret: secret
      .exactOptional()
      .meta({ description: "What the destination knows us by. Never shown again." }),
    fromBeginning: z.boolean().default(false).meta({
      description: "Begin with the oldest event that is kept, in place of the next one.",
    }),
  })
  .refine((stream) => stream.secret !== undefined || !needsSecret(stream.destination.type), {
    path: ["secret"],
    error: "This kind of destination takes nothing without one",
  })
  .meta({ id: "NewAuditStream" });

export const auditStreamPatch = z
  .strictObject({
    name: name.exactOptional(),
    destination: destination.exactOptional().meta({
      description:
        "In place of the one before. Its type stays; another host, or of `http` another path, takes `secret` with it.",
    }),
    secret: secret.nullable().exactOptional(),
    enabled: z.boolean().exactOptional().meta({
      description: "false: nothing is sent, and what happens waits for as long as events are kept.",
    }),
  })
  .meta({ id: "AuditStreamPatch" });

export const auditStream = z
  .object({
    id,
    name: z.string(),
    destination: z
      .discriminatedUnion("type", [splunk, datadog, http, s3, clickhouse])
      .meta({ id: "AuditStreamDestinationShown" }),
    hasSecret: z.boolean(),
    enabled: z.boolean(),
    lag: z
      .object({
        events: z.int().meta({ description: "How many wait." }),
        since: timestamp.nullable().meta({ description: "When the oldest that waits happened." }),
      })
      .meta({ description: "What was not delivered yet." }),
    delivered: z.int().meta({ description: "Events, since the stream was made." }),
    lastDeliveredAt: timestamp.nullable(),
    failingSince: timestamp.nullable(),
    lastError: z.string().nullable().meta({ description: "Why the last attempt failed; null: it did not." }),
    nextAttemptAt: timestamp.nullable().meta({ description: "While it fails." }),
    createdAt: timestamp,
  })
  .meta({ id: "AuditStream" });

export type NewAuditStream = z.output<typeof newAuditStream>;
export type AuditStreamPatch = z.output<typeof auditStreamPatch>;

/** What zod parsed is a destination: of two types that say the same, this is the domain's. */
export const toDestination = (parsed: z.output<typeof destination>): CollectorDestination => parsed;

export interface Lag {
  readonly events: number;
  readonly since: Date | null;
}

export function auditStreamView(row: AuditStream, lag: Lag): z.input<typeof auditStream> {
  return {
    id: row.id,
    name: row.name,
    destination: auditStream.shape.destination.parse(destinationOf(row)),
    hasSecret: row.secret !== null,
    enabled: row.enabled,
    lag: { events: lag.events, since: lag.since?.toISOString() ?? null },
    delivered: Number(row.delivered),
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
    lastError: row.lastError,
    nextAttemptAt: row.failingSince === null ? null : row.dueAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}
