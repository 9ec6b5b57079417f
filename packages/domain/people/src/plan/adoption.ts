import type { Sql } from "@sallyport/database";
import { endReview, readPushedUsers, START } from "@sallyport/directories";
import { decideAccess } from "../directory/access.ts";
import { decideAsserted } from "../directory/asserted.ts";
import type { Batch, PushedUser } from "../directory/batch.ts";
import { decideLinks, storeLinks } from "../directory/link.ts";
import { createUsers } from "../directory/profiles.ts";
import { withoutHeld } from "../guard/losses.ts";
import { type AccessRules, readRules } from "../policy/policy.ts";
import { type AccessChange, changesIn, type PlanCounts } from "./access.ts";
import {
  countMatches,
  listMatches,
  type MatchedMember,
  type MatchState,
  type Position,
} from "./directory.ts";

/** Whom to list: members by how the directory matches them, those who would lose anything, or people who would come. */
export type AdoptionList = MatchState | "losing" | "new";

/** A member, or somebody who would become one, with what would become of their access. */
export interface AdoptedPerson extends Omit<MatchedMember, "state" | "source" | "status" | "userId"> {
  /** Null: they would become one. */
  readonly userId: string | null;
  readonly status: MatchedMember["status"] | null;
  readonly source: MatchedMember["source"] | null;
  readonly state: MatchState | "new";
  readonly suspended: boolean;
  readonly gains: readonly string[];
  readonly loses: readonly string[];
  /** Whether they may be the same as another user, whom the directory would not be matched with by itself. */
  readonly disputed: boolean;
}

export interface AdoptionPlan {
  /** Members by how the directory would match them, and how many people would become members. */
  readonly counts: Readonly<Record<MatchState | "new", number>>;
  /** What would become of those who are members. */
  readonly access: PlanCounts;
  /** Whom to list, one more than the page holds where more follow. */
  readonly people: readonly AdoptedPerson[];
}

export interface AdoptionPage {
  readonly list: AdoptionList;
  readonly after: Position | null;
  readonly limit: number;
}

/** As many as the worker takes at once, so that what one batch decides is there for the next in the same way. */
const BATCH = 500;

/**
 * Tells what would become of people if a directory's review ended now: by the decisions of the worker, batch by batch in
 * its order. Each batch stores whom its directory users would stand for, since the next one's decisions rest on it: so the
 * transaction must be rolled back. It locks no member. One at a time of an organization: "busy" while another is under way.
 *
 * @param sql inside a transaction that will be rolled back
 */
export async function planAdoption(
  sql: Sql,
  organizationId: string,
  directoryId: string,
  now: Date,
  page: AdoptionPage,
): Promise<AdoptionPlan | "busy"> {
  const { rows: lock } = await sql.query<{ taken: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('adoption plan:' || $1::text, 0)) AS taken",
    [organizationId],
  );
  if (lock[0]?.taken !== true) {
    return "busy";
  }
  await endReview(sql, organizationId, directoryId);
  const rules = await readRules(sql, organizationId, now);
  const found: Found = { changes: new Map(), coming: new Map(), disputed: new Set() };
  let after = START;
  for (;;) {
    const pushed = await readPushedUsers(sql, organizationId, directoryId, { after, limit: BATCH });
    await planBatch({ sql, organizationId, now }, pushed, rules, found);
    const last = pushed.at(-1);
    if (last === undefined || pushed.length < BATCH) {
      break;
    }
    after = last.id;
  }
  const { counts } = await countMatches(sql, organizationId, directoryId);
  const changes = [...found.changes.values()];
  return {
    counts: { ...counts, new: found.coming.size },
    access: {
      people: changes.length,
      gain: changes.filter(({ gains }) => gains.length > 0).length,
      lose: changes.filter(({ loses }) => loses.length > 0).length,
      suspend: changes.filter(({ suspended }) => suspended).length,
      admit: changes.filter(({ admitted }) => admitted).length,
    },
    people:
      page.list === "new"
        ? await comingPeople(sql, organizationId, directoryId, found, page)
        : await members(sql, organizationId, directoryId, found, { ...page, list: page.list }),
  };
}

interface Found {
  /** Of members, by user. */
  readonly changes: Map<string, AccessChange>;
  /** Who would become a member, by user: the roles that they would have. */
  readonly coming: Map<string, readonly string[]>;
  readonly disputed: Set<string>;
}

async function planBatch(
  batch: Batch,
  pushed: readonly PushedUser[],
  rules: AccessRules,
  found: Found,
): Promise<void> {
  const { links, conflicts } = await decideLinks(batch, pushed);
  await createUsers(batch, links);
  await storeLinks(batch, links);
  for (const { userId, otherUserId } of conflicts) {
    found.disputed.add(userId).add(otherUserId);
  }
  const userIds = [...new Set(links.map(({ userId }) => userId))];
  const made = new Set(links.filter(({ isNewUser }) => isNewUser).map(({ userId }) => userId));
  const decided = withoutHeld(
    await decideAccess(batch, userIds, { purpose: "plan", rules, mappings: null, made }),
  );
  const created = new Set(decided.memberships.created);
  const present = decided.memberships.memberships.filter((membership) => !created.has(membership));
  const changes = changesIn(
    decided,
    present.map(({ id, userId }) => ({ id, user_id: userId, email: null, name: null })),
  );
  for (const userId of userIds) {
    found.changes.delete(userId);
    found.coming.delete(userId);
  }
  for (const change of changes) {
    found.changes.set(change.userId, change);
  }
  for (const { id, userId, status } of created) {
    // Those who will wait for a seat are included.
    if (status !== "suspended") {
      const granted = decided.bindings.granted.filter(({ membershipId }) => membershipId === id);
      found.coming.set(
        userId,
        granted.map(({ roleId }) => decided.bindings.roles.get(roleId) ?? roleId).toSorted(),
      );
    }
  }
  for (const { membershipId, userId, next } of await decideAsserted(batch, pushed, "plan")) {
    if (next === "ended") {
      found.changes.set(userId, {
        ...{ membershipId, userId, email: null, name: null, suspended: true, admitted: false },
        ...{ gains: [], loses: [] },
      });
    }
  }
}

async function members(
  sql: Sql,
  organizationId: string,
  directoryId: string,
  { changes, disputed }: Found,
  {
    list,
    ...page
  }: { readonly list: Exclude<AdoptionList, "new">; readonly after: Position | null; readonly limit: number },
): Promise<AdoptedPerson[]> {
  const losing = [...changes.values()].filter(({ suspended, loses }) => suspended || loses.length > 0);
  const state = list === "losing" ? { userIds: losing.map(({ userId }) => userId) } : list;
  const found = await listMatches(sql, organizationId, directoryId, { ...page, state });
  return found.map((member) => {
    const change = changes.get(member.userId);
    return {
      ...member,
      suspended: change?.suspended ?? false,
      gains: change?.gains ?? [],
      loses: change?.loses ?? [],
      disputed: member.conflictId !== null || disputed.has(member.userId),
    };
  });
}

async function comingPeople(
  sql: Sql,
  organizationId: string,
  directoryId: string,
  { coming, disputed }: Found,
  page: { readonly after: Position | null; readonly limit: number },
): Promise<AdoptedPerson[]> {
  const { rows } = await sql.query<{
    id: string;
    created_at: Date;
    user_id: string;
    email: string | null;
    name: string | null;
  }>(
    `SELECT du.id, du.created_at, u.id AS user_id, u.email, u.name
     FROM directory_users du
     JOIN directory_user_links l ON l.directory_user_id = du.id AND l.user_id = ANY($5::uuid[])
     JOIN users u ON u.id = l.user_id AND u.organization_id = $1::uuid
     WHERE du.organization_id = $1::uuid AND du.directory_id = $2::uuid AND du.active AND du.deleted_at IS NULL
       AND ($3::timestamptz IS NULL OR (du.created_at, du.id) > ($3::timestamptz, $4::uuid))
     ORDER BY du.created_at, du.id LIMIT $6::int`,
    [
      ...[organizationId, directoryId, page.after?.createdAt ?? null, page.after?.id ?? null],
      [...coming.keys()],
      page.limit,
    ],
  );
  return rows.map(({ id, created_at: createdAt, user_id: userId, email, name }) => ({
    ...{ id, createdAt, userId: null, email, name },
    ...{ status: null, source: null, state: "new", heldChangeId: null, conflictId: null, suspended: false },
    ...{ gains: coming.get(userId) ?? [], loses: [], disputed: disputed.has(userId) },
  }));
}
