import { randomBytes, randomUUID } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.ts";
import { failure, systemErrorCode } from "./errors.ts";
import type { Launcher } from "./launcher.ts";
import { processesWorkingIn, until } from "./processes.ts";

/** A database cluster on disk, with the password of its only role. */
export interface Cluster {
  readonly dataFolder: string;
  readonly password: string;
}

/** The only role, a superuser, as initdb makes it. */
export const ROLE = "sallyport";
/** The database that initdb makes. */
export const DEFAULT_DATABASE = "postgres";

const DRAFT_PREFIX = "cluster.draft.";
const INITDB_END_MS = 5_000;
/** Tried for three seconds while PostgreSQL's programs still write there. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
const clusterPath = (folder: string) => join(folder, "cluster");
const dataFolderPath = (folder: string) => join(clusterPath(folder), "data");
const passwordPath = (cluster: string) => join(cluster, "password");

/** Whose files the cluster of this folder are; undefined when there is no cluster yet. */
export async function clusterOwner(folder: string): Promise<Account | undefined> {
  return stat(clusterPath(folder)).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  });
}

/** Reads the cluster that an earlier run made. Throws when it is of another major version, or not whole. */
export async function readCluster(folder: string, version: string): Promise<Cluster> {
  const dataFolder = dataFolderPath(folder);
  const found = (await readPart(join(dataFolder, "PG_VERSION"))).trim();
  if (found !== version.split(".")[0]) {
    throw failure.versionMismatch(dataFolder, found, version);
  }
  return readRunningCluster(folder);
}

/** As `readCluster`, where it runs, so that its version is right. */
export async function readRunningCluster(folder: string): Promise<Cluster> {
  const password = (await readPart(passwordPath(clusterPath(folder)))).trim();
  return { dataFolder: dataFolderPath(folder), password };
}

/**
 * Makes a new cluster. It is made beside its place and then renamed, so that a cluster which is there is whole, however
 * early an earlier attempt was killed.
 */
export async function createCluster(options: {
  folder: string;
  initdb: string;
  launcher: Launcher;
  account: Account | undefined;
  /** False: do not wait for the disk. */
  durable: boolean;
}): Promise<Cluster> {
  const { folder, account } = options;
  const draft = join(folder, `${DRAFT_PREFIX}${randomUUID()}`);
  const password = randomBytes(24).toString("base64url");
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordPath(draft), `${password}\n`, { mode: 0o600, flush: options.durable });
    if (account) {
      await chown(passwordPath(draft), account.uid, account.gid);
      await chown(draft, account.uid, account.gid);
    }
    const initdb = options.launcher.start(options.initdb, [
      ...["-D", join(draft, "data"), "-U", ROLE, `--pwfile=${passwordPath(draft)}`, "--auth=scram-sha-256"],
      // PostgreSQL's own C.UTF-8: the same sort order on every machine, whatever locales its system has.
      ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      // The draft is removed here, after a failure; initdb would remove it under programs that it runs.
      "--no-clean",
      ...(options.durable ? [] : ["--no-sync"]),
    ]);
    const { code, ending } = await initdb.ended;
    if (code !== 0) {
      throw failure.initFailed(folder, ending, initdb.lastLines());
    }
    await rename(draft, clusterPath(folder));
  } catch (error) {
    await rm(draft, REMOVAL);
    throw error;
  }
  return { dataFolder: dataFolderPath(folder), password };
}

/** Removes what attempts to make the cluster left when they were killed. */
export async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(DRAFT_PREFIX)) {
      continue;
    }
    const draft = join(folder, name);
    // initdb outlives its killed parent for a moment. What it runs ends by itself, and gives its shared memory back.
    await until(async () => (await processesWorkingIn(join(draft, "data"))).length === 0, INITDB_END_MS);
    await rm(draft, REMOVAL);
  }
}

async function readPart(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      throw failure.folderDamaged(path, path);
    }
    throw error;
  });
}
