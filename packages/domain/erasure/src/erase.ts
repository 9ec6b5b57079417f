import { setTimeout as sleep } from "node:timers/promises";
import { eraseFromChecks } from "@sallyport/application-checks";
import { eraseAnswers } from "@sallyport/audit-streams";
import { openAuditSigner } from "@sallyport/audit-trail";
import type { Database, Sql } from "@sallyport/database";
import { eraseDirectoryUsers } from "@sallyport/directories";
import { fillOutbox, type Origin, recordEvents } from "@sallyport/events";
import {
  deletePerson,
  dropErasure,
  type Erasure,
  endAccessForErasure,
  extendClaim,
  isStillGone,
  lockPeople,
} from "@sallyport/people";
import type { SecretBox } from "@sallyport/secrets";
import { eraseSessions, revokeSessions } from "@sallyport/sessions";
import { eraseFromSignals } from "@sallyport/shared-signals";
import { Search } from "./search.ts";
import { findSubject, type Subject } from "./subject.ts";
import { eraseTypedTexts, eraseWaitingRequests } from "./typed-texts.ts";

export interface EraseDeps {
  readonly database: Database;
  /** This gateway's, as signals name it. */
  readonly publicUrl: string;
  /** Opens the key that signs for the audit trail what is taken out of it. */
  readonly secrets: SecretBox;
  readonly now: () => Date;
}

export interface EraseOptions {
  /** Who erases, as the event names them. */
  readonly origin: Origin;
  /** From then on it leaves the rest to the worker. Default: it goes through with it. */
  readonly until?: Date;
  /** Rows of a log looked at in one transaction. Default 1,000. */
  readonly pageSize?: number;
}

/** How much was erased. */
export interface Erased {
  readonly directoryUsers: number;
  readonly loginRecords: number;
  readonly scimRequests: number;
  readonly auditEvents: number;
}

export type ErasureOutcome =
  | { readonly outcome: "erased"; readonly erased: Erased; readonly sessionsEnded: number }
  /** Nothing was left to do. */
  | { readonly outcome: "already" }
  /** They were deleted, and are back: they stay. */
  | { readonly outcome: "back" }
  /** The time was up; what was looked through is done. */
  | { readonly outcome: "unfinished" };

/** How long a process has for a page before another one may take the erasure over. */
export const CLAIM_MS = 60_000;
const PAGE = 1_000;
/** For events that another process is just numbering. */
const ATTEMPTS = 50;
const WAIT_MS = 100;
// What is recorded has the time at which its transaction began: so what commits during the search may stand before its end.
const OVERLAP_MS = 10 * 60_000;

/**
 * Erases a person whose erasure was asked for, or is due. First the logs are gone through in pages, each a transaction of its
 * own, as long as that leads to anything new: a former address, an earlier user who was linked. Then, in one transaction,
 * whatever was logged meanwhile, the person themselves, and the event. It may be broken off and begun again anywhere, and
 * be done twice at once.
 */
export async function erase(
  { database, publicUrl: issuer, secrets, now }: EraseDeps,
  erasure: Erasure,
  { origin, until, pageSize = PAGE }: EraseOptions,
): Promise<ErasureOutcome> {
  const { organizationId, userId } = erasure;
  if (erasure.erasedAt !== null) {
    return { outcome: "already" };
  }
  if (!erasure.requested && !(await isStillGone(database.sql, organizationId, userId))) {
    return giveUp(database, erasure);
  }
  const subject = await findSubject(database.sql, organizationId, userId);
  const signer = await openAuditSigner(database, secrets, now());
  const search = new Search(subject, { pageSize, signer });
  const startedAt = now();
  do {
    await fillOutbox(database);
    await search.learn(database.sql);
    for await (const _page of search.pages((work) => database.transaction(work), now)) {
      if (until !== undefined && now() >= until) {
        return { outcome: "unfinished" };
      }
      await extendClaim(database.sql, userId, new Date(now().getTime() + CLAIM_MS));
    }
  } while (search.hasLearned);
  const since = new Date(startedAt.getTime() - OVERLAP_MS);
  for (let attempt = 1; ; attempt++) {
    await fillOutbox(database);
    try {
      return await database.transaction((sql) =>
        finish(sql, erasure, search, { issuer, origin, now, since }),
      );
    } catch (error) {
      if (!(error instanceof TooEarly) || attempt === ATTEMPTS) {
        throw error;
      }
      await sleep(WAIT_MS);
    }
  }
}

/** Something was recorded of the person that has no place in the trail yet. */
class TooEarly extends Error {
  constructor() {
    super("An event of the person has no place in the audit trail yet");
    this.name = "TooEarly";
  }
}

/** They are back: nothing of what was noted of their deletion counts any more. */
async function giveUp(database: Database, { organizationId, userId }: Erasure): Promise<ErasureOutcome> {
  await database.transaction(async (sql) => {
    await lockPeople(sql, organizationId);
    if (!(await isStillGone(sql, organizationId, userId))) {
      await dropErasure(sql, organizationId, userId);
    }
  });
  return { outcome: "back" };
}

interface FinishOptions {
  readonly issuer: string;
  readonly origin: Origin;
  readonly now: () => Date;
  readonly since: Date;
}

async function finish(
  sql: Sql,
  { organizationId, userId, membershipId, requested }: Erasure,
  search: Search,
  { issuer, origin, now, since }: FinishOptions,
): Promise<ErasureOutcome> {
  await lockPeople(sql, organizationId);
  if (!requested && !(await isStillGone(sql, organizationId, userId))) {
    await dropErasure(sql, organizationId, userId);
    return { outcome: "back" };
  }
  const subject: Subject = await findSubject(sql, organizationId, userId);
  if (!subject.exists) {
    // The user turned out to be another one meanwhile, and went with that.
    await dropErasure(sql, organizationId, userId);
    return { outcome: "already" };
  }
  const events = await endAccessForErasure(sql, organizationId, userId, now());
  const ended = await revokeSessions(
    sql,
    organizationId,
    { userIds: [userId] },
    { ...origin, reason: "member_erased", now: now() },
  );
  // Directory users first: whoever writes to them, or logs that, waits from here on, and then finds none.
  await eraseDirectoryUsers(sql, organizationId, subject.directoryUserIds, now());
  do {
    await search.learn(sql, subject);
    for await (const _page of search.pages((work) => work(sql), now, since)) {
      // All of it in this transaction.
    }
  } while (search.hasLearned);
  if (search.isTooEarly) {
    throw new TooEarly();
  }
  await eraseTypedTexts(sql, organizationId, search.typedTraces);
  await eraseFromAnswers(sql, issuer, { organizationId, userId }, search);
  await eraseWaitingRequests(sql, subject.organization, subject.sessionIds, now(), search);
  await eraseSessions(sql, organizationId, userId);
  events.push(...(await deletePerson(sql, organizationId, userId, now())));
  const erased = { directoryUsers: subject.directoryUserIds.length, ...search.counts };
  await recordEvents(sql, [
    ...events.map((event) => ({ ...event, ...origin })),
    {
      ...origin,
      organizationId,
      type: "member.erased",
      resource: { type: "user", id: userId },
      data: {
        membershipId: membershipId ?? subject.membershipId,
        reason: requested ? "request" : "retention",
        ...erased,
      },
    },
  ]);
  return { outcome: "erased", erased, sessionsEnded: ended.length };
}

/** Whom others are told of, and what they answered: some send back what they were sent. */
async function eraseFromAnswers(
  sql: Sql,
  issuer: string,
  { organizationId, userId }: Pick<Erasure, "organizationId" | "userId">,
  { addresses, typedTraces }: Search,
): Promise<void> {
  const mentions = (text: string) => typedTraces.mentions(text);
  await eraseAnswers(sql, organizationId, mentions);
  await eraseFromSignals(sql, issuer, { userId, addresses, mentions });
  await eraseFromChecks(sql, mentions);
}
