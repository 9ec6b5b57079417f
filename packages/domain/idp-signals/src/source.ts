import {
  type ConnectionType,
  parseConnectionSettings,
  type SignalTransmitter,
  signalEventsPath,
} from "@sallyport/connections";
import { isId, type Sql } from "@sallyport/database";
import type { Speaker } from "./find-people.ts";
import type { ExpectedSet } from "./sets/set.ts";
import { type TransmitterConfiguration, transmitterConfiguration } from "./transmitters/configuration.ts";
import type { TransmitterKey } from "./transmitters/store.ts";

/** Whose security events a connection takes, and what is known of them. */
export interface SignalSource {
  readonly speaker: Speaker;
  readonly active: boolean;
  readonly settings: SignalTransmitter;
  /** What it said of itself; null: not read yet. */
  readonly configuration: TransmitterConfiguration | null;
  /** When it was last looked for. */
  readonly checkedAt: Date | null;
  /** What went wrong there last; null: all went well since. */
  readonly errorCode: string | null;
  /** The stream that the gateway made there; null: an administrator made one by hand, which pushes. */
  readonly stream: MadeStream | null;
}

export interface MadeStream {
  readonly id: string;
  /** As the transmitter calls it. */
  readonly streamId: string;
  readonly audiences: readonly string[];
  readonly polled: boolean;
  /** SHA-256 of the token that its pushes bear; null: it is polled. */
  readonly pushDigest: Buffer | null;
}

interface Row {
  readonly organization_id: string;
  readonly type: ConnectionType;
  readonly active: boolean;
  readonly settings: unknown;
  readonly configuration: unknown;
  readonly checked_at: Date | null;
  readonly error_code: string | null;
  readonly stream_row_id: string | null;
  readonly stream_id: string;
  readonly audiences: string[];
  readonly polled: boolean;
  readonly push_digest: Buffer | null;
}

/** Null where there is no such connection, or it names nobody. */
export async function findSource(sql: Sql, connectionId: string): Promise<SignalSource | null> {
  if (!isId(connectionId)) {
    return null;
  }
  const { rows } = await sql.query<Row>(
    `SELECT c.organization_id, c.type::text, c.status = 'active' AS active, c.settings, t.configuration, t.checked_at, t.error_code,
            s.id AS stream_row_id, s.stream_id, s.audiences, s.poll_url IS NOT NULL AS polled, s.push_digest
     FROM connections c
     LEFT JOIN idp_transmitters t ON t.connection_id = c.id AND t.issuer = c.settings->'signals'->>'issuer'
     LEFT JOIN idp_streams s ON s.connection_id = c.id AND s.issuer = c.settings->'signals'->>'issuer'
     WHERE c.id = $1::uuid`,
    [connectionId],
    "signals_source",
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const connection = parseConnectionSettings(row.type, row.settings);
  const settings = connection.signals ?? null;
  if (settings === null) {
    return null;
  }
  const identityIssuer = "issuer" in connection ? connection.issuer : connection.idpEntityId;
  return {
    speaker: {
      connection: { id: connectionId, organizationId: row.organization_id },
      identityIssuer,
      issuerNames: [identityIssuer, settings.issuer],
      nameIds: row.type === "saml",
    },
    active: row.active,
    settings,
    configuration: row.configuration === null ? null : transmitterConfiguration.parse(row.configuration),
    checkedAt: row.checked_at,
    errorCode: row.error_code,
    stream:
      row.stream_row_id === null
        ? null
        : {
            id: row.stream_row_id,
            streamId: row.stream_id,
            audiences: row.audiences,
            polled: row.polled,
            pushDigest: row.push_digest === null ? null : Buffer.from(row.push_digest),
          },
  };
}

export function keyOf({ speaker, settings }: SignalSource): TransmitterKey {
  const { id, organizationId } = speaker.connection;
  return { connectionId: id, organizationId, issuer: settings.issuer };
}

/** What its SETs must say: the audience as it was given by hand, or as its stream has it, or else where they are pushed to. */
export function expectedOf({ speaker, settings, stream }: SignalSource, publicUrl: string): ExpectedSet {
  const { issuer, audience } = settings;
  const own = publicUrl + signalEventsPath(speaker.connection.id);
  return { issuer, audiences: audience === undefined ? (stream?.audiences ?? [own]) : [audience] };
}
