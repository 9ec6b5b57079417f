import type { Event } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, instant, text, timestamp } from "../../api/text.ts";

export const ACTOR_TYPES = ["apiKey", "directory", "setupLink", "user", "operator", "system"] as const;

export const auditQuery = pageQuery.extend({
  type: text(100).exactOptional().meta({ description: 'As in "membership.suspended".' }),
  actor: text(100).exactOptional().meta({
    description: "An actor's id, or a type of actors: apiKey, directory, setupLink, user, operator, system.",
  }),
  resource: text(200).exactOptional().meta({ description: "The id of what it was done to." }),
  outcome: z.enum(["success", "failure", "denied"]).exactOptional(),
  requestId: text(200).exactOptional().meta({ description: "What one request did." }),
  since: instant.exactOptional().meta({ description: "From this time on." }),
  until: instant.exactOptional().meta({ description: "Before this time." }),
});

export const auditEvent = z
  .object({
    id,
    sequence: z.int().nullable().meta({
      description: "Counts the events of the organization, without a gap; null for a moment after the event.",
    }),
    type: z.string(),
    actor: z.object({ type: z.string(), id: z.string().nullable() }),
    resource: z.object({ type: z.string(), id: z.string() }),
    outcome: z.string(),
    requestId: z.string().nullable(),
    ip: z.string().nullable(),
    before: z.unknown().meta({ description: "What was, of that which changed; null where nothing was." }),
    after: z
      .unknown()
      .meta({ description: "What is now, of that which changed; null where nothing is left." }),
    data: z.unknown().meta({ description: "What else there is to know." }),
    createdAt: timestamp,
  })
  .meta({ id: "AuditEvent" });

export type AuditQuery = z.output<typeof auditQuery>;

export function auditEventView(row: Event, sequence: number | null): z.input<typeof auditEvent> {
  return {
    id: row.id,
    sequence,
    type: row.type,
    actor: { type: row.actorType, id: row.actorId },
    resource: { type: row.resourceType, id: row.resourceId },
    outcome: row.outcome,
    requestId: row.requestId,
    ip: row.ip,
    before: row.before,
    after: row.after,
    data: row.data ?? {},
    createdAt: row.createdAt.toISOString(),
  };
}
