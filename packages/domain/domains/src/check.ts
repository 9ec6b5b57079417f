import { type Domain, isUniqueViolation, type Sql } from "@sallyport/database";
import { type Event, type EventDraft, recordEvents } from "@sallyport/events";
import { type Answer, lookForRecord, type ResolveTxt } from "./challenge.ts";
import { verifyClaimed } from "./domains.ts";
import { LEASE_MS, nextCheck } from "./schedule.ts";

/** A domain whose record is looked for. */
export type Claimed = Pick<Domain, "id" | "organizationId" | "name" | "challenge" | "createdAt">;

/**
 * What came of a look. `taken`: the record is there, but the domain counts for another organization; `changed`: meanwhile it
 * was removed, or verified by somebody else.
 */
export type Outcome =
  | { readonly is: "verified" | "taken" | "changed" }
  | Exclude<Answer, { readonly is: "shown" }>;

export interface CheckDeps {
  readonly sql: Sql;
  readonly resolveTxt: ResolveTxt;
  readonly now: () => Date;
  /** Runs it in one transaction that records the event. */
  readonly verify: (work: (sql: Sql, now: Date) => Promise<EventDraft | null>) => Promise<boolean>;
}

/** Looks for a domain's record, and has the domain count where it is there. The last look is kept with the domain. */
export async function checkRecord(deps: CheckDeps, domain: Claimed): Promise<Outcome> {
  const answer = await lookForRecord(deps.resolveTxt, domain);
  const outcome = answer.is === "shown" ? await verify(deps, domain) : answer;
  if (outcome.is !== "verified" && outcome.is !== "changed") {
    await noteCheck(deps.sql, domain, outcome.is, deps.now());
  }
  return outcome;
}

async function verify({ verify: run }: CheckDeps, domain: Claimed): Promise<Outcome> {
  try {
    return { is: (await run((sql, now) => verifyClaimed(sql, domain, now))) ? "verified" : "changed" };
  } catch (error) {
    if (isUniqueViolation(error)) {
      return { is: "taken" };
    }
    throw error;
  }
}

async function noteCheck(sql: Sql, { organizationId, id }: Claimed, is: string, now: Date): Promise<void> {
  await sql.query(
    `UPDATE domains SET checked_at = $3::timestamptz, check_outcome = $4::domain_check_outcome
     WHERE id = $1::uuid AND organization_id = $2::uuid AND verified_name IS NULL`,
    [id, organizationId, now, is],
  );
}

export interface DueDeps extends Pick<CheckDeps, "resolveTxt" | "now"> {
  readonly sql: Sql;
  readonly transaction: <Result>(work: (sql: Sql) => Promise<Result>) => Promise<Result>;
}

/**
 * Claims domains whose check is due for `LEASE_MS`: until then no other process takes them, and where this one dies, they are
 * due again afterwards.
 */
export async function claimDue(sql: Sql, now: Date, limit: number): Promise<Claimed[]> {
  const { rows } = await sql.query<Claimed>(
    `UPDATE domains SET next_check_at = $2
     WHERE id = ANY (ARRAY(
       SELECT id FROM domains WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $3 FOR UPDATE SKIP LOCKED))
     RETURNING id, organization_id AS "organizationId", name, challenge, created_at AS "createdAt"`,
    [now, new Date(now.getTime() + LEASE_MS), limit],
    "domains_claim_due",
  );
  return rows;
}

/** Checks a domain that was claimed, and says when it is looked at next. */
export async function checkClaimed(deps: DueDeps, domain: Claimed): Promise<Outcome> {
  const { sql, now, transaction } = deps;
  const verify: CheckDeps["verify"] = (work) =>
    transaction(async (within) => {
      const event = await work(within, now());
      await recordEvents(within, event === null ? [] : [bySystem(event)]);
      return event !== null;
    });
  const outcome = await checkRecord({ ...deps, verify }, domain);
  await sql.query(
    `UPDATE domains SET next_check_at = $3
     WHERE id = $1 AND organization_id = $2 AND verified_name IS NULL`,
    [domain.id, domain.organizationId, nextCheck(domain.createdAt, now())],
    "domains_check_next",
  );
  return outcome;
}

const bySystem = (event: EventDraft): Event => ({ ...event, actor: { type: "system" } });
