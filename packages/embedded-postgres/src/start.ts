import { rmSync } from "node:fs";
import { mkdir, readdir, realpath, rm, rmdir, stat } from "node:fs/promises";
import { findBinaries } from "./binaries.ts";
import { clusterOwner, clusterPath, createCluster, DEFAULT_DATABASE, ROLE, readCluster } from "./cluster.ts";
import { type EmbeddedPostgresError, failure, systemErrorCode } from "./errors.ts";
import { type Account, chooseLauncher } from "./launcher.ts";
import { lockFolder, removeLock } from "./lock.ts";
import { clearLeftovers, startServer } from "./server.ts";

export interface EmbeddedPostgresOptions {
  /** Made when it is missing. Holds nothing else. */
  readonly dataDir: string;
  /** Default: a free port, another one at each start. */
  readonly port?: number;
  /** Receives each line that PostgreSQL logs. */
  readonly log?: (line: string) => void;
  /** PostgreSQL settings by name, such as `{ max_connections: "200" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For tests: does not wait for the disk, and its data is removed at stop. */
  readonly ephemeral?: boolean;
}

export interface EmbeddedPostgres {
  /** Connection URL of the default database, with the role and its password: a secret, not to be logged. */
  readonly url: string;
  readonly port: number;
  /** The same for another database, which need not exist. */
  urlFor(database: string): string;
  /** Settles when PostgreSQL has ended: with undefined after stop(), with the reason when it ended by itself. */
  readonly ended: Promise<EmbeddedPostgresError | undefined>;
  /** Shuts down, writes everything out and gives the folder free. May be called more than once. */
  stop(): Promise<void>;
}

/** When root starts PostgreSQL for the first time: nobody, and nogroup or its like. */
const UNPRIVILEGED: Account = { uid: 65534, gid: 65534 };
const EPHEMERAL_SETTINGS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/**
 * Starts PostgreSQL on the data folder, and makes the database when the folder is new. A server that an earlier run left
 * behind is stopped first; a folder that another live process holds is refused.
 *
 * Throws EmbeddedPostgresError; nothing is left running then.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await openFolder(options.dataDir);
  const lock = await denialExplained(folder, () => lockFolder(folder));
  const ephemeral = options.ephemeral ?? false;
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const release = async () => {
    process.removeListener("exit", removeAtExit);
    if (ephemeral) await removeEphemeral(folder);
    else await lock.release();
  };
  try {
    if (ephemeral && (await clusterOwner(folder))) throw failure.folderNotEmpty(folder);
  } catch (error) {
    await lock.release();
    throw error;
  }
  if (ephemeral) process.once("exit", removeAtExit);
  try {
    const { port, password, server } = await denialExplained(folder, () => open(folder, ephemeral, options));
    const urlFor = (database: string) =>
      `postgresql://${ROLE}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    let stopped: Promise<void> | undefined;
    return {
      url: urlFor(DEFAULT_DATABASE),
      port,
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

async function open(folder: string, ephemeral: boolean, options: EmbeddedPostgresOptions) {
  const log = options.log ?? (() => {});
  const account = await chooseAccount(folder);
  const binaries = await findBinaries(folder);
  const launcher = await chooseLauncher(binaries.postgres, folder, account);
  const isNew = (await clusterOwner(folder)) === undefined;
  const cluster = isNew
    ? await createCluster({ folder, initdb: binaries.initdb, launcher, account, durable: !ephemeral })
    : await readCluster(folder, launcher.version);
  await clearLeftovers(cluster.dataFolder, log);
  const server = await startServer({
    postgres: binaries.postgres,
    launcher,
    dataFolder: cluster.dataFolder,
    port: options.port,
    settings: { ...(ephemeral ? EPHEMERAL_SETTINGS : {}), ...options.settings },
    log,
  });
  return { port: server.port, password: cluster.password, server };
}

async function openFolder(dataDir: string): Promise<string> {
  return denialExplained(dataDir, async () => {
    await mkdir(dataDir, { recursive: true });
    return realpath(dataDir);
  });
}

/**
 * Undefined: as the user of this process. For root, the owner of the database, or of the folder (a user's checkout
 * started with sudo stays usable without), and an unprivileged one where that is root, too.
 */
async function chooseAccount(folder: string): Promise<Account | undefined> {
  const uid = process.getuid?.();
  const owner = await clusterOwner(folder);
  if (uid === 0) {
    const { uid, gid } = owner ?? (await stat(folder));
    return uid === 0 ? UNPRIVILEGED : { uid, gid };
  }
  if (owner && owner.uid !== uid) {
    throw failure.folderDenied(folder, `its database belongs to uid ${owner.uid}, and this is uid ${uid}`);
  }
  return undefined;
}

async function removeEphemeral(folder: string): Promise<void> {
  await rm(clusterPath(folder), { recursive: true, force: true });
  await removeLock(folder);
  if ((await readdir(folder)).length === 0) await rmdir(folder);
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
