import { readFile } from "node:fs/promises";
import { openDatabase } from "@sallyport/database";
import { startOwnPostgres, type TestDatabase } from "@sallyport/database/testing";
import { vi } from "vitest";
import { z } from "zod";

/** What a statement read of one table, by one step of its plan. */
export interface Read {
  readonly statement: string;
  /** Such as "Index Scan using users_pkey on users". */
  readonly step: string;
  /** Rows that were looked at, whether they came to anything or not. */
  readonly rows: number;
}

/** A PostgreSQL that tells of each statement by which plan it ran, and gathers no statistics of its own accord. */
export interface ExplainedPostgres extends TestDatabase {
  /** What others read of their tables while `work` ran. */
  readsOf(work: () => Promise<unknown>): Promise<Read[]>;
}

const SETTINGS = {
  autovacuum: "off",
  shared_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_format": "json",
  "auto_explain.log_nested_statements": "on",
  logging_collector: "on",
  log_destination: "jsonlog",
  log_rotation_size: "0",
};

export async function startExplainedPostgres(): Promise<ExplainedPostgres> {
  const postgres = await startOwnPostgres(SETTINGS);
  const database = openDatabase({ url: postgres.url, poolSize: 1 });
  const { rows } = await database.sql.query<{ file: string; pid: number }>(
    `SELECT current_setting('data_directory') || '/' || pg_current_logfile('jsonlog') AS file, pg_backend_pid() AS pid`,
  );
  const [{ file, pid } = { file: "", pid: 0 }] = rows;
  let marks = 0;

  /** The log up to now: PostgreSQL has written of each statement before it answers, by way of one pipe. */
  const readLog = async () => {
    const mark = `SELECT 'mark ${++marks}'`;
    await database.sql.query(mark);
    return vi.waitFor(async () => {
      const log = await readFile(file, "utf8");
      const end = log.indexOf(mark);
      if (end < 0) {
        throw new Error("The end of PostgreSQL's log is still to come");
      }
      return log.slice(0, log.lastIndexOf("\n", end) + 1);
    }, 10_000);
  };

  return {
    url: postgres.url,
    database,
    async readsOf(work) {
      const before = (await readLog()).length;
      await work();
      return readsIn((await readLog()).slice(before), pid);
    },
    async drop() {
      await database.close();
      await postgres.remove();
    },
  };
}

const entry = z.object({ pid: z.number(), application_name: z.string().optional(), message: z.string() });

interface Step {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Index Name"?: string | undefined;
  readonly "Actual Rows"?: number | undefined;
  readonly "Actual Loops"?: number | undefined;
  readonly "Rows Removed by Filter"?: number | undefined;
  readonly "Rows Removed by Index Recheck"?: number | undefined;
  readonly Plans?: readonly Step[] | undefined;
}

const step: z.ZodType<Step> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
    "Actual Rows": z.number().optional(),
    "Actual Loops": z.number().optional(),
    "Rows Removed by Filter": z.number().optional(),
    "Rows Removed by Index Recheck": z.number().optional(),
    Plans: z.array(step).optional(),
  }),
);
const explained = z.object({ "Query Text": z.string(), Plan: step });

function readsIn(log: string, observer: number): Read[] {
  return log.split("\n").flatMap((line) => {
    if (line === "") {
      return [];
    }
    const { pid, application_name, message } = entry.parse(JSON.parse(line));
    const plan = /^duration: \S+ ms {2}plan:\n(.*)$/s.exec(message)?.[1];
    // The queue's statements are BullMQ's own.
    if (plan === undefined || pid === observer || application_name !== "sallyport") {
      return [];
    }
    const { "Query Text": statement, Plan } = explained.parse(JSON.parse(plan));
    return stepsOf(Plan).flatMap((each) => readBy(statement, each));
  });
}

function stepsOf(top: Step): Step[] {
  return [top, ...(top.Plans ?? []).flatMap(stepsOf)];
}

function readBy(statement: string, node: Step): Read[] {
  const kind = node["Node Type"];
  const relation = node["Relation Name"];
  const index = node["Index Name"];
  const isOurs = (relation ?? index)?.startsWith("pg_") === false;
  if (!kind.includes("Scan") || !isOurs) {
    return [];
  }
  const perLoop =
    (node["Actual Rows"] ?? 0) +
    (node["Rows Removed by Filter"] ?? 0) +
    (node["Rows Removed by Index Recheck"] ?? 0);
  const using = index === undefined ? "" : ` using ${index}`;
  const on = relation === undefined ? "" : ` on ${relation}`;
  return [{ statement, step: `${kind}${using}${on}`, rows: perLoop * (node["Actual Loops"] ?? 0) }];
}
