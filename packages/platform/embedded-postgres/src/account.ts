import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { clusterOwner } from "./cluster.ts";
import { failure } from "./errors.ts";

/** A user of this machine, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What nearly every Linux calls nobody and nogroup. */
const NOBODY: Account = { uid: 65534, gid: 65534 };

/**
 * The user that PostgreSQL is to run as; undefined: the user of this process. PostgreSQL refuses root, so for root it is
 * the owner of the database, else of the folder (a user's checkout that was started with sudo once stays usable without),
 * and nobody where that is root, too.
 */
export async function chooseAccount(folder: string): Promise<Account | undefined> {
  const uid = process.getuid?.();
  const database = await clusterOwner(folder);
  if (uid !== 0) {
    if (database === undefined || database.uid === uid) {
      return undefined;
    }
    throw failure.folderDenied(folder, `its database belongs to uid ${database.uid}, and this is uid ${uid}`);
  }
  if (database !== undefined && database.uid !== 0) {
    return database;
  }
  const owner = await stat(folder);
  // initdb refuses a uid without a name, such as that of a folder of the host's in a container.
  const hasName = (await id("-u", String(owner.uid))) !== undefined;
  return owner.uid !== 0 && hasName ? { uid: owner.uid, gid: owner.gid } : nobody();
}

async function nobody(): Promise<Account> {
  const [uid, gid] = [await id("-u", "nobody"), await id("-g", "nobody")];
  return uid === undefined || gid === undefined ? NOBODY : { uid, gid };
}

/** Asks the system's user database; undefined when it knows no such user. */
async function id(...args: string[]): Promise<number | undefined> {
  const answer = await promisify(execFile)("id", args).catch(() => undefined);
  return answer && Number(answer.stdout);
}
