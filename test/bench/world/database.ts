import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "@sallyport/database";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { z } from "zod";

export interface StatementCount {
  readonly statement: string;
  readonly calls: number;
  /** Planning and execution of all calls. */
  readonly milliseconds: number;
}

/** The gateway's PostgreSQL as `npm start` runs it: embedded, durable, with default settings. */
export interface BenchDatabase {
  readonly url: string;
  /** Where its data lies. */
  readonly folder: string;
  /** How many were committed so far. */
  transactions(): Promise<number>;
  /** Resolves once the reconciler has seen all that was pushed for the organization. Rejects after two minutes. */
  reconciled(organizationId: string): Promise<void>;
  activeMembers(organizationId: string): Promise<number>;
  /** What the gateway asked of the database while `work` ran, most often asked first. */
  countStatements(work: () => Promise<void>): Promise<StatementCount[]>;
  close(): Promise<void>;
}

/** Who looks on; so its statements are told from the gateway's. */
const OBSERVER = "bench_observer";
/** Loaded for its counts; the rest is as it comes. */
const SETTINGS = {
  shared_preload_libraries: "pg_stat_statements",
  "pg_stat_statements.track_utility": "off",
};
const RECONCILED_POLL_MS = 50;
const RECONCILED_TIMEOUT_MS = 120_000;
/** A reload goes through the postmaster to every backend, which takes a moment. */
const RELOAD_MS = 300;

const countRows = z.array(z.object({ count: z.coerce.number() })).length(1);
const statementRows = z.array(
  z.object({ statement: z.string(), calls: z.coerce.number(), milliseconds: z.number() }),
);

export async function startBenchDatabase(dataDir: string): Promise<BenchDatabase> {
  const folder = join(dataDir, "postgres");
  const postgres = await startEmbeddedPostgres({ dataDir: folder, settings: SETTINGS });
  const setUp = openDatabase({ url: postgres.url, poolSize: 1 });
  await setUp.sql.query(`create role ${OBSERVER} superuser`);
  await setUp.sql.query(`create schema ${OBSERVER}`);
  await setUp.sql.query(`create extension pg_stat_statements schema ${OBSERVER}`);
  await setUp.close();

  const observerUrl = new URL(postgres.url);
  observerUrl.searchParams.set("options", `-c role=${OBSERVER}`);
  const observer = openDatabase({ url: observerUrl.href, poolSize: 2 });
  const count = async (text: string, values: unknown[] = []) => {
    const [row] = countRows.parse((await observer.sql.query(text, values)).rows);
    return row?.count ?? 0;
  };
  const track = async (what: "none" | "top") => {
    await observer.sql.query(`alter system set pg_stat_statements.track = '${what}'`);
    await observer.sql.query("select pg_reload_conf()");
    await sleep(RELOAD_MS);
  };
  await track("none");
  return {
    url: postgres.url,
    folder,
    transactions: () =>
      count("select xact_commit as count from pg_stat_database where datname = current_database()"),
    async reconciled(organizationId) {
      const deadline = Date.now() + RECONCILED_TIMEOUT_MS;
      while ((await count(WAITING, [organizationId])) > 0) {
        if (Date.now() > deadline) throw new Error(`organization ${organizationId} is still not reconciled`);
        await sleep(RECONCILED_POLL_MS);
      }
    },
    activeMembers: (organizationId) =>
      count("select count(*) from memberships where organization_id = $1 and status = 'active'", [
        organizationId,
      ]),
    async countStatements(work) {
      await observer.sql.query(`select ${OBSERVER}.pg_stat_statements_reset()`);
      await track("top");
      await work();
      await track("none");
      return statementRows.parse((await observer.sql.query(STATEMENTS)).rows);
    },
    async close() {
      await observer.close();
      await postgres.stop();
    },
  };
}

const WAITING = `
  select (exists (select from directory_users where organization_id = $1 and generation > observed_generation)
    or exists (select from directory_groups where organization_id = $1 and generation > observed_generation))::int as count`;

const STATEMENTS = `
  select regexp_replace(query, '\\s+', ' ', 'g') as statement, sum(calls) as calls,
    sum(total_plan_time + total_exec_time) as milliseconds
  from ${OBSERVER}.pg_stat_statements
  where userid <> '${OBSERVER}'::regrole
  group by 1 order by 2 desc, 1`;
