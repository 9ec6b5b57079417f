import type { ScimRequest } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, instant, timestamp } from "../../api/text.ts";

export const scimRequestQuery = pageQuery.extend({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).exactOptional(),
  status: z
    .string()
    .regex(/^[1-5]\d\d$/, "Must be an HTTP status such as 409")
    .transform(Number)
    .exactOptional()
    .meta({ description: "The HTTP status that it was answered with." }),
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
    changed: z.unknown().meta({ description: "The ids of what it changed; null when it changed nothing." }),
    createdAt: timestamp,
  })
  .meta({ id: "ScimRequest" });

export type ScimRequestQuery = z.output<typeof scimRequestQuery>;

export function scimRequestView(row: ScimRequest): z.input<typeof scimRequest> {
  return {
    id: row.id,
    requestId: row.requestId,
    method: row.method,
    path: row.path,
    status: row.status,
    latencyMs: row.latencyMs,
    requestBody: row.requestBody,
    responseBody: row.responseBody,
    changed: row.changed,
    createdAt: row.createdAt.toISOString(),
  };
}
