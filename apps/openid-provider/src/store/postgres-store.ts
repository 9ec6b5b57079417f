import type { Sql } from "@sallyport/database";
import { noteSessionUse } from "@sallyport/sessions";
import {
  type Artifact,
  type ArtifactKey,
  type ArtifactStore,
  digestOf,
  type Payload,
  type SessionUse,
} from "./artifact-store.ts";

interface PayloadRow {
  payload: Payload;
}

/** Notes that an application gets tokens of a session. */
export async function noteUse(sql: Sql, { sessionId, clientId }: SessionUse): Promise<void> {
  await sql.query(noteSessionUse("$1", "$2"), [sessionId, clientId], "session_use_note");
}

const OVERWRITE = "DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at";

/**
 * State in the table `op_artifacts`. Each method is one prepared statement, which reaches rows by their key alone (a
 * join would be planned once, while the table is small); only what is rare, a reuse or a removal, costs one more.
 */
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
    const { rows } = await sql.query<PayloadRow & { consumed_at: Date | null }>(
      `SELECT payload, consumed_at FROM op_artifacts
       WHERE kind = $1 AND digest = $2 AND expires_at > $3`,
      [key.kind, digestOf(key), now()],
      "artifact_find",
    );
    const row = rows[0];
    return row === undefined ? null : { payload: row.payload, consumedAt: row.consumed_at };
  }

  async function writeAll(
    artifacts: readonly Artifact[],
    use: SessionUse | undefined,
    over: "put" | "add",
  ): Promise<void> {
    const rows = artifacts.map((artifact) => ({
      kind: artifact.kind,
      digest: digestOf(artifact).toString("hex"),
      payload: artifact.payload,
      grant_id: artifact.grantId,
      expires_at: artifact.expiresAt,
    }));
    await sql.query(
      `WITH noted AS (
         ${noteSessionUse("$2", "$3")}
       )
       INSERT INTO op_artifacts (kind, digest, payload, grant_id, expires_at)
       SELECT kind, decode(digest, 'hex'), payload, grant_id, expires_at
       FROM json_to_recordset($1::json)
         AS artifact (kind text, digest text, payload jsonb, grant_id text, expires_at timestamptz)
       ON CONFLICT (kind, digest) ${over === "put" ? OVERWRITE : "DO NOTHING"}`,
      [JSON.stringify(rows), use?.sessionId ?? null, use?.clientId ?? null],
      over === "put" ? "artifacts_write" : "artifacts_add",
    );
  }

  return {
    find,
    async write({ put = [], add = [], remove = [], use }) {
      if (put.length > 0 || use !== undefined) {
        await writeAll(put, use, "put");
      }
      if (add.length > 0) {
        await writeAll(add, undefined, "add");
      }
      await Promise.all(
        remove.map((key) =>
          sql.query(
            "DELETE FROM op_artifacts WHERE kind = $1 AND digest = $2",
            [key.kind, digestOf(key)],
            "artifact_remove",
          ),
        ),
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
      return payload === null ? find(key) : { payload, consumedAt: null };
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
