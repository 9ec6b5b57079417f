import { newId } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import type { NewConflict } from "../conflicts/record.ts";
import type { Identifier } from "../identifiers.ts";
import { decidePushedUser } from "../who-is-it.ts";
import type { Batch, PushedUser } from "./batch.ts";
import { type FoundMatch, findMatches, type Matches, mergeMatches } from "./matches.ts";

/** A directory user and the user that it stands for. */
export interface Link {
  readonly directoryUserId: string;
  readonly userId: string;
  /** Not linked to this user until now. */
  readonly isNew: boolean;
  /** The user is to be created. */
  readonly isNewUser: boolean;
}

export interface Links {
  readonly links: readonly Link[];
  readonly conflicts: readonly NewConflict[];
  /** Users that directory users were taken from, since they turned out to be somebody else. */
  readonly abandoned: readonly string[];
}

/**
 * Decides for each directory user whose user it is (`decidePushedUser`). A deleted one that was never linked stands for
 * nobody.
 */
export async function decideLinks(batch: Batch, pushed: readonly PushedUser[]): Promise<Links> {
  const open = pushed.filter((user) => !user.deleted && (user.userId === null || user.identified));
  const matches = open.length === 0 ? null : await findMatches(batch, open);
  const placeholders = await findPlaceholders(batch, open);
  const isOpen = new Set(open);
  const earlier = new Earlier();
  const links: Link[] = [];
  const conflicts: NewConflict[] = [];
  const abandoned: string[] = [];
  for (const user of pushed) {
    const kept = user.userId;
    if (matches === null || !isOpen.has(user)) {
      if (kept !== null) {
        links.push({ directoryUserId: user.id, userId: kept, isNew: false, isNewUser: false });
      }
      continue;
    }
    const found = earlier.addTo(matches.of(user), user, matches);
    const linked =
      kept === null
        ? null
        : { userId: kept, placeholder: placeholders.has(user.id) && !earlier.isJoined(kept) };
    const decision = decidePushedUser({ linked, matches: found });
    const userId = decision.userId ?? newId();
    const isNew = userId !== kept;
    links.push({ directoryUserId: user.id, userId, isNew, isNewUser: decision.userId === null });
    if (isNew && kept !== null) {
      abandoned.push(kept);
    }
    earlier.note(user, userId, matches);
    for (const otherUserId of decision.rivals) {
      const claim = found.find((match) => match.userId === otherUserId)?.claim ?? "";
      conflicts.push({ userId, otherUserId, claim, source: "directory" });
    }
  }
  // Of two users of whom one gave way to the other nothing is left to settle.
  const unsettled = conflicts.map((conflict) => ({
    ...conflict,
    otherUserId: earlier.now(conflict.otherUserId),
  }));
  return {
    links,
    conflicts: unsettled.filter(({ userId, otherUserId }) => userId !== otherUserId),
    abandoned,
  };
}

/** What was decided earlier in this batch, and so stands in no table yet. */
class Earlier {
  /** The users that a claim leads to, and whether it is a secondary address of all who told it. */
  readonly #byClaim = new Map<string, Map<string, { readonly secondary: boolean }>>();
  readonly #directoriesOf = new Map<string, Set<string>>();
  readonly #joined = new Set<string>();
  readonly #movedTo = new Map<string, string>();

  note(user: PushedUser, userId: string, matches: Matches): void {
    for (const claim of matches.claimsOf(user)) {
      const users = this.#byClaim.get(scoped(claim, user)) ?? new Map<string, { secondary: boolean }>();
      const secondary = matches.isSecondary(user, claim) && users.get(userId)?.secondary !== false;
      this.#byClaim.set(scoped(claim, user), users.set(userId, { secondary }));
    }
    if (user.active) {
      const directories = this.#directoriesOf.get(userId) ?? new Set();
      this.#directoriesOf.set(userId, directories.add(user.directoryId));
    }
    if (user.userId === userId) {
      return;
    }
    this.#joined.add(userId);
    if (user.userId !== null) {
      this.#movedTo.set(user.userId, userId);
    }
  }

  /** Another directory user came to stand for this user. */
  isJoined(userId: string): boolean {
    return this.#joined.has(userId);
  }

  /**
   * Whose the user is by now: its directory user may have turned out to be somebody else. Else two who turn out to be one
   * would change places, each time anew.
   */
  now(userId: string): string {
    return this.#movedTo.get(userId) ?? userId;
  }

  /** The matches of a directory user, with those that this batch made. */
  addTo(found: readonly FoundMatch[], user: PushedUser, matches: Matches): FoundMatch[] {
    const all = new Map<string, FoundMatch>();
    const add = (match: FoundMatch) => {
      const known = all.get(match.userId);
      all.set(match.userId, known === undefined ? match : mergeMatches(known, match));
    };
    for (const match of found) {
      add({ ...match, userId: this.now(match.userId) });
    }
    for (const claim of matches.claimsOf(user)) {
      for (const [userId, there] of this.#byClaim.get(scoped(claim, user)) ?? []) {
        const secondary = matches.isSecondary(user, claim) || there.secondary;
        const ended = !user.active || !this.#directoriesOf.has(userId);
        const evidence = secondary && ended ? "secondaryAddress" : "proof";
        add({ userId, claim, taken: false, disputed: false, evidence });
      }
    }
    return [...all.values()].map((match) => ({
      ...match,
      taken: match.taken || this.#directoriesOf.get(match.userId)?.has(user.directoryId) === true,
    }));
  }
}

/** An address is the same in all directories; an id is its directory's own. */
function scoped(claim: Identifier, { directoryId }: PushedUser): string {
  return claim.startsWith("address:") ? claim : `${directoryId} ${claim}`;
}

/** Of the directory users that stand for somebody: those whose user nobody signed in as, and who alone made it. */
async function findPlaceholders(batch: Batch, open: readonly PushedUser[]): Promise<Set<string>> {
  const linked = open.filter(({ userId }) => userId !== null);
  if (linked.length === 0) {
    return new Set();
  }
  const { rows } = await batch.sql.query<{ id: string }>(
    `SELECT asked.id FROM unnest($2::uuid[], $3::uuid[]) AS asked (id, user_id)
     WHERE EXISTS (SELECT 1 FROM memberships m
                   WHERE m.user_id = asked.user_id AND m.organization_id = $1 AND m.source = 'directory'
                     AND NOT EXISTS (SELECT 1 FROM role_bindings b WHERE b.membership_id = m.id AND b.source = 'manual'))
       AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = asked.user_id)
       AND NOT EXISTS (SELECT 1 FROM directory_user_links l
                       WHERE l.user_id = asked.user_id AND l.directory_user_id <> asked.id)`,
    [batch.organizationId, linked.map(({ id }) => id), linked.map(({ userId }) => userId)],
    "people_find_placeholders",
  );
  return new Set(rows.map(({ id }) => id));
}

/** The users to be created, each for one directory user. */
export function createdForOne(links: readonly Link[]): Set<string> {
  const made = new Set<string>();
  const seen = new Set<string>();
  for (const { userId, isNewUser } of links) {
    if (isNewUser && !seen.has(userId)) {
      made.add(userId);
    } else {
      made.delete(userId);
    }
    seen.add(userId);
  }
  return made;
}

/** Stores the links that are new, once their users exist. */
export async function storeLinks(batch: Batch, links: readonly Link[]): Promise<void> {
  const fresh = links.filter(({ isNew }) => isNew);
  if (fresh.length === 0) {
    return;
  }
  await batch.sql.query(
    `INSERT INTO directory_user_links (directory_user_id, user_id)
     SELECT id, user_id FROM unnest($1::uuid[], $2::uuid[]) AS made (id, user_id)
     ON CONFLICT (directory_user_id) DO UPDATE SET user_id = excluded.user_id`,
    [fresh.map((link) => link.directoryUserId), fresh.map((link) => link.userId)],
    "people_store_links",
  );
}

/** Deletes users whom nobody stands for any more, with their memberships: nobody ever signed in as them. */
export async function deleteAbandoned(batch: Batch, userIds: readonly string[]): Promise<EventDraft[]> {
  if (userIds.length === 0) {
    return [];
  }
  const { organizationId } = batch;
  const { rows } = await batch.sql.query<{ id: string }>(
    `DELETE FROM users u
     WHERE u.id = ANY($2::uuid[]) AND u.organization_id = $1
       AND NOT EXISTS (SELECT 1 FROM directory_user_links l WHERE l.user_id = u.id)
       AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id)
     RETURNING u.id`,
    [organizationId, userIds],
    "people_delete_abandoned",
  );
  return rows.map(({ id }) => ({
    organizationId,
    type: "user.deleted",
    resource: { type: "user", id },
    data: {},
  }));
}
