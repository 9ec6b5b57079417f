import type { Sql, Statement } from "@sallyport/database";
import { type AccessDecisions, decideAccess } from "../directory/access.ts";
import type { Batch } from "../directory/batch.ts";
import type { Binding } from "../directory/bindings.ts";
import { endsAccess, type MembershipChange } from "../directory/memberships.ts";
import type { Mapping } from "../group-match.ts";
import { withoutHeld } from "../guard/losses.ts";
import { type AccessPolicy, type AccessRules, readRules } from "../policy/policy.ts";

/** What would become of one member's access. */
export interface AccessChange {
  readonly membershipId: string;
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
  /** They could sign in no longer. */
  readonly suspended: boolean;
  /** They wait for a seat, and would have one. */
  readonly admitted: boolean;
  /** Keys of roles, sorted, whatever gives them. */
  readonly gains: readonly string[];
  readonly loses: readonly string[];
}

/** How many people. */
export interface PlanCounts {
  /** For whom anything changes. */
  readonly people: number;
  /** People who gain a role, lose one, could no longer sign in, wait no longer: a person may be in several of these. */
  readonly gain: number;
  readonly lose: number;
  readonly suspend: number;
  readonly admit: number;
}

export interface AccessPlan {
  readonly counts: PlanCounts;
  /** In the order of the memberships' ids. */
  readonly changes: readonly AccessChange[];
  /** Whether more of them follow. */
  readonly more: boolean;
}

export interface PlanPage {
  /** The membership behind which the page begins. */
  readonly after: string | null;
  readonly limit: number;
  /** As the first page had them; null: to be counted, which takes going through all of them. */
  readonly counts: PlanCounts | null;
}

/** What a plan is asked about. */
export interface PlanQuestion {
  /**
   * Whose access may change: a condition on memberships `m` whose parameters begin with the organization, `$1`. Of
   * anybody else nothing is read.
   */
  readonly candidates: Statement;
  /** By which groups would give roles; null: those that are stored. */
  readonly mappings: readonly Mapping[] | null;
  /** What sign-ins gave by these would end at once. */
  readonly endedMappings: readonly Mapping[];
  /** The rules as they would be; without: as they are. */
  readonly policy?: AccessPolicy;
  /** Whether who loses access frees a seat for those who wait, who are then among the candidates. */
  readonly freesSeats?: boolean;
  /** What is held of them stays so; else it is told as if it were confirmed. */
  readonly keepsHeld: boolean;
}

// Members in one round of statements.
const CHUNK = 500;

/**
 * Tells what would become of members' access, by the decision that the reconciler makes (`decideAccess`), compared with what
 * they have now from every source. Changes nothing, and locks nobody.
 *
 * @param sql inside a transaction of its own
 * @param ask what is asked, which may depend on the policy as it is
 */
export async function planAccess(
  sql: Sql,
  organizationId: string,
  now: Date,
  ask: PlanQuestion | ((stored: AccessPolicy) => PlanQuestion),
  page: PlanPage,
): Promise<AccessPlan> {
  await sql.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  const stored = await readRules(sql, organizationId, now);
  const question = typeof ask === "function" ? ask(stored.policy) : ask;
  const batch = { sql, organizationId, now };
  const rules = await withFreedSeats(
    batch,
    question.policy === undefined ? stored : { ...stored, policy: question.policy },
    question,
  );
  await openCandidates(sql, question.candidates, page.after);
  const changes: AccessChange[] = [];
  const counts = { people: 0, gain: 0, lose: 0, suspend: 0, admit: 0 };
  for (;;) {
    const { rows } = await sql.query<CandidateRow>(`FETCH ${CHUNK} FROM candidates`);
    for (const change of await changesOf(batch, rows, rules, question)) {
      counts.people += 1;
      counts.gain += change.gains.length > 0 ? 1 : 0;
      counts.lose += change.loses.length > 0 ? 1 : 0;
      counts.suspend += change.suspended ? 1 : 0;
      counts.admit += change.admitted ? 1 : 0;
      if (changes.length <= page.limit) {
        changes.push(change);
      }
    }
    const filled = page.counts !== null && changes.length > page.limit;
    if (rows.length < CHUNK || filled) {
      break;
    }
  }
  return {
    counts: page.counts ?? counts,
    changes: changes.slice(0, page.limit),
    more: changes.length > page.limit,
  };
}

/**
 * The rules with as many more seats as the plan frees: the worker takes access first, and then gives the seats to those who
 * wait.
 */
async function withFreedSeats(
  batch: Batch,
  rules: AccessRules,
  question: PlanQuestion,
): Promise<AccessRules> {
  const { seats } = rules.policy;
  if (question.freesSeats !== true || seats?.atLimit !== "hold") {
    return rules;
  }
  await openCandidates(batch.sql, question.candidates, null);
  let freed = 0;
  for (let last = CHUNK; last === CHUNK; ) {
    const { rows } = await batch.sql.query<CandidateRow>(`FETCH ${CHUNK} FROM candidates`);
    freed += (await changesOf(batch, rows, rules, question)).filter(({ suspended }) => suspended).length;
    last = rows.length;
  }
  await batch.sql.query("CLOSE candidates");
  return { ...rules, policy: { ...rules.policy, seats: { ...seats, limit: seats.limit + freed } } };
}

/** A member whose access may change. */
export interface CandidateRow {
  /** Of the membership. */
  readonly id: string;
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
}

/** They may be a million: so they are read in portions, all of one snapshot. */
async function openCandidates(sql: Sql, candidates: Statement, after: string | null): Promise<void> {
  const last = `$${candidates.values.length + 1}::uuid`;
  await sql.query(
    `DECLARE candidates NO SCROLL CURSOR FOR
     SELECT m.id, m.user_id, u.email, u.name
     FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = $1 AND (${candidates.text}) AND (${last} IS NULL OR m.id > ${last})
     ORDER BY m.id`,
    [...candidates.values, after],
  );
}

async function changesOf(
  batch: Batch,
  candidates: readonly CandidateRow[],
  rules: AccessRules,
  { mappings, endedMappings, keepsHeld }: PlanQuestion,
): Promise<AccessChange[]> {
  if (candidates.length === 0) {
    return [];
  }
  const userIds = candidates.map(({ user_id }) => user_id);
  const decided = await decideAccess(batch, userIds, {
    ...{ purpose: "plan", mappings, endedMappings, rules },
    made: new Set(),
  });
  return changesIn(keepsHeld ? withoutHeld(decided) : decided, candidates);
}

/** The members for whom the decision changes anything. */
export function changesIn(
  { memberships, bindings }: AccessDecisions,
  candidates: readonly CandidateRow[],
): AccessChange[] {
  const revoked = new Set(bindings.revoked.map(({ id }) => id));
  const suspended = new Set(memberships.changed.filter(endsAccess).map(({ after }) => after.id));
  const admitted = new Set(memberships.changed.filter(isAdmitted).map(({ after }) => after.id));
  const present = byMembership(bindings.present);
  const granted = byMembership(bindings.granted);
  return candidates.flatMap(({ id, user_id: userId, email, name }) => {
    const had = present.get(id) ?? [];
    const stays = had.filter((binding) => !revoked.has(binding.id));
    const before = new Set(had.map(({ roleId }) => roleId));
    const after = new Set([...stays, ...(granted.get(id) ?? [])].map(({ roleId }) => roleId));
    const keysOf = (roleIds: ReadonlySet<string>, others: ReadonlySet<string>) =>
      [...roleIds]
        .filter((roleId) => !others.has(roleId))
        .map((roleId) => bindings.roles.get(roleId) ?? roleId);
    const change = {
      ...{ membershipId: id, userId, email, name, suspended: suspended.has(id), admitted: admitted.has(id) },
      gains: keysOf(after, before).toSorted(),
      loses: keysOf(before, after).toSorted(),
    };
    const none =
      !change.suspended && !change.admitted && change.gains.length === 0 && change.loses.length === 0;
    return none ? [] : [change];
  });
}

function isAdmitted({ before, after }: MembershipChange): boolean {
  return before.status === "waiting" && after.status === "active";
}

function byMembership(bindings: readonly Binding[]): Map<string, Binding[]> {
  const found = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const others = found.get(binding.membershipId);
    if (others === undefined) {
      found.set(binding.membershipId, [binding]);
    } else {
      others.push(binding);
    }
  }
  return found;
}
