import type { ScimRequest } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, instant, text, timestamp } from "../../api/text.ts";
import type { LiveRequest } from "./live/read.ts";

export const scimRequestQuery = pageQuery.extend({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).exactOptional(),
  status: z
    .string()
    .regex(/^[1-5](?:\d\d|xx)$/, "Must be an HTTP status such as 409, or a class of them such as 4xx")
    .exactOptional()
    .meta({ description: "What it was answered with: 409, or any of 4xx." }),
  path: text(500).exactOptional().meta({ description: "What the path, with its query, contains." }),
  requestId: text(64).exactOptional().meta({ description: "As the client found it in `x-request-id`." }),
  resourceId: id.exactOptional().meta({ description: "Requests that changed this SCIM user or group." }),
  since: instant.exactOptional(),
  until: instant.exactOptional(),
});

export const scimRequest = z
  .object({
    id,
    requestId: z.string(),
    method: z.string(),
    path: z.string(),
    status: z.int(),
    latencyMs: z.number(),
    requestBody: z.unknown().meta({ description: "As it came, secrets masked; null when there was none." }),
    responseBody: z.unknown(),
    notes: z.array(z.string()).meta({
      description: "What was left out of what it asked for, and why, as the directory's `provider` has it.",
    }),
    changed: z.unknown().meta({ description: "The ids of what it changed; null when it changed nothing." }),
    reconciled: z.boolean().nullable().meta({
      description:
        "Whether the users and groups under `changed` were looked at since they last changed, and memberships and roles brought to what they say. Of a group that was renamed or deleted, its members follow after. Null when it changed nothing.",
    }),
    dryRun: z.boolean().meta({
      description:
        "Whether the client only tried it (`Prefer: handling=dry-run`): answered as it would have been, and nothing changed.",
    }),
    createdAt: timestamp,
  })
  .meta({ id: "ScimRequest" });

export const liveRequest = scimRequest
  .pick({ id: true, method: true, path: true, status: true, notes: true, dryRun: true, createdAt: true })
  .extend({
    changed: z
      .object({ users: z.array(id), groups: z.array(id) })
      .meta({ description: "The ids of what it changed." }),
  })
  .meta({ id: "LiveScimRequest" });

export type ScimRequestQuery = z.output<typeof scimRequestQuery>;

/** What a request changed, of `scim_requests.changed`. */
const changedIds = z.object({
  users: z.array(z.string()).default([]),
  groups: z.array(z.string()).default([]),
});

const notesIn = z
  .array(z.string())
  .nullable()
  .transform((notes) => notes ?? []);

/** @param waiting ids of users and groups that the reconciler has not seen as they are now */
export function scimRequestView(row: ScimRequest, waiting: ReadonlySet<string>): z.input<typeof scimRequest> {
  return {
    id: row.id,
    requestId: row.requestId,
    method: row.method,
    path: row.path,
    status: row.status,
    latencyMs: row.latencyMs,
    requestBody: row.requestBody,
    responseBody: row.responseBody,
    notes: notesIn.parse(row.notes),
    changed: row.changed,
    reconciled: row.changed === null ? null : !idsOf(row).some((changed) => waiting.has(changed)),
    dryRun: row.dryRun,
    createdAt: row.createdAt.toISOString(),
  };
}

export function liveRequestView(row: LiveRequest): z.input<typeof liveRequest> {
  const { id, method, path, status, dryRun, createdAt } = row;
  return {
    ...{ id, method, path, status, dryRun },
    notes: notesIn.parse(row.notes),
    changed: changedIds.parse(row.changed ?? {}),
    createdAt: createdAt.toISOString(),
  };
}

export function idsOf({ changed }: ScimRequest): string[] {
  if (changed === null) {
    return [];
  }
  const { users, groups } = changedIds.parse(changed);
  return [...users, ...groups];
}
