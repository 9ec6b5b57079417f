import { z } from "zod";
import { id, instant, timestamp } from "../../api/text.ts";

const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 31;

const count = z.int();

export const statisticsQuery = z.strictObject({
  from: instant
    .exactOptional()
    .meta({ description: "From the hour of this time on. Default: a day before `to`." }),
  to: instant.exactOptional().meta({
    description: `Before this time, at most ${MOST_DAYS} days after \`from\`. Default: now.`,
  }),
});

export const statistics = z
  .object({
    from: timestamp,
    to: timestamp,
    logins: z
      .array(
        z.object({
          hour: timestamp.meta({ description: "When it began." }),
          outcome: z.enum(["started", "success", "failure"]),
          cause: z.string().nullable().meta({ description: "The error code of failures." }),
          count,
        }),
      )
      .meta({ description: "Attempts to sign in. Hours without one are left out. Kept for 30 days." }),
    pushes: z
      .array(
        z.object({
          hour: timestamp,
          outcome: z.enum(["success", "refused", "failure"]).meta({
            description: "`refused`: answered 4xx. `failure`: answered 5xx.",
          }),
          count,
        }),
      )
      .meta({ description: "SCIM requests that write. Kept for 30 days." }),
  })
  .meta({ id: "Statistics" });

export const overview = z
  .object({
    connections: z.object({ active: count, disabled: count }),
    certificates: z
      .array(
        z.object({
          connectionId: id,
          connection: z.string().meta({ description: "The connection's name." }),
          of: z.enum(["identityProvider", "gateway"]).meta({
            description: "Whose key it is: the identity provider's, or the connection's own.",
          }),
          fingerprint: z.string(),
          notAfter: timestamp,
          expiresInDays: z.int().meta({ description: "Below zero once it has expired." }),
        }),
      )
      .meta({ description: "Those that end within 60 days or have ended, the first to end first." }),
    lastLoginAt: timestamp.nullable().meta({ description: "Of somebody who was let in." }),
    directory: z
      .object({
        active: count,
        disabled: count,
        lastRequestAt: timestamp.nullable(),
        pending: count.meta({ description: "Users and groups that were pushed and not yet reconciled." }),
        lagSeconds: z
          .number()
          .meta({ description: "Since when the oldest of them waits; 0 where none does." }),
      })
      .meta({ description: "All directories together." }),
    openConflicts: count,
  })
  .meta({ id: "OrganizationOverview" });

/** The period that a query asks for; null where there is none, or it is too long. */
export function periodOf(
  query: z.output<typeof statisticsQuery>,
  now: Date,
): { readonly from: Date; readonly to: Date } | null {
  const to = query.to ?? now;
  const from = new Date(query.from ?? to.getTime() - DAY_MS);
  from.setUTCMinutes(0, 0, 0);
  const length = to.getTime() - from.getTime();
  return length > 0 && length <= MOST_DAYS * DAY_MS + 3_600_000 ? { from, to } : null;
}
