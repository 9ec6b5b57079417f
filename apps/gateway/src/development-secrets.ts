import { randomUUID } from "node:crypto";
import { link, readFile, unlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { newEncryptionKey, newToken } from "@sallyport/secrets";
import type { Environment } from "./configuration.ts";
import { makeDataFolder } from "./data-folder.ts";

const MAKERS = {
  SALLYPORT_ROOT_KEY: { file: "root-key", make: () => newToken("sp_root") },
  SALLYPORT_ENCRYPTION_KEYS: { file: "encryption-keys", make: newEncryptionKey },
} as const;

/** `DATA_DIR`, as `dev` takes it. */
export function dataFolderOf(environment: Environment): string {
  return resolve(environment.DATA_DIR?.trim() || ".data");
}

/** The encryption keys that an earlier `dev` has made; undefined where none did. */
export function keptEncryptionKeys(environment: Environment): Promise<string | undefined> {
  const path = join(dataFolderOf(environment), MAKERS.SALLYPORT_ENCRYPTION_KEYS.file);
  return readFile(path, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}

/**
 * Fills in the secrets that a development environment leaves out: made once under `DATA_DIR`, readable by their
 * owner only, and kept, so that a second start opens what the first one sealed.
 */
export async function withDevelopmentSecrets(environment: Environment): Promise<Environment> {
  const folder = dataFolderOf(environment);
  const filled: Record<string, string | undefined> = { ...environment };
  for (const [variable, { file, make }] of Object.entries(MAKERS)) {
    if (filled[variable]?.trim()) {
      continue;
    }
    makeDataFolder(folder);
    filled[variable] = await keptSecret(join(folder, file), make);
  }
  return filled;
}

async function keptSecret(path: string, make: () => string): Promise<string> {
  // Written in full under another name first: whoever finds `path` finds a whole secret in it.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${make()}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw error;
    }
  } finally {
    await unlink(draft);
  }
  return (await readFile(path, "utf8")).trim();
}
