import type { Sql } from "@sallyport/database";

/** How long an organization keeps what, in days. */
export interface Retention {
  /** A person behind their deletion. Null: for ever. */
  readonly deletedPeople: number | null;
  readonly loginRecords: number;
  readonly scimRequests: number;
  /** Behind their end. */
  readonly sessions: number;
  /** Null: for ever. */
  readonly auditEvents: number | null;
}

export type RetentionKind = keyof Retention;

export const DEFAULT_RETENTION: Retention = {
  deletedPeople: 30,
  loginRecords: 30,
  scimRequests: 30,
  sessions: 30,
  auditEvents: null,
};

/** Within which an organization may choose; only an operator goes beyond. `most: null`: also for ever, where that is a choice. */
export type RetentionBounds = Readonly<
  Record<RetentionKind, { readonly least: number; readonly most: number | null }>
>;

export const DEFAULT_BOUNDS: RetentionBounds = {
  deletedPeople: { least: 0, most: null },
  loginRecords: { least: 1, most: 365 },
  scimRequests: { least: 1, most: 365 },
  sessions: { least: 1, most: 365 },
  auditEvents: { least: 365, most: null },
};

/** Which periods are out of bounds. */
export function outOfBounds(retention: Retention, bounds: RetentionBounds): RetentionKind[] {
  return RETENTION_KINDS.filter((kind) => {
    const days = retention[kind];
    const { least, most } = bounds[kind];
    return days === null ? most !== null : days < least || (most !== null && days > most);
  });
}

export const RETENTION_KINDS = [
  "deletedPeople",
  "loginRecords",
  "scimRequests",
  "sessions",
  "auditEvents",
] as const satisfies readonly RetentionKind[];

interface Row {
  readonly erase_deleted_after_days: number | null;
  readonly login_record_days: number;
  readonly scim_request_days: number;
  readonly session_days: number;
  readonly audit_event_days: number | null;
}

/** What an organization has chosen; null: nothing, so that the defaults count. */
export async function readRetention(sql: Sql, organizationId: string): Promise<Retention | null> {
  const { rows } = await sql.query<Row>(
    `SELECT erase_deleted_after_days, login_record_days, scim_request_days, session_days, audit_event_days
     FROM retention_policies WHERE organization_id = $1::uuid`,
    [organizationId],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : {
        deletedPeople: row.erase_deleted_after_days,
        loginRecords: row.login_record_days,
        scimRequests: row.scim_request_days,
        sessions: row.session_days,
        auditEvents: row.audit_event_days,
      };
}

/** Sets it; null: the defaults count again. */
export async function setRetention(
  sql: Sql,
  organizationId: string,
  retention: Retention | null,
): Promise<void> {
  if (retention === null) {
    await sql.query("DELETE FROM retention_policies WHERE organization_id = $1::uuid", [organizationId]);
    return;
  }
  await sql.query(
    `INSERT INTO retention_policies (organization_id, erase_deleted_after_days, login_record_days, scim_request_days,
                                     session_days, audit_event_days)
     VALUES ($1::uuid, $2::int, $3::int, $4::int, $5::int, $6::int)
     ON CONFLICT (organization_id) DO UPDATE SET erase_deleted_after_days = excluded.erase_deleted_after_days,
       login_record_days = excluded.login_record_days, scim_request_days = excluded.scim_request_days,
       session_days = excluded.session_days, audit_event_days = excluded.audit_event_days`,
    [
      organizationId,
      retention.deletedPeople,
      retention.loginRecords,
      retention.scimRequests,
      retention.sessions,
      retention.auditEvents,
    ],
  );
}
