import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client, type QueryResultRow } from "pg";
import { z } from "zod";
import type { EmbeddedPostgresOptions } from "../index.ts";
import { isPostmasterOf, processesWorkingIn, signal, until } from "../processes.ts";

const GATEWAY = fileURLToPath(new URL("./gateway.ts", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../../../../..", import.meta.url));
const answerSchema = z.object({
  url: z.string().default(""),
  code: z.string().default(""),
  message: z.string().default(""),
  detail: z.string().default(""),
});

export interface Gateway {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What startEmbeddedPostgres gave in that process. */
  readonly answer: Promise<z.infer<typeof answerSchema>>;
  /** Resolves when the process has ended. */
  end(signalName: NodeJS.Signals): Promise<void>;
}

/** Temp folders and processes of one test, all gone after `clear`. */
export class Playground {
  readonly #folders: string[] = [];
  readonly #gateways: Gateway[] = [];

  /** A new folder with mode 0700, as mkdtemp makes it. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "embedded-postgres-"));
    this.#folders.push(folder);
    return folder;
  }

  /** A folder for PATH that has a shell and no setpriv. */
  async pathWithoutSetpriv(): Promise<string> {
    const bin = join(await openToAll(await this.folder()), "bin");
    await mkdir(bin);
    await symlink("/bin/sh", join(bin, "sh"));
    return bin;
  }

  gateway(
    options: Omit<EmbeddedPostgresOptions, "log">,
    how: { readonly env?: Record<string, string>; readonly uid?: number; readonly afterStart?: "exit" } = {},
  ): Gateway {
    const args = [
      "--conditions=source",
      "--import",
      "tsx",
      GATEWAY,
      JSON.stringify(options),
      how.afterStart ?? "",
    ];
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      // In a process group of its own, as a terminal's job, with an empty home so that every user can run it.
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, HOME: "/nonexistent", ...how.env },
      ...(how.uid === undefined ? {} : { uid: how.uid, gid: how.uid }),
    });
    const ended = once(child, "exit");
    const answer = once(createInterface({ input: child.stdout }), "line").then(([line]) =>
      answerSchema.parse(JSON.parse(String(line))),
    );
    const gateway: Gateway = {
      process: child,
      pid: child.pid ?? 0,
      answer,
      end: async (name) => {
        child.kill(name);
        await ended;
      },
    };
    this.#gateways.push(gateway);
    return gateway;
  }

  async clear(): Promise<void> {
    for (const gateway of this.#gateways.splice(0)) {
      await gateway.end("SIGKILL");
    }
    for (const folder of this.#folders.splice(0)) {
      const pid = await postmasterPid(folder).catch(() => undefined); // no pid file: ended
      if (pid && (await isPostmasterOf(pid, dataFolderOf(folder)))) {
        signal(pid, "SIGINT");
      }
      if (!(await allServersEnded(folder))) {
        throw new Error(`PostgreSQL does not end in ${folder}`);
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  }
}

/** Opens the way for every user, as a folder outside of /root has it. */
export async function openToAll(folder: string): Promise<string> {
  await chmod(folder, 0o755);
  return folder;
}

export const dataFolderOf = (folder: string) => join(folder, "cluster", "data");

export async function postmasterPid(folder: string): Promise<number> {
  return Number((await readFile(join(dataFolderOf(folder), "postmaster.pid"), "utf8")).split("\n")[0]);
}

export async function serversBelow(folder: string): Promise<number[]> {
  return processesWorkingIn(dataFolderOf(folder));
}

export async function allServersEnded(folder: string): Promise<boolean> {
  return until(async () => (await serversBelow(folder)).length === 0, 10_000);
}

export async function query(url: string, sql: string): Promise<QueryResultRow[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {}); // of a killed server; the query fails with it
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A row that is committed, and what shows that it is there. */
export const note = {
  write: (url: string, text: string) =>
    query(url, `CREATE TABLE IF NOT EXISTS notes (text text); INSERT INTO notes VALUES ($$${text}$$)`),
  readAll: async (url: string) =>
    (await query(url, "SELECT text FROM notes ORDER BY text")).map((row) => row.text),
};
