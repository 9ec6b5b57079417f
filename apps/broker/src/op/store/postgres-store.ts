import type { Sql } from "@sallyport/database";
import {
  type ArtifactKey,
  type ArtifactStore,
  digestOf,
  type Payload,
  type SessionUse,
} from "./artifact-store.ts";

interface PayloadRow {
  payload: Payload;
}

const noteUsesIn = (parameter: "$1" | "$3") => `
  INSERT INTO session_applications (session_id, application_id)
  SELECT s.id, a.id
  FROM json_to_recordset(${parameter}::json) AS use ("sessionId" uuid, "clientId" text)
  JOIN sessions s ON s.id = use."sessionId"
  JOIN applications a ON a.client_id = use."clientId"
  ON CONFLICT DO NOTHING`;

/** Notes which applications get tokens of which sessions. */
export async function noteUses(sql: Sql, uses: readonly SessionUse[]): Promise<void> {
  if (uses.length > 0) await sql.query(noteUsesIn("$1"), [JSON.stringify(uses)], "session_uses_note");
}

/** State in the table `op_artifacts`. Each method is one prepared statement; only a reuse costs `consume` a second. */
export function createPostgresStore(sql: Sql, now: () => Date): ArtifactStore {
  async function firstPayload(
    name: string,
    text: string,
    key: ArtifactKey,
    ...values: unknown[]
  ): Promise<Payload | null> {
    const { rows } = await sql.query<PayloadRow>(text, [key.kind, digestOf(key), now(), ...values], name);
    return rows[0]?.payload ?? null;
  }

  async function find(key: ArtifactKey) {
    const { rows } = await sql.query<PayloadRow & { consumed: boolean }>(
      `SELECT payload, consumed_at IS NOT NULL AS consumed FROM op_artifacts
       WHERE kind = $1 AND digest = $2 AND expires_at > $3`,
      [key.kind, digestOf(key), now()],
      "artifact_find",
    );
    return rows[0] ?? null;
  }

  return {
    find,
    async write({ put = [], remove = [], uses = [] }) {
      const rows = put.map((artifact) => ({
        kind: artifact.kind,
        digest: digestOf(artifact).toString("hex"),
        payload: artifact.payload,
        grant_id: artifact.grantId,
        expires_at: artifact.expiresAt,
      }));
      const gone = remove.map((key) => ({ kind: key.kind, digest: digestOf(key).toString("hex") }));
      await sql.query(
        `WITH gone AS (
           DELETE FROM op_artifacts USING json_to_recordset($2::json) AS key (kind text, digest text)
           WHERE op_artifacts.kind = key.kind AND op_artifacts.digest = decode(key.digest, 'hex')
         ), noted AS (
           ${noteUsesIn("$3")}
         )
         INSERT INTO op_artifacts (kind, digest, payload, grant_id, expires_at)
         SELECT kind, decode(digest, 'hex'), payload, grant_id, expires_at
         FROM json_to_recordset($1::json)
           AS artifact (kind text, digest text, payload jsonb, grant_id text, expires_at timestamptz)
         ON CONFLICT (kind, digest) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
        [JSON.stringify(rows), JSON.stringify(gone), JSON.stringify(uses)],
        "artifacts_write",
      );
    },
    take: (key) =>
      firstPayload(
        "artifact_take",
        "DELETE FROM op_artifacts WHERE kind = $1 AND digest = $2 AND expires_at > $3 RETURNING payload",
        key,
      ),
    async consume(key) {
      const payload = await firstPayload(
        "artifact_consume",
        `UPDATE op_artifacts SET consumed_at = $3
         WHERE kind = $1 AND digest = $2 AND expires_at > $3 AND consumed_at IS NULL
         RETURNING payload`,
        key,
      );
      return payload === null ? find(key) : { payload, consumed: false };
    },
    addOnce: (key, name, value) =>
      firstPayload(
        "artifact_add_once",
        `UPDATE op_artifacts SET payload = payload || jsonb_build_object($4::text, $5::jsonb)
         WHERE kind = $1 AND digest = $2 AND expires_at > $3 AND NOT payload ? $4
         RETURNING payload`,
        key,
        name,
        JSON.stringify(value),
      ),
    async removeGrant(grantId) {
      await sql.query("DELETE FROM op_artifacts WHERE grant_id = $1", [grantId], "artifacts_remove_grant");
    },
    close: async () => undefined,
  };
}
