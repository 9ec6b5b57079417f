import { z } from "zod";
import { instant, timestamp } from "../../api/text.ts";

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
