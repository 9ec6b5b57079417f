import { realpath } from "node:fs/promises";
import { clusterOwner, DEFAULT_DATABASE, ROLE, readRunningCluster } from "./cluster.ts";
import { systemErrorCode } from "./errors.ts";
import { portOfRunning } from "./server.ts";

/**
 * The connection URL of the PostgreSQL that another process runs on the data folder: a secret, not to be logged. Undefined where
 * none runs there. Starts and changes nothing.
 */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const folder = await realpath(dataDir).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (folder === undefined || (await clusterOwner(folder)) === undefined) {
    return undefined;
  }
  const { dataFolder, password } = await readRunningCluster(folder);
  const port = await portOfRunning(dataFolder);
  return port === undefined
    ? undefined
    : `postgresql://${ROLE}:${password}@127.0.0.1:${port}/${encodeURIComponent(DEFAULT_DATABASE)}`;
}
