import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDatabase } from "@sallyport/database";
import type { Trace } from "./trace.ts";

const run = promisify(execFile);

type Scripts = Trace["scripts"];

/** Runs SQL scripts side by side, a connection each; resolves to the seconds that the slowest took. */
export interface Replayer {
  /** In words. */
  readonly name: string;
  run(databaseUrl: string, scripts: Scripts, folder: string): Promise<number>;
}

/** pgbench, where the machine has it; else bare connections of node-postgres, which take more CPU time of the client's. */
export async function findReplayer(): Promise<Replayer> {
  const version = await run("pgbench", ["--version"]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined, // not installed
  );
  return version === undefined
    ? { name: "bare connections of node-postgres (there is no pgbench on the PATH)", run: byConnections }
    : { name: version, run: byPgbench };
}

const ONCE = ["-n", "-M", "simple", "-c", "1", "-t", "1"];

/** The error of execFile quotes the whole command line. */
function withoutPassword(error: unknown): never {
  const said = typeof error === "object" && error !== null && "stderr" in error ? error.stderr : error;
  throw new Error(`pgbench failed: ${said}`);
}

async function byPgbench(databaseUrl: string, scripts: Scripts, folder: string): Promise<number> {
  const files = scripts.map((_, index) => join(folder, `replay-${index}.sql`));
  await Promise.all(
    scripts.map((script, index) => writeFile(files[index] ?? "", `${script.join(";\n")};\n`)),
  );
  const seconds = await Promise.all(
    files.map(async (file) => {
      const { stdout } = await run("pgbench", [...ONCE, "-f", file, databaseUrl]).catch(withoutPassword);
      const milliseconds = Number(/latency average = ([\d.]+) ms/.exec(stdout)?.[1]);
      if (!(milliseconds > 0)) {
        throw new Error(`pgbench told no latency: ${stdout}`);
      }
      return milliseconds / 1000; // of the one transaction that the script is, without connecting
    }),
  );
  return Math.max(...seconds);
}

async function byConnections(databaseUrl: string, scripts: Scripts): Promise<number> {
  const database = openDatabase({ url: databaseUrl, poolSize: scripts.length });
  try {
    const clients = await Promise.all(scripts.map(() => database.pool.connect()));
    const start = performance.now();
    await Promise.all(
      clients.map(async (client, index) => {
        for (const statement of scripts[index] ?? []) {
          await client.query(statement);
        }
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    for (const client of clients) {
      client.release();
    }
    return seconds;
  } finally {
    await database.close();
  }
}
