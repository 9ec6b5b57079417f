import { defined } from "@sallyport/defined";
import { pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { SESSION_USER, type SessionQuery, sessionView } from "./schema.ts";

export async function listSessions(context: Context, organizationId: string, query: SessionQuery) {
  const { database, now } = context.deps;
  const { where, ...rest } = pageArguments(query, "desc");
  const of = defined({ userId: query.userId, connectionId: query.connectionId });
  const live = query.live === undefined ? {} : liveOrNot(query.live, now());
  const rows = await database.prisma.session.findMany({
    ...rest,
    where: { AND: [{ organizationId, ...of }, live, where] },
    include: SESSION_USER,
  });
  return toPage(rows, query, (row) => sessionView(row, now()));
}

function liveOrNot(live: boolean, now: Date) {
  return live
    ? { revokedAt: null, expiresAt: { gt: now } }
    : { OR: [{ revokedAt: { not: null } }, { expiresAt: { lte: now } }] };
}

export async function getSession(context: Context, organizationId: string, id: string) {
  const { database, now } = context.deps;
  const row = await database.prisma.session.findFirst({
    where: { id, organizationId },
    include: SESSION_USER,
  });
  if (row === null) {
    throw problem("session_not_found");
  }
  return sessionView(row, now());
}

/** Ends it; one that has ended already stays as it is. Throws `session_not_found`. */
export async function endSession(context: Context, organizationId: string, id: string): Promise<void> {
  await getSession(context, organizationId, id);
  await change(context, ({ endSessions }) =>
    endSessions(organizationId, { sessionIds: [id] }, "revoked_by_operator"),
  );
}
