import type { Database, Sql } from "@sallyport/database";
import { type Event, recordEvents } from "@sallyport/events";
import { type CertificateInfo, readCertificate } from "@sallyport/saml";

const DAY_MS = 24 * 3_600_000;
/** How many days before its end a certificate is announced; the end itself is the last mark. */
const MARKS = [0, 7, 30, 60];
const PAGE = 200;

/** Of the identity provider, which verifies logins; or the service provider's own, of one of its key pairs. */
type Side = "idp" | "sp";

interface Ending {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly side: Side;
  readonly certificate: CertificateInfo;
  readonly mark: number;
}

/**
 * Announces each certificate of each SAML connection as it passes a mark, with one event a mark; of the marks that
 * it had passed before it was first seen, the nearest alone. May run in several processes at once.
 */
export async function announceExpiry(database: Database, now: Date): Promise<number> {
  let announced = 0;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const rows = await readPage(database.sql, after);
    const endings = rows.flatMap((row) => endingsOf(row, now));
    if (endings.length > 0) {
      announced += await database.transaction((sql) => announce(sql, endings, now));
    }
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) {
      return announced;
    }
    after = last.connectionId;
  }
}

interface CertificatesOfConnection {
  readonly organizationId: string;
  readonly connectionId: string;
  /** PEM. */
  readonly idp: readonly string[];
  readonly sp: readonly string[];
}

async function readPage(sql: Sql, after: string): Promise<CertificatesOfConnection[]> {
  const { rows } = await sql.query<CertificatesOfConnection>(
    `SELECT c.organization_id AS "organizationId", c.id AS "connectionId", c.settings->'certificates' AS idp,
            ARRAY(SELECT k.certificate FROM connection_keys k
                  WHERE k.connection_id = c.id AND k.organization_id = c.organization_id AND k.retired_at IS NULL) AS sp
     FROM connections c WHERE c.type = 'saml' AND c.id > $1 ORDER BY c.id LIMIT ${PAGE}`,
    [after],
    "expiry_certificates",
  );
  return rows;
}

function endingsOf({ organizationId, connectionId, idp, sp }: CertificatesOfConnection, now: Date): Ending[] {
  const all = [...idp.map((pem) => ["idp", pem] as const), ...sp.map((pem) => ["sp", pem] as const)];
  const endings = new Map<string, Ending>();
  for (const [side, pem] of all) {
    const certificate = read(pem);
    const mark = MARKS.find((days) => certificate.notAfter.getTime() - now.getTime() <= days * DAY_MS);
    if (mark === undefined) {
      continue;
    }
    endings.set(certificate.fingerprint, { organizationId, connectionId, side, certificate, mark });
  }
  return [...endings.values()];
}

function read(pem: string): CertificateInfo {
  const result = readCertificate(pem);
  if (!result.ok) {
    throw new Error(`A stored certificate is unreadable: ${result.code}`);
  }
  return result.certificate;
}

/** Of several processes at once each mark falls to the one whose row it becomes. */
async function announce(sql: Sql, endings: readonly Ending[], now: Date): Promise<number> {
  const marks = endings.map(({ organizationId, connectionId, certificate, mark }) => ({
    organization_id: organizationId,
    connection_id: connectionId,
    fingerprint: certificate.fingerprint,
    days: mark,
  }));
  // In one order, so that no two of these wait for each other; a connection that is deleted meanwhile is left out.
  const { rows } = await sql.query<{ key: string }>(
    `INSERT INTO certificate_notices (connection_id, fingerprint, organization_id, days, announced_at)
     SELECT c.id, mark.fingerprint, c.organization_id, mark.days, $2
     FROM json_to_recordset($1::json) AS mark (organization_id uuid, connection_id uuid, fingerprint text, days smallint)
     JOIN connections c ON c.id = mark.connection_id AND c.organization_id = mark.organization_id
     WHERE NOT EXISTS (
       SELECT 1 FROM certificate_notices n
       WHERE n.connection_id = c.id AND n.fingerprint = mark.fingerprint AND n.days <= mark.days)
     ORDER BY c.id, mark.fingerprint
     FOR KEY SHARE OF c
     ON CONFLICT (connection_id, fingerprint) DO UPDATE SET days = excluded.days, announced_at = excluded.announced_at
       WHERE certificate_notices.days > excluded.days
     RETURNING connection_id || fingerprint AS key`,
    [JSON.stringify(marks), now],
    "expiry_announce",
  );
  const ours = new Set(rows.map((row) => row.key));
  const announced = endings.filter(({ connectionId, certificate }) =>
    ours.has(connectionId + certificate.fingerprint),
  );
  await recordEvents(
    sql,
    announced.map((ending) => eventOf(ending, now)),
  );
  return announced.length;
}

function eventOf({ organizationId, connectionId, side, certificate, mark }: Ending, now: Date): Event {
  const { fingerprint, subject, notAfter } = certificate;
  const daysLeft = Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
  return {
    organizationId,
    type: mark === 0 ? "connection.certificate_expired" : "connection.certificate_expiring",
    actor: { type: "system" },
    resource: { type: "connection", id: connectionId },
    data: { side, fingerprint, subject, notAfter: notAfter.toISOString(), daysLeft },
  };
}
