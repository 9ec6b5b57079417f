import { join } from "node:path";
import { findRunningPostgres } from "@sallyport/embedded-postgres";
import { ConfigurationError, type Environment } from "./configuration.ts";
import { dataFolderOf, keptEncryptionKeys } from "./development-secrets.ts";

/**
 * Fills in the database of the `dev` that runs on `DATA_DIR`, with its keys, where no `DATABASE_URL` is given. In production
 * nothing is guessed. Throws `ConfigurationError` where none runs.
 */
export async function withRunningDatabase(environment: Environment): Promise<Environment> {
  if (environment.DATABASE_URL?.trim() || environment.NODE_ENV === "production") {
    return environment;
  }
  const folder = dataFolderOf(environment);
  const url = await findRunningPostgres(join(folder, "postgres"));
  if (url === undefined) {
    throw new ConfigurationError([
      `DATABASE_URL is not set, and no gateway runs on the embedded database in ${folder}. Set it, or start that gateway (npm start, in the same folder) and verify while it runs`,
    ]);
  }
  const keys = environment.SALLYPORT_ENCRYPTION_KEYS?.trim() || (await keptEncryptionKeys(environment));
  return { ...environment, DATABASE_URL: url, SALLYPORT_ENCRYPTION_KEYS: keys };
}
