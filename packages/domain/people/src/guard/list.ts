import type { Sql } from "@sallyport/database";

/** A change of a directory, or by a connection's signals, that its guard did not let through. */
export interface HeldChange {
  readonly id: string;
  /** Whose it is: one of the two, with its name. */
  readonly directory: { readonly id: string; readonly name: string } | null;
  readonly connection: { readonly id: string; readonly name: string } | null;
  readonly status: "held" | "confirmed" | "rejected" | "withdrawn";
  /** Of how many people anything is held now (of a connection: whose sessions would end), and how many of them would be suspended. */
  readonly people: number;
  readonly suspended: number;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
}

interface Row {
  readonly id: string;
  readonly directory_id: string | null;
  readonly directory_name: string | null;
  readonly connection_id: string | null;
  readonly connection_name: string | null;
  readonly status: HeldChange["status"];
  readonly people: number;
  readonly suspended: number;
  readonly created_at: Date;
  readonly decided_at: Date | null;
}

const SELECT = `
  SELECT c.id, c.directory_id, d.name AS directory_name, c.connection_id, n.name AS connection_name, c.status::text,
         c.created_at, c.decided_at, count.people::int + ends.people::int AS people, count.suspended::int
  FROM held_changes c
  LEFT JOIN directories d ON d.id = c.directory_id
  LEFT JOIN connections n ON n.id = c.connection_id
  CROSS JOIN LATERAL (
    SELECT count(*) AS people, count(*) FILTER (WHERE h.suspends) AS suspended FROM held_people h
    WHERE h.held_change_id = c.id) count
  CROSS JOIN LATERAL (
    SELECT count(*) AS people FROM held_session_ends h WHERE h.held_change_id = c.id) ends
  WHERE c.organization_id = $1::uuid`;

/** The newest first. */
export async function listHeldChanges(
  sql: Sql,
  organizationId: string,
  page: {
    readonly status: HeldChange["status"] | null;
    readonly after: { readonly createdAt: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<HeldChange[]> {
  const { rows } = await sql.query<Row>(
    `${SELECT}
       AND ($2::held_change_status IS NULL OR c.status = $2::held_change_status)
       AND ($3::timestamptz IS NULL OR (c.created_at, c.id) < ($3::timestamptz, $4::uuid))
     ORDER BY c.created_at DESC, c.id DESC LIMIT $5::int`,
    [organizationId, page.status, page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(heldChangeOf);
}

export async function findHeldChange(
  sql: Sql,
  organizationId: string,
  id: string,
): Promise<HeldChange | null> {
  const { rows } = await sql.query<Row>(`${SELECT} AND c.id = $2::uuid`, [organizationId, id]);
  return rows[0] === undefined ? null : heldChangeOf(rows[0]);
}

function heldChangeOf(row: Row): HeldChange {
  return {
    id: row.id,
    directory: named(row.directory_id, row.directory_name),
    connection: named(row.connection_id, row.connection_name),
    status: row.status,
    people: row.people,
    suspended: row.suspended,
    createdAt: row.created_at,
    decidedAt: row.decided_at,
  };
}

function named(id: string | null, name: string | null) {
  return id === null ? null : { id, name: name ?? "" };
}
