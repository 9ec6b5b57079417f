import type { ConnectionType } from "@sallyport/connections";
import { newId, type Sql, storableJson } from "@sallyport/database";
import { digestToken, isTokenOf, newToken } from "@sallyport/secrets";
import type { LoginStep } from "./login-trace.ts";

/** Long enough to be sent to a colleague who tries it after lunch. */
const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Whom a test is about, as the connection's settings normalize them. Nobody is signed in. */
export type TestedIdentity = Readonly<Record<string, string | boolean | null | string[]>>;

export interface CreatedTestLogin {
  readonly id: string;
  /** Of its link: whoever has it may try the connection out, until it expires. */
  readonly token: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * Prepares a login that tries a connection out. The connection need not be active.
 * @param draftVersion the version of its draft, where that is to be tried out in place of the settings that it has
 */
export async function createTestLogin(
  sql: Sql,
  connection: { readonly organizationId: string; readonly connectionId: string },
  now: Date,
  draftVersion: string | null = null,
): Promise<CreatedTestLogin> {
  const id = newId();
  const token = newToken("test");
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  await sql.query(
    `INSERT INTO test_logins (id, organization_id, connection_id, digest, created_at, expires_at, draft_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      connection.organizationId,
      connection.connectionId,
      digestToken(token),
      now,
      expiresAt,
      draftVersion,
    ],
  );
  return { id, token, createdAt: now, expiresAt };
}

/** The test that a link's token is for; null where there is none (any more). */
export async function openTestLogin(
  sql: Sql,
  token: string,
  now: Date,
): Promise<{ readonly id: string; readonly connectionId: string; readonly type: ConnectionType } | null> {
  if (!isTokenOf("test", token)) {
    return null;
  }
  const { rows } = await sql.query<{ id: string; connection_id: string; type: ConnectionType }>(
    `SELECT t.id, t.connection_id, c.type FROM test_logins t JOIN connections c ON c.id = t.connection_id
     WHERE t.digest = $1 AND t.expires_at > $2`,
    [digestToken(token), now],
  );
  const [row] = rows;
  return row === undefined ? null : { id: row.id, connectionId: row.connection_id, type: row.type };
}

/** From now on the test is the login of this record: the last one that its link started. */
export async function startTestLogin(sql: Sql, id: string, recordId: string): Promise<void> {
  await sql.query("UPDATE test_logins SET record_id = $2, identity = NULL WHERE id = $1", [id, recordId]);
}

/** Keeps whom the test turned out to be about. */
export async function finishTestLogin(
  sql: Sql,
  id: string,
  recordId: string,
  identity: TestedIdentity,
): Promise<void> {
  await sql.query("UPDATE test_logins SET identity = $3 WHERE id = $1 AND record_id = $2", [
    id,
    recordId,
    storableJson(JSON.stringify(identity)),
  ]);
}

export interface TestLogin {
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** `waiting`: nobody has opened the link; then as the login's record says. */
  readonly outcome: "waiting" | "started" | "success" | "failure";
  readonly recordId: string | null;
  readonly steps: readonly LoginStep[];
  readonly identity: TestedIdentity | null;
}

/** How a test went so far; null where the connection has no such test (any more). */
export async function findTestLogin(
  sql: Sql,
  key: { readonly organizationId: string; readonly connectionId: string; readonly id: string },
): Promise<TestLogin | null> {
  const { rows } = await sql.query<{
    created_at: Date;
    expires_at: Date;
    record_id: string | null;
    outcome: "started" | "success" | "failure" | null;
    steps: LoginStep[] | null;
    identity: TestedIdentity | null;
  }>(
    `SELECT t.created_at, t.expires_at, r.id AS record_id, r.outcome, r.steps, t.identity
     FROM test_logins t LEFT JOIN login_records r ON r.id = t.record_id AND r.connection_id = t.connection_id
     WHERE t.id = $1 AND t.connection_id = $2 AND t.organization_id = $3`,
    [key.id, key.connectionId, key.organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  return {
    id: key.id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    outcome: row.outcome ?? "waiting",
    recordId: row.record_id,
    steps: row.steps ?? [],
    identity: row.identity,
  };
}

/** Whether the last try of any test of this draft succeeded. */
export async function isDraftTested(
  sql: Sql,
  draft: { readonly organizationId: string; readonly connectionId: string; readonly version: string },
): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT 1 FROM test_logins t JOIN login_records r ON r.id = t.record_id AND r.connection_id = t.connection_id
     WHERE t.connection_id = $1 AND t.organization_id = $2 AND t.draft_version = $3 AND r.outcome = 'success' LIMIT 1`,
    [draft.connectionId, draft.organizationId, draft.version],
  );
  return rows.length > 0;
}

/**
 * The settings that a test is of, where it is of a draft; null where it is of the connection as it is, and `gone` where
 * the draft is none any more.
 */
export async function findDraftUnderTest(
  sql: Sql,
  key: { readonly organizationId: string; readonly connectionId: string; readonly testId: string },
): Promise<{ readonly provider: string; readonly settings: unknown } | "gone" | null> {
  const { rows } = await sql.query<{
    draft_version: string | null;
    provider: string | null;
    settings: unknown;
  }>(
    `SELECT t.draft_version, v.provider, v.settings FROM test_logins t
     LEFT JOIN connection_versions v
       ON v.connection_id = t.connection_id AND v.kind = 'draft' AND v.version = t.draft_version
     WHERE t.id = $1 AND t.connection_id = $2 AND t.organization_id = $3`,
    [key.testId, key.connectionId, key.organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    return "gone";
  }
  if (row.draft_version === null) {
    return null;
  }
  return row.provider === null ? "gone" : { provider: row.provider, settings: row.settings };
}
