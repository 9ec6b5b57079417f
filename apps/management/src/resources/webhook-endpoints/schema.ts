import type { WebhookEndpoint } from "@sallyport/database";
import { isTypePattern } from "@sallyport/webhooks";
import { z } from "zod";
import { id, secureUrl, text, timestamp } from "../../api/text.ts";

const url = secureUrl
  .refine((value) => !value.includes("#"), "Must not have a fragment: it would not be sent")
  .meta({
    format: "uri",
    description: "Where events are posted to. It answers 2xx within 15 seconds; redirects are not followed.",
  });

const types = z
  .array(
    text(100).refine(isTypePattern, {
      error: ({ input }) => `${JSON.stringify(input)} is no type of events: see \`GET /event-types\``,
    }),
  )
  .max(100)
  .transform((names) => [...new Set(names)])
  .meta({
    description: 'Only events of these types, or of a resource\'s, as in "membership.*". None: all events.',
  });

const description = z
  .union([z.literal(""), text(500)])
  .meta({ description: "What it is for, in your words." });

export const newWebhookEndpoint = z
  .strictObject({
    url,
    types: types.default([]),
    description: description.default(""),
    organization: text(63).nullable().exactOptional().meta({
      description:
        "The slug or id of the organization whose events it is told of. null: of all organizations, and of what belongs to none. Default: the caller's organization, where it has one, else null.",
    }),
  })
  .meta({ id: "NewWebhookEndpoint" });

export const webhookEndpointPatch = z
  .strictObject({
    url: url.exactOptional(),
    types: types.exactOptional(),
    description: description.exactOptional(),
    enabled: z.boolean().exactOptional().meta({
      description: "false: nothing is sent to it, and what waits for it fails. It can be replayed later.",
    }),
  })
  .meta({ id: "WebhookEndpointPatch" });

const status = z.enum(["enabled", "disabled", "gone", "unreachable"]).meta({
  description:
    "`disabled`: by hand. `gone`: it answered 410. `unreachable`: it took nothing for days, and a delivery was given up.",
});

export const webhookEndpoint = z
  .object({
    id,
    organizationId: id.nullable().meta({ description: "null: it is told of all organizations' events." }),
    url: z.string(),
    types: z.array(z.string()),
    description: z.string(),
    status,
    disabledAt: timestamp.nullable(),
    failingSince: timestamp
      .nullable()
      .meta({ description: "Nothing has reached it since; null: the last did." }),
    notBefore: timestamp
      .nullable()
      .meta({ description: "It asked to be left alone until then (`Retry-After`)." }),
    previousSecretUntil: timestamp
      .nullable()
      .meta({ description: "So long the secret before signs as well." }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "WebhookEndpoint" });

/** With what takes a look at its deliveries. */
export const webhookEndpointDetails = webhookEndpoint
  .extend({
    pending: z.int().meta({ description: "Deliveries that wait, up to 10,000." }),
    failed: z.int().meta({ description: "Deliveries of the last 30 days that were given up, up to 10,000." }),
  })
  .meta({ id: "WebhookEndpointDetails" });

const secret = z.string().meta({ description: "`whsec_…`: verifies what is sent. Shown this once." });

export const createdWebhookEndpoint = webhookEndpoint
  .extend({ secret })
  .meta({ id: "CreatedWebhookEndpoint" });

export const secretRotation = z
  .strictObject({
    overlapHours: z.int().min(0).max(168).default(24).meta({
      description: "So long the old secret signs as well, so that receivers may change over.",
    }),
  })
  .meta({ id: "WebhookSecretRotation" });

export const rotatedWebhookSecret = z
  .object({ id, secret, previousSecretUntil: timestamp })
  .meta({ id: "RotatedWebhookSecret" });

export const eventTypes = z
  .object({
    items: z.array(z.object({ type: z.string(), resource: z.string(), description: z.string() })),
  })
  .meta({ id: "EventTypes" });

export function webhookEndpointView(row: WebhookEndpoint): z.input<typeof webhookEndpoint> {
  return {
    id: row.id,
    organizationId: row.organizationId,
    url: row.url,
    types: row.types,
    description: row.description,
    status: status.parse(row.status),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
    notBefore: row.notBefore?.toISOString() ?? null,
    previousSecretUntil: row.previousSecretUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
