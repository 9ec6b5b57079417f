import { UNNAMED_OPERATORS } from "@sallyport/branding";
import { type Database, newId, sqlOverPrisma } from "@sallyport/database";
import { type Event, type EventDraft, recordEvents } from "@sallyport/events";
import { createFirstRoles } from "@sallyport/roles";
import { eventFieldsOf } from "./store.ts";

const SLUG = "operators";

/**
 * Makes the organization whose members may be operators, where there is none yet. An organization that was called `operators`
 * before is none: then ours has another slug.
 */
export async function ensureOperatorsOrganization({ prisma }: Database): Promise<void> {
  if ((await prisma.organization.count({ where: { forOperators: true } })) > 0) {
    return;
  }
  await prisma.$transaction(async (tx) => {
    const sql = sqlOverPrisma(tx);
    await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('operators', 0))::text"); // processes that start together
    if ((await tx.organization.count({ where: { forOperators: true } })) > 0) {
      return;
    }
    const id = newId();
    const taken =
      (await tx.organization.count({ where: { slug: SLUG } })) +
      (await tx.reservedSlug.count({ where: { slug: SLUG } }));
    const slug = taken === 0 ? SLUG : `${SLUG}-${id.slice(-12)}`;
    const row = await tx.organization.create({
      data: { id, slug, name: UNNAMED_OPERATORS, forOperators: true },
    });
    const events: Event[] = [];
    const record = (event: EventDraft) => void events.push({ ...event, actor: { type: "system" } });
    record({
      organizationId: id,
      type: "organization.created",
      resource: { type: "organization", id },
      after: eventFieldsOf(row),
    });
    await createFirstRoles({ tx, sql, record }, id);
    await recordEvents(sql, events);
  });
}
