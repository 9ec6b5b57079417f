import { type Prisma, type Sql, sqlOverPrisma } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { type Event, type EventDraft, type Origin, recordEvents } from "@sallyport/events";
import { type RevocationScope, revokeSessions } from "@sallyport/sessions";
import { actorOf } from "./access/caller.ts";
import type { Context } from "./context.ts";

/** One transaction of the management API: its writes, the events that tell of them, what follows its commit. */
export interface Change {
  readonly tx: Prisma.TransactionClient;
  readonly sql: Sql;
  readonly now: Date;
  /** Notes an event to be recorded with the commit. Actor, request and address are the request's. */
  record(event: EventDraft): void;
  /** Ends live sessions of the organization, each with its event; their applications are told after the commit. */
  endSessions(organizationId: string, scope: RevocationScope, reason: string): Promise<void>;
  /** Wakes the reconciler after the commit. */
  reconcile(organizationId: string): void;
}

// Deleting an organization or a directory of a million people takes its time; anything else takes milliseconds.
const TRANSACTION = { timeout: 300_000, maxWait: 10_000 };

/**
 * Runs `work` in one transaction and records its events in that same transaction (invariant 7). Nothing is told to
 * anyone before the commit; when `work` throws, nothing has happened.
 */
export async function change<Result>(
  context: Context,
  work: (change: Change) => Promise<Result>,
): Promise<Result> {
  const { deps } = context;
  const toReconcile = new Set<string>();
  let loggedOut = false;
  const result = await deps.database.prisma.$transaction(async (tx) => {
    const sql = sqlOverPrisma(tx);
    const events: Event[] = [];
    const now = deps.now();
    const done = await work({
      tx,
      sql,
      now,
      record: (event) => events.push({ ...event, ...originOf(context) }),
      endSessions: async (organizationId, scope, reason) => {
        const ended = await revokeSessions(sql, organizationId, scope, { reason, now, ...originOf(context) });
        loggedOut ||= ended.length > 0;
      },
      reconcile: (organizationId) => toReconcile.add(organizationId),
    });
    await recordEvents(sql, events);
    return done;
  }, TRANSACTION);
  for (const id of toReconcile) {
    deps.requestReconcile(id);
  }
  if (loggedOut) {
    deps.requestLogout();
  }
  return result;
}

/** Who acts, as an event names them. */
export function originOf(context: Context): Origin {
  return {
    actor: actorOf(context.caller),
    requestId: context.requestId,
    ...defined({ ip: context.ip }),
  };
}
