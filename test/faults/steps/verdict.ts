import { readFile } from "node:fs/promises";
import { parseAnchors } from "@sallyport/audit-trail";
import { decodeJwt } from "jose";
import { expect } from "vitest";
import { brokenSeals, gapsInOutbox } from "../verdict.ts";
import type { Stored } from "./receiver.ts";
import type { StepsWorld } from "./world.ts";

const PATIENCE = { timeout: 180_000, interval: 500 };

/**
 * What must hold whoever died where, once everything is worked off: each event was delivered, the first time in order (of
 * its resource by webhooks, of all by streams and signals), sequences have no gap, the trail has each entry once, what is
 * anchored is its, and nothing is leased any more.
 */
export async function expectEverythingTold(world: StepsWorld): Promise<void> {
  const { installation, receiver, organizationId, roles, anchorFile } = world;
  const { sql } = installation.database;
  let looks = 0;
  await expect
    .poll(async () => {
      looks += 1;
      if (looks % 10 === 0) {
        await world.endLeases();
      }
      return unfinished(world);
    }, PATIENCE)
    .toEqual({ events: 0, unsealed: 0, deliveries: 0, signals: 0, lag: 0, unanchored: 0 });

  const { rows: recorded } = await sql.query<{
    id: string;
    type: string;
    resource: string;
    sequence: string;
  }>(
    `SELECT e.id, e.type, e.resource_id AS resource, o.sequence FROM outbox o JOIN events e ON e.id = o.event_id
     WHERE o.organization_id = $1 ORDER BY o.sequence`,
    [organizationId],
  );
  const ids = (type?: string) =>
    recorded.filter((event) => type === undefined || event.type === type).map(({ id }) => id);

  const webhooks = (await receiver.stored("/webhooks")).map((one) => ({
    id: (JSON.parse(one.body) as { data: { id: string } }).data.id,
    message: one.headers["webhook-id"],
  }));
  expect(firstOf(webhooks.map(({ id }) => id)).toSorted()).toEqual(ids("role.updated").toSorted());
  expect(new Set(webhooks.map(({ id, message }) => `${id} ${message}`)).size).toBe(
    ids("role.updated").length,
  );
  for (const role of roles) {
    const own = recorded.filter(({ type, resource }) => type === "role.updated" && resource === role);
    const wanted = new Set(own.map(({ id }) => id));
    expect(firstOf(webhooks.map(({ id }) => id).filter((id) => wanted.has(id)))).toEqual([...wanted]);
  }

  const signals = (await receiver.stored("/signals")).map(({ body }) => decodeJwt(body));
  const ended = recorded.filter(({ type }) => type === "session.revoked").map(({ resource }) => resource);
  const sessions = new Map(signals.map(({ jti = "", sub_id }) => [jti, sessionOf(sub_id)]));
  expect([...sessions.values()]).toEqual(ended);

  const lines = (await receiver.stored("/stream"))
    .flatMap(linesOf)
    .map((line) => (JSON.parse(line) as { id: string }).id);
  // It was made when there were events already.
  const from = recorded.findIndex(({ id }) => id === lines[0]);
  expect(from).toBeGreaterThanOrEqual(0);
  expect(firstOf(lines)).toEqual(ids().slice(from));
  expect(ids().slice(0, from).length).toBeLessThan(5);

  expect(await gapsInOutbox(sql)).toEqual([]);
  const outside = [
    await readFile(anchorFile, "utf8"),
    (await receiver.stored("/anchors")).map(({ body }) => body).join(""),
  ].map(parseAnchors);
  for (const { anchors, badLine } of outside) {
    expect(badLine).toBeUndefined();
    expect(anchors.length).toBeGreaterThan(0);
    expect(await brokenSeals(sql, anchors)).toEqual([]);
  }
  expect(await changedWithoutEvent(world)).toEqual([]);
}

const firstOf = (ids: readonly string[]) => [...new Set(ids)];
const linesOf = ({ body }: Stored) => body.split("\n").filter((line) => line !== "");

function sessionOf(subject: unknown): string {
  return (subject as { session: { id: string } }).session.id;
}

async function unfinished({ installation, organizationId }: StepsWorld): Promise<unknown> {
  const { rows } = await installation.database.sql.query(
    `SELECT (SELECT count(*)::int FROM events e
             WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = e.id)) AS events,
            (SELECT count(*)::int FROM outbox_sequences q LEFT JOIN audit_trails t USING (organization_id)
             WHERE q.last > coalesce(t.last_sequence, 0)) AS unsealed,
            (SELECT count(*)::int FROM webhook_deliveries WHERE status = 'pending' OR due_at IS NOT NULL)
              + (SELECT count(*)::int FROM outbox_consumers, outbox_state
                 WHERE outbox_consumers.position < outbox_state.position) AS deliveries,
            (SELECT count(*)::int FROM pending_signals)
              + (SELECT count(*)::int FROM signal_streams WHERE due_at IS NOT NULL) AS signals,
            (SELECT count(*)::int FROM audit_streams s JOIN outbox_sequences q USING (organization_id)
             WHERE s.position < q.last OR s.leased_until > now()) AS lag,
            (SELECT count(*)::int FROM audit_trails t
             WHERE t.organization_id = $1
               AND (SELECT count(*) FROM audit_anchors a
                    WHERE a.organization_id = t.organization_id AND a.number = t.number) < 2) AS unanchored`,
    [organizationId],
  );
  return rows[0];
}

/** Roles whose events do not tell their story: each change once, up to what it is called now. */
async function changedWithoutEvent({ installation, roles }: StepsWorld): Promise<unknown[]> {
  const { rows } = await installation.database.sql.query(
    `SELECT r.id, r.name, told.names FROM roles r
     CROSS JOIN LATERAL (
       SELECT array_agg(e.after ->> 'name' ORDER BY e.serial) AS names,
              array_agg(e.before ->> 'name' ORDER BY e.serial) AS befores
       FROM events e WHERE e.resource_id = r.id::text AND e.type = 'role.updated') told
     WHERE r.id = ANY ($1::uuid[])
       AND (told.names[cardinality(told.names)] IS DISTINCT FROM r.name
            OR told.befores <> array_prepend('0', told.names[1:cardinality(told.names) - 1]))`,
    [roles],
  );
  return rows;
}
