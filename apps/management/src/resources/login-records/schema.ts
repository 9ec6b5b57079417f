import type { LoginRecord } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, instant, text, timestamp } from "../../api/text.ts";

const outcome = z.enum(["started", "success", "failure"]);

export const loginRecordQuery = pageQuery.extend({
  connectionId: id.exactOptional(),
  sessionId: id.exactOptional().meta({ description: "The sign-in that made this session." }),
  requestId: text(64).exactOptional().meta({ description: "What a person was shown on an error page." }),
  outcome: outcome.exactOptional(),
  errorCode: text(64)
    .exactOptional()
    .meta({ description: "The cause of failures, as the records have it: `audience_mismatch`." }),
  since: instant.exactOptional(),
  until: instant.exactOptional(),
});

const step = z.looseObject({ name: z.string(), at: z.string() });

/** A record in a list: without the messages, which may be long. */
export const loginRecordSummary = z
  .object({
    id,
    connectionId: id,
    sessionId: id.nullable(),
    requestId: z.string(),
    outcome,
    errorCode: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({ id: "LoginRecordSummary" });

export const loginRecord = loginRecordSummary
  .extend({
    steps: z.array(step).meta({ description: "What was done and checked, in order." }),
    request: z.string().nullable().meta({ description: "What the identity provider was sent." }),
    response: z.string().nullable().meta({ description: "What it answered, decoded, secrets masked." }),
  })
  .meta({ id: "LoginRecord" });

export type LoginRecordQuery = z.output<typeof loginRecordQuery>;

type Summary = Omit<LoginRecord, "steps" | "request" | "response" | "organizationId">;

export function loginRecordSummaryView(row: Summary): z.input<typeof loginRecordSummary> {
  return {
    id: row.id,
    connectionId: row.connectionId,
    sessionId: row.sessionId,
    requestId: row.requestId,
    outcome: outcome.parse(row.outcome),
    errorCode: row.errorCode,
    createdAt: row.createdAt.toISOString(),
  };
}

export function loginRecordView(row: LoginRecord): z.input<typeof loginRecord> {
  return {
    ...loginRecordSummaryView(row),
    steps: z.array(step).parse(row.steps),
    request: row.request,
    response: row.response,
  };
}
