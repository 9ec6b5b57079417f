import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase, type Sql } from "@sallyport/database";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { z } from "zod";
import { postgresCpuMs } from "../measure/processes.ts";
import { type LoggedStatement, parseStatementLog } from "./statement-log.ts";

/** PostgreSQL as `npm start` runs it: embedded, durable, with default settings. */
export interface BenchPostgres {
  /** Of the database that the gateway has. */
  readonly url: string;
  /** An empty database on the same server; resolves to its URL. */
  create(name: string): Promise<string>;
  /**
   * A copy of the gateway's database, which nobody may be using meanwhile: its connections are ended. Resolves to its URL.
   */
  copy(name: string): Promise<string>;
  /** Every statement that others ran in the gateway's database while `work` did, in the order in which each session ran its own. */
  logStatements(work: () => Promise<void>): Promise<LoggedStatement[]>;
  /** Looks on at the database at `url`. */
  watch(url: string): WatchedDatabase;
  /** Runs a statement in the gateway's database, uncounted. */
  query(text: string, values?: unknown[]): Promise<readonly unknown[]>;
  /** The same for several, as one transaction. */
  transaction(work: (sql: Sql) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface StatementCount {
  readonly statement: string;
  readonly calls: number;
  /** Planning and execution of all calls. */
  readonly milliseconds: number;
}

/** A database that somebody else works on. */
export interface WatchedDatabase {
  /** CPU time of the whole server so far, also of backends that have ended. Milliseconds. */
  cpuMs(): Promise<number>;
  /** How many were committed in this database so far. */
  transactions(): Promise<number>;
  /** What others asked of this database while `work` ran, most often asked first. */
  countStatements(work: () => Promise<void>): Promise<StatementCount[]>;
}

/** Who looks on; so its statements are told from those that are measured. */
const OBSERVER = "bench_observer";
/** Loaded for its counts; the rest is as it comes. */
const SETTINGS = {
  shared_preload_libraries: "pg_stat_statements",
  "pg_stat_statements.track_utility": "off",
  // By a process of its own: lines of several backends that share a pipe get mixed.
  logging_collector: "on",
  log_destination: "jsonlog",
  log_rotation_size: "0",
};
/** A reload goes through the postmaster to every backend, which takes a moment. */
const RELOAD_MS = 300;

const countRows = z.array(z.object({ count: z.coerce.number() })).length(1);

/** The `count` of the one row that was found. */
export function countOf(rows: readonly unknown[]): number {
  return countRows.parse(rows)[0]?.count ?? 0;
}

const statementRows = z.array(
  z.object({ statement: z.string(), calls: z.coerce.number(), milliseconds: z.number() }),
);

const logFiles = z.array(z.object({ file: z.string() })).length(1);

export async function startBenchPostgres(dataDir: string): Promise<BenchPostgres> {
  const folder = join(dataDir, "postgres");
  const postgres = await startEmbeddedPostgres({ dataDir: folder, settings: SETTINGS });
  const setUp = openDatabase({ url: postgres.url, poolSize: 1 });
  await setUp.sql.query(`create role ${OBSERVER} superuser`);
  await setUp.sql.query(`create schema ${OBSERVER}`);
  await setUp.sql.query(`create extension pg_stat_statements schema ${OBSERVER}`);
  await setUp.close();

  const observerUrl = new URL(postgres.url);
  observerUrl.searchParams.set("options", `-c role=${OBSERVER}`);
  observerUrl.searchParams.set("application_name", OBSERVER);
  const observer = openDatabase({ url: observerUrl.href, poolSize: 2 });
  const query = async (text: string, values: unknown[] = []) => (await observer.sql.query(text, values)).rows;
  const set = async (setting: string, value: string) => {
    await query(`alter system set ${setting} = '${value}'`);
    await query("select pg_reload_conf()");
    await sleep(RELOAD_MS);
  };
  const track = (what: "none" | "top") => set("pg_stat_statements.track", what);
  await track("none");
  return {
    url: postgres.url,
    create: async (name) => {
      await query(`create database ${name}`);
      return postgres.urlFor(name);
    },
    async copy(name) {
      const elsewhere = openDatabase({ url: postgres.urlFor("template1"), poolSize: 1 });
      const source = databaseOf(postgres.url);
      await elsewhere.sql.query(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1",
        [source],
      );
      await elsewhere.sql.query(`create database ${name} template ${source}`);
      await elsewhere.close();
      return postgres.urlFor(name);
    },
    async logStatements(work) {
      const [{ file } = { file: "" }] = logFiles.parse(await query(LOG_FILE));
      await set("log_statement", "all");
      const { size: before } = await stat(file);
      await work();
      await set("log_statement", "none");
      const log = (await readFile(file)).subarray(before).toString();
      return parseStatementLog(log).filter(
        ({ database, application }) => database === databaseOf(postgres.url) && application !== OBSERVER,
      );
    },
    watch: (url) => {
      const name = databaseOf(url);
      return {
        cpuMs: () => postgresCpuMs(folder),
        transactions: async () => countOf(await query(TRANSACTIONS, [name])),
        countStatements: async (work) => {
          await query(`select ${OBSERVER}.pg_stat_statements_reset()`);
          await track("top");
          await work();
          await track("none");
          return statementRows.parse(await query(STATEMENTS, [name]));
        },
      };
    },
    query,
    transaction: (work) => observer.transaction(work),
    async close() {
      await observer.close();
      await postgres.stop();
    },
  };
}

const databaseOf = (url: string) => decodeURIComponent(new URL(url).pathname.slice(1));

const LOG_FILE = "select current_setting('data_directory') || '/' || pg_current_logfile('jsonlog') as file";

const TRANSACTIONS = "select xact_commit as count from pg_stat_database where datname = $1";

const STATEMENTS = `
  select regexp_replace(query, '\\s+', ' ', 'g') as statement, sum(calls) as calls,
    sum(total_plan_time + total_exec_time) as milliseconds
  from ${OBSERVER}.pg_stat_statements
  where userid <> '${OBSERVER}'::regrole and dbid = (select oid from pg_database where datname = $1)
  group by 1 order by 2 desc, 1`;
