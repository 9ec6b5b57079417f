import type { z } from "zod";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { periodOf, type statistics, type statisticsQuery } from "./schema.ts";

type Statistics = z.input<typeof statistics>;

interface LoginRow {
  readonly hour: Date;
  readonly outcome: Statistics["logins"][number]["outcome"];
  readonly error_code: string | null;
  readonly count: number;
}

// By nothing but what the indexes hold, hour by hour: no row is read of a million, and none is sorted.
const HOURS = "generate_series($2::timestamptz, $3::timestamptz, interval '1 hour') AS h (hour)";
const WITHIN = "created_at >= h.hour AND created_at < least(h.hour + interval '1 hour', $3::timestamptz)";

const LOGINS = `
  SELECT h.hour, l.outcome, l.error_code, sum(l.count)::int AS count
  FROM ${HOURS} CROSS JOIN connections c
  CROSS JOIN LATERAL (
    SELECT outcome, error_code, count(*) AS count FROM login_records
    WHERE connection_id = c.id AND ${WITHIN}
    GROUP BY 1, 2) AS l
  WHERE c.organization_id = $1
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

interface PushRow {
  readonly hour: Date;
  readonly outcome: Statistics["pushes"][number]["outcome"];
  readonly count: number;
}

const PUSHES = `
  SELECT h.hour, r.outcome, sum(r.count)::int AS count
  FROM ${HOURS} CROSS JOIN directories d
  CROSS JOIN LATERAL (
    SELECT CASE WHEN status < 400 THEN 'success' WHEN status < 500 THEN 'refused' ELSE 'failure' END AS outcome,
           count(*) AS count
    FROM scim_requests
    WHERE directory_id = d.id AND ${WITHIN} AND method <> 'GET'
    GROUP BY 1) AS r
  WHERE d.organization_id = $1
  GROUP BY 1, 2 ORDER BY 1, 2`;

/** Logins and pushes by the hour. Throws `period_invalid`. */
export async function readStatistics(
  { deps }: Context,
  organizationId: string,
  query: z.output<typeof statisticsQuery>,
): Promise<Statistics> {
  const { sql } = deps.database;
  const period = periodOf(query, deps.now());
  if (period === null) {
    throw problem("period_invalid", { field: "from" });
  }
  const { from, to } = period;
  const [logins, pushes] = await Promise.all([
    sql.query<LoginRow>(LOGINS, [organizationId, from, to]),
    sql.query<PushRow>(PUSHES, [organizationId, from, to]),
  ]);
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    logins: logins.rows.map(({ hour, outcome, error_code: cause, count }) => ({
      ...{ hour: hour.toISOString(), outcome, cause, count },
    })),
    pushes: pushes.rows.map(({ hour, ...counted }) => ({ hour: hour.toISOString(), ...counted })),
  };
}
