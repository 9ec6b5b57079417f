import { rmSync } from "node:fs";
import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { chooseAccount } from "./account.ts";
import { findBinaries } from "./binaries.ts";
import {
  clusterOwner,
  createCluster,
  DEFAULT_DATABASE,
  REMOVAL,
  ROLE,
  readCluster,
  removeDrafts,
} from "./cluster.ts";
import { type EmbeddedPostgresError, failure, systemErrorCode } from "./errors.ts";
import { chooseLauncher } from "./launcher.ts";
import { isLockName, lockFolder } from "./lock.ts";
import { clearLeftovers, startServer } from "./server.ts";

export interface EmbeddedPostgresOptions {
  /** Made when it is missing. Holds nothing else. */
  readonly dataDir: string;
  /** Default: a free port, another one at each start. */
  readonly port?: number;
  /** Receives each line that PostgreSQL logs, and when a left-over server is stopped. */
  readonly log?: (line: string) => void;
  /** PostgreSQL settings by name, such as `{ max_connections: "200" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For tests: does not wait for the disk, and removes the folder, which must be empty at first, at stop. */
  readonly ephemeral?: boolean;
}

export interface EmbeddedPostgres {
  /** Connection URL of the default database, with the role and its password: a secret, not to be logged. */
  readonly url: string;
  readonly port: number;
  /** The same for another database, which need not exist. */
  urlFor(database: string): string;
  /**
   * Settles when PostgreSQL has ended: with undefined after stop(), with the reason when it ended by itself (the folder
   * is then held until stop() all the same).
   */
  readonly ended: Promise<EmbeddedPostgresError | undefined>;
  /** Shuts down, writes everything out and gives the folder free. May be called more than once. */
  stop(): Promise<void>;
}

const EPHEMERAL_SETTINGS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/**
 * Starts PostgreSQL on the data folder, and makes the database when the folder is new. A server that an earlier run left
 * behind is stopped first; a folder that another live process holds is refused.
 *
 * Throws EmbeddedPostgresError; nothing is left running then.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await openFolder(options.dataDir);
  const release = await takeFolder(folder, options.ephemeral ?? false);
  try {
    const { server, password } = await denialExplained(folder, () => openDatabase(folder, options));
    const urlFor = (database: string) =>
      `postgresql://${ROLE}:${password}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`;
    let stopped: Promise<void> | undefined;
    return {
      url: urlFor(DEFAULT_DATABASE),
      port: server.port,
      urlFor,
      ended: server.ended,
      stop: () => {
        stopped ??= server.stop().then(release);
        return stopped;
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function openDatabase(folder: string, options: EmbeddedPostgresOptions) {
  const { log = () => {}, ephemeral = false } = options;
  const account = await chooseAccount(folder);
  const binaries = await findBinaries(folder);
  const launcher = await chooseLauncher(binaries.postgres, folder, account);
  await removeDrafts(folder);
  const isNew = (await clusterOwner(folder)) === undefined;
  const { dataFolder, password } = isNew
    ? await createCluster({ folder, initdb: binaries.initdb, launcher, account, durable: !ephemeral })
    : await readCluster(folder, launcher.version);
  await clearLeftovers(dataFolder, log);
  const settings = { ...(ephemeral ? EPHEMERAL_SETTINGS : {}), ...options.settings };
  const server = await startServer({
    postgres: binaries.postgres,
    launcher,
    dataFolder,
    port: options.port,
    settings,
    log,
  });
  return { server, password };
}

async function openFolder(dataDir: string): Promise<string> {
  return denialExplained(dataDir, async () => {
    await mkdir(dataDir, { recursive: true });
    return realpath(dataDir);
  });
}

/** Locks the folder. The result gives it free again: an ephemeral one by removing it, also when this process exits. */
async function takeFolder(folder: string, ephemeral: boolean): Promise<() => Promise<void>> {
  const lock = await denialExplained(folder, () => lockFolder(folder));
  if (!ephemeral) {
    return lock.release;
  }
  if (!(await readdir(folder)).every(isLockName)) {
    await lock.release();
    throw failure.folderNotEmpty(folder);
  }
  const remove = () => rmSync(folder, REMOVAL);
  process.once("exit", remove);
  return async () => {
    process.removeListener("exit", remove);
    await rm(folder, REMOVAL);
  };
}

async function denialExplained<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = systemErrorCode(error) ?? "";
    if (error instanceof Error && ["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(code)) {
      throw failure.folderDenied(folder, error.message);
    }
    throw error;
  }
}
