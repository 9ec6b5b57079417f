import { sentByAll } from "@sallyport/audit-streams";
import { forgetTrail } from "@sallyport/audit-trail";
import type { Database, Sql } from "@sallyport/database";
import {
  acknowledgedByAll,
  forgetDeletedOrganization,
  forgetEvents,
  lastPositionOf,
  listDeletedOrganizations,
} from "@sallyport/events";
import { hasNotices } from "@sallyport/sessions";
import { SIGNALS_CONSUMER } from "@sallyport/shared-signals";
import { hasPendingDeliveries, WEBHOOKS_CONSUMER } from "@sallyport/webhooks";

/** Whoever has not taken an organization's last events by then does not get them. */
const KEPT_MS = 7 * 86_400_000;

/**
 * Deletes the events of deleted organizations, with their trails, once everybody was told of them: webhooks, signal and
 * audit streams, and applications that want back-channel logout. An organization stays on the list for the whole time, so
 * that what a slow transaction records behind its deletion goes as well. Resolves to how many lost events.
 */
export async function forgetDeletedOrganizations(database: Database, now: Date): Promise<number> {
  const { sql } = database;
  let forgotten = 0;
  for (const { id, deletedAt } of await listDeletedOrganizations(sql)) {
    const over = deletedAt.getTime() <= now.getTime() - KEPT_MS;
    const last = await lastPositionOf(sql, id);
    const forget = last !== null && (over || (last !== "unnumbered" && (await isTold(sql, id, last))));
    if (!forget && !over) {
      continue;
    }
    await database.transaction(async (inside) => {
      if (forget) {
        await forgetEvents(inside, id);
        await forgetTrail(inside, id);
        forgotten += 1;
      }
      if (over) {
        await forgetDeletedOrganization(inside, id);
      }
    });
  }
  return forgotten;
}

async function isTold(sql: Sql, organizationId: string, last: number): Promise<boolean> {
  return (
    (await acknowledgedByAll(sql, [WEBHOOKS_CONSUMER, SIGNALS_CONSUMER])) >= last &&
    ((await sentByAll(sql)) ?? last) >= last &&
    !(await hasPendingDeliveries(sql, organizationId)) &&
    !(await hasNotices(sql, organizationId))
  );
}
