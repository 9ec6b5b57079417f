import { takeConsoleRole } from "@sallyport/console-access";
import { readDirectoryPerson } from "@sallyport/directories";
import { CLAIM_MS, DEFAULT_RETENTION, erase, readRetention } from "@sallyport/erasure";
import {
  canonicalAddress,
  endAccessForErasure,
  findErasure,
  findPerson,
  isStillGone,
  readPerson,
  requestErasure,
} from "@sallyport/people";
import type { z } from "zod";
import { change, originOf } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import type { erasure, erasureState } from "./schema.ts";

/** How long the answer waits for the logs; the worker goes through the rest. */
const PATIENCE_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

/** Throws `member_not_found`. */
export async function getErasureState(
  { deps }: Context,
  organizationId: string,
  id: string,
): Promise<z.input<typeof erasureState>> {
  const { sql } = deps.database;
  const known = await findErasure(sql, organizationId, id);
  const userId = known?.userId ?? (await findPerson(sql, organizationId, id))?.userId;
  if (userId === undefined) {
    throw problem("member_not_found");
  }
  if (known?.erasedAt != null) {
    const nothing = { sessions: 0, directoryUsers: 0, identities: 0 };
    return { userId, status: "erased", dueAt: null, erasedAt: known.erasedAt.toISOString(), ...nothing };
  }
  const person = await readPerson(sql, organizationId, userId);
  const { deletedPeople: days } = (await readRetention(sql, organizationId)) ?? DEFAULT_RETENTION;
  const waits = known !== null && !known.requested && (await isStillGone(sql, organizationId, userId));
  return {
    userId,
    status: known?.requested === true ? "underWay" : waits ? "waiting" : "none",
    dueAt: waits && days !== null ? new Date(known.deletedAt.getTime() + days * DAY_MS).toISOString() : null,
    erasedAt: null,
    sessions: await deps.database.prisma.session.count({
      where: { userId, organizationId, revokedAt: null, expiresAt: { gt: deps.now() } },
    }),
    directoryUsers: person?.directoryUserIds.length ?? 0,
    identities: person?.identityIds.length ?? 0,
  };
}

/**
 * Ends the person's access and notes that they are to be erased, in one transaction; then erases them. Whatever becomes of this
 * process, the worker goes on with it. Throws `member_not_found`.
 */
export async function eraseMember(
  context: Context,
  organizationId: string,
  id: string,
): Promise<z.input<typeof erasure>> {
  const { deps, caller } = context;
  const { sql } = deps.database;
  const known = await findErasure(sql, organizationId, id);
  if (known?.erasedAt != null) {
    return { userId: known.userId, status: "erased", erasedAt: known.erasedAt.toISOString(), elsewhere: [] };
  }
  const person = await findPerson(sql, organizationId, known?.userId ?? id);
  if (person === null) {
    throw problem("member_not_found");
  }
  const elsewhere =
    caller.organizationId === null ? await findElsewhere(context, organizationId, person.userId) : [];
  await request(context, organizationId, person);
  const asked = await findErasure(sql, organizationId, person.userId);
  if (asked !== null) {
    const until = new Date(deps.now().getTime() + PATIENCE_MS);
    const done = await erase(deps, asked, {
      origin: originOf(context),
      until,
    });
    if (done.outcome === "unfinished") {
      deps.requestErasure();
    }
  }
  const left = await findErasure(sql, organizationId, person.userId);
  const erasedAt = left?.erasedAt ?? null;
  return {
    userId: person.userId,
    status: erasedAt === null ? "underWay" : "erased",
    erasedAt: erasedAt?.toISOString() ?? null,
    elsewhere,
  };
}

async function request(
  context: Context,
  organizationId: string,
  { userId, membershipId }: { readonly userId: string; readonly membershipId: string | null },
): Promise<void> {
  await change(context, async ({ sql, now, record, endSessions, reconcile }) => {
    for (const event of await endAccessForErasure(sql, organizationId, userId, now)) {
      record(event);
    }
    if (membershipId !== null) {
      (await takeConsoleRole(sql, { organizationId, membershipId }))?.forEach(record);
    }
    await endSessions(organizationId, { userIds: [userId] }, "member_erased");
    // Somebody may wait for the seat.
    reconcile(organizationId);
    await requestErasure(
      sql,
      { organizationId, userId, membershipId },
      now,
      new Date(now.getTime() + CLAIM_MS),
    );
    record({
      organizationId,
      type: "member.erasure_requested",
      resource: { type: "user", id: userId },
      data: { membershipId },
    });
  });
}

/** Who holds one of the person's addresses elsewhere: by proof, or by a directory's word. */
async function findElsewhere({ deps }: Context, organizationId: string, userId: string) {
  const { sql } = deps.database;
  const person = await readPerson(sql, organizationId, userId);
  const told = await readDirectoryPerson(sql, organizationId, person?.directoryUserIds ?? []);
  const addresses = [person?.email ?? "", ...told.userNames, ...told.emails].flatMap(
    (text) => canonicalAddress(text) ?? [],
  );
  const { rows } = await sql.query<{
    organization_id: string;
    user_id: string;
    membership_id: string | null;
  }>(
    `SELECT u.organization_id::text AS organization_id, u.id::text AS user_id, m.id::text AS membership_id
     FROM organizations o
     CROSS JOIN LATERAL (
       SELECT n.id, n.organization_id FROM users n
       WHERE n.organization_id = o.id AND n.email = ANY($2::text[])
         AND (n.email_proof IS NOT NULL OR EXISTS (SELECT 1 FROM directory_user_links l WHERE l.user_id = n.id))) u
     LEFT JOIN memberships m ON m.user_id = u.id
     WHERE o.id <> $1::uuid ORDER BY u.id LIMIT 100`,
    [organizationId, addresses],
  );
  return rows.map((row) => ({
    organizationId: row.organization_id,
    userId: row.user_id,
    memberId: row.membership_id,
  }));
}
