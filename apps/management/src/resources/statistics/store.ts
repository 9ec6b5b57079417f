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

// By nothing but what the indexes hold: no row is read of a million.
const LOGINS = `
  SELECT date_trunc('hour', l.created_at, 'UTC') AS hour, l.outcome, l.error_code, count(*)::int AS count
  FROM connections c JOIN login_records l ON l.connection_id = c.id AND l.created_at >= $2 AND l.created_at < $3
  WHERE c.organization_id = $1
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

interface PushRow {
  readonly hour: Date;
  readonly outcome: Statistics["pushes"][number]["outcome"];
  readonly count: number;
}

const PUSHES = `
  SELECT date_trunc('hour', r.created_at, 'UTC') AS hour,
         CASE WHEN r.status < 400 THEN 'success' WHEN r.status < 500 THEN 'refused' ELSE 'failure' END AS outcome,
         count(*)::int AS count
  FROM directories d JOIN scim_requests r ON r.directory_id = d.id AND r.created_at >= $2 AND r.created_at < $3
  WHERE d.organization_id = $1 AND r.method <> 'GET'
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
