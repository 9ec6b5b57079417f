import type { Sql } from "@sallyport/database";
import { noteChange } from "../changes.ts";
import { lockOutbox } from "./lock.ts";

/** An organization that was deleted, and of whose events there may still be something to tell. */
export interface DeletedOrganization {
  readonly id: string;
  readonly deletedAt: Date;
}

/** Its events stay until whoever is to be told of them has been: call it in the transaction of the deletion. */
export async function noteDeletedOrganization(
  sql: Sql,
  { id, deletedAt }: DeletedOrganization,
): Promise<void> {
  await sql.query("INSERT INTO deleted_organizations (id, deleted_at) VALUES ($1::uuid, $2)", [
    id,
    deletedAt,
  ]);
}

export async function listDeletedOrganizations(sql: Sql): Promise<DeletedOrganization[]> {
  const { rows } = await sql.query<{ id: string; deleted_at: Date }>(
    "SELECT id, deleted_at FROM deleted_organizations ORDER BY deleted_at, id",
    [],
    "deleted_organizations",
  );
  return rows.map((row) => ({ id: row.id, deletedAt: row.deleted_at }));
}

/**
 * The position of an organization's last event; "unnumbered" where one is not in the outbox yet, null where it has none.
 */
export async function lastPositionOf(
  sql: Sql,
  organizationId: string,
): Promise<number | "unnumbered" | null> {
  const { rows } = await sql.query<{ unnumbered: boolean; last: string | null }>(
    `SELECT EXISTS (
       SELECT 1 FROM events e WHERE e.organization_id = $1::uuid
         AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = e.id)) AS unnumbered,
       (SELECT position FROM outbox WHERE organization_id = $1::uuid ORDER BY sequence DESC LIMIT 1) AS last`,
    [organizationId],
    "deleted_organization_last",
  );
  const [row] = rows;
  if (row?.unnumbered === true) {
    return "unnumbered";
  }
  return row?.last == null ? null : Number(row.last);
}

/** Deletes the events of a deleted organization, with their places in the outbox: in one transaction with its trail. */
export async function forgetEvents(sql: Sql, organizationId: string): Promise<void> {
  await lockOutbox(sql);
  await sql.query("DELETE FROM outbox WHERE organization_id = $1::uuid", [organizationId]);
  await sql.query("DELETE FROM outbox_sequences WHERE organization_id = $1::uuid", [organizationId]);
  await sql.query("DELETE FROM events WHERE organization_id = $1::uuid", [organizationId]);
  await noteChange(sql, { kind: "deleted", organizationId });
}

/** Nothing of it is left to be looked after. */
export async function forgetDeletedOrganization(sql: Sql, id: string): Promise<void> {
  await sql.query("DELETE FROM deleted_organizations WHERE id = $1::uuid", [id]);
}
