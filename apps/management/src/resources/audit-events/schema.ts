import type { RecordedEvent } from "@sallyport/events";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, instant, text, timestamp } from "../../api/text.ts";

export const ACTOR_TYPES = ["apiKey", "directory", "setupLink", "user", "operator", "system"] as const;

const filter = {
  type: text(100).exactOptional().meta({ description: 'As in "membership.suspended".' }),
  actor: text(100).exactOptional().meta({
    description: "An actor's id, or a type of actors: apiKey, directory, setupLink, user, operator, system.",
  }),
  resource: text(200).exactOptional().meta({ description: "The id of what it was done to." }),
  outcome: z.enum(["success", "failure", "denied"]).exactOptional(),
  requestId: text(200).exactOptional().meta({ description: "What one request did." }),
  since: instant.exactOptional().meta({ description: "From this time on." }),
  until: instant.exactOptional().meta({ description: "Before this time." }),
};

export const auditQuery = pageQuery.extend(filter);

export const exportQuery = z.strictObject({
  ...filter,
  format: z.enum(["ndjson", "csv"]).default("ndjson"),
  after: id.exactOptional().meta({
    description: "The id of the last event of an export that broke: what follows it is sent.",
  }),
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
export type ExportQuery = z.output<typeof exportQuery>;
export type AuditEvent = z.input<typeof auditEvent>;

export function auditEventView(event: RecordedEvent): AuditEvent {
  const { id, sequence, type, actor, resource, outcome, requestId, ip, before, after, data } = event;
  return {
    id,
    sequence,
    type,
    actor: { type: actor.type, id: "id" in actor ? actor.id : null },
    resource,
    outcome,
    requestId: requestId ?? null,
    ip: ip ?? null,
    before: before ?? null,
    after: after ?? null,
    data: data ?? {},
    createdAt: event.occurredAt.toISOString(),
  };
}
