import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { recordAudit } from "@sallyport/audit";
import { type Database, newId, type Sql } from "@sallyport/database";
import { selfSignedCertificate } from "@sallyport/saml";
import type { SecretBox } from "@sallyport/secrets";

const YEARS = 10;

/** A service provider's own key pair. */
export interface ConnectionKey {
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** PEM. */
  readonly certificate: string;
}

interface Owner {
  readonly id: string;
  readonly organizationId: string;
}

export interface ConnectionKeys {
  /** The live keys of a connection, newest first; none where none was ever needed. */
  find(connection: Owner): Promise<readonly ConnectionKey[]>;
  /** The same; makes the first one where there is none. */
  ensure(connection: Owner): Promise<readonly [ConnectionKey, ...ConnectionKey[]]>;
}

/** Key pairs of SAML connections: private keys sealed at rest. */
export function createConnectionKeys(
  database: Database,
  secrets: SecretBox,
  now: () => Date,
): ConnectionKeys {
  const find = async (sql: Sql, connection: Owner) => {
    const { rows } = await sql.query<{ id: string; certificate: string; private_key: string }>(
      `SELECT id, certificate, private_key FROM connection_keys
       WHERE organization_id = $1 AND connection_id = $2 AND retired_at IS NULL
       ORDER BY created_at DESC, id DESC`,
      [connection.organizationId, connection.id],
      "connection_keys_find",
    );
    return rows.map((row) => ({
      certificate: row.certificate,
      privateKey: secrets.open(row.private_key, sealContext(row.id)),
    }));
  };

  return {
    find: (connection) => find(database.sql, connection),
    async ensure(connection) {
      const [newest, ...older] = await find(database.sql, connection);
      if (newest !== undefined) return [newest, ...older];
      // Made outside the transaction: it takes a while, and a lost race wastes only this.
      const made = await makeKey(connection, now());
      return database.transaction(async (sql) => {
        // Of two at once the second waits here, and then finds the first one's.
        await sql.query("SELECT 1 FROM connections WHERE id = $1 AND organization_id = $2 FOR UPDATE", [
          connection.id,
          connection.organizationId,
        ]);
        const [faster, ...others] = await find(sql, connection);
        if (faster !== undefined) return [faster, ...others];
        const id = newId();
        await sql.query(
          `INSERT INTO connection_keys (id, organization_id, connection_id, certificate, private_key, created_at)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [
            id,
            connection.organizationId,
            connection.id,
            made.certificate,
            secrets.seal(made.privateKey, sealContext(id)),
            now(),
          ],
        );
        await recordAudit(sql, [
          {
            organizationId: connection.organizationId,
            type: "connection_key.created",
            actor: { type: "system" },
            resource: { type: "connection_key", id },
            data: { connectionId: connection.id },
          },
        ]);
        return [made];
      });
    },
  };
}

async function makeKey(connection: Owner, now: Date): Promise<ConnectionKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + YEARS);
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: selfSignedCertificate({
      privateKey,
      commonName: connection.id,
      notBefore: now,
      notAfter,
    }),
  };
}

function sealContext(keyId: string): string {
  return `connection_keys.private_key:${keyId}`;
}
