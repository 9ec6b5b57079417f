import type { Sql } from "@sallyport/database";
import { matchesDigest } from "@sallyport/secrets";
import type { SigningAlgorithm } from "@sallyport/signing-keys";
import { LRUCache } from "lru-cache";
import type { ClientMetadata } from "oidc-provider";

/** An application as the OpenID Provider needs it: an OIDC client. */
export interface Application {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  /** SHA-256 of the secret; null for a public client. */
  readonly secretDigest: Buffer | null;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly idTokenSigningAlg: SigningAlgorithm;
  readonly accessTokenSigningAlg: SigningAlgorithm;
}

/** A page of the gateway itself that people sign in to: a public client, which redeems its codes in the process. */
export type OwnApplication = Pick<Application, "id" | "clientId" | "name" | "redirectUris">;

const OF_OWN = {
  secretDigest: null,
  postLogoutRedirectUris: [],
  idTokenSigningAlg: "RS256",
  accessTokenSigningAlg: "ES256",
} as const;

export interface Applications {
  /** By `client_id`; null when there is none. Seen up to five seconds late after a change. */
  find(clientId: string): Promise<Application | null>;
  /** The one that has registered this redirect URI; null when none has, or several have. Asks the database. */
  findByRedirectUri(uri: string): Promise<Application | null>;
}

interface Row {
  id: string;
  client_id: string;
  client_secret_digest: Buffer | null;
  name: string;
  redirect_uris: string[];
  post_logout_redirect_uris: string[];
  id_token_signing_alg: SigningAlgorithm;
  access_token_signing_alg: SigningAlgorithm;
}

const FRESH_MS = 5_000;
const MOST_CACHED = 1_000;
// Management makes them of these; and PostgreSQL would raise an error on a zero byte.
const CLIENT_ID = /^[\w.~-]{1,128}$/;

/** @param own the gateway's own: in no table, so that nobody changes, lists or deletes them */
export function createApplications(
  sql: Sql,
  now: () => Date,
  own: readonly OwnApplication[] = [],
): Applications {
  const cache = new LRUCache<string, { readonly readAt: number; readonly application: Application }>({
    max: MOST_CACHED,
  });

  return {
    async find(clientId) {
      const gateways = own.find((application) => application.clientId === clientId);
      if (gateways !== undefined) {
        return { ...gateways, ...OF_OWN };
      }
      const at = now().getTime();
      const known = cache.get(clientId);
      if (known !== undefined && at - known.readAt < FRESH_MS) {
        return known.application;
      }
      cache.delete(clientId);
      if (!CLIENT_ID.test(clientId)) {
        return null;
      }
      const application = await readApplication(sql, clientId);
      if (application !== null) {
        cache.set(clientId, { readAt: at, application });
      }
      return application;
    },
    async findByRedirectUri(uri) {
      const { rows } = await sql.query<Row>(
        `${SELECT} WHERE redirect_uris @> ARRAY[$1] LIMIT 2`,
        [uri],
        "application_find_by_redirect_uri",
      );
      const [row] = rows;
      return row === undefined || rows.length > 1 ? null : applicationOf(row);
    },
  };
}

const SELECT = `
  SELECT id, client_id, client_secret_digest, name, redirect_uris, post_logout_redirect_uris,
         id_token_signing_alg, access_token_signing_alg
  FROM applications`;

async function readApplication(sql: Sql, clientId: string): Promise<Application | null> {
  const { rows } = await sql.query<Row>(`${SELECT} WHERE client_id = $1`, [clientId], "application_find");
  const row = rows[0];
  return row === undefined ? null : applicationOf(row);
}

function applicationOf(row: Row): Application {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    secretDigest: row.client_secret_digest,
    redirectUris: row.redirect_uris.filter(isSafeRedirect),
    postLogoutRedirectUris: row.post_logout_redirect_uris.filter(isSafeRedirect),
    idTokenSigningAlg: row.id_token_signing_alg,
    accessTokenSigningAlg: row.access_token_signing_alg,
  };
}

const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a code may travel there: https, or http to the person's own machine (RFC 8252, 7.3). No fragment (RFC 6749, 3.1.2). */
function isSafeRedirect(uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes("#")) {
    return false;
  }
  const { protocol, hostname } = new URL(uri);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK_HOSTS.includes(hostname));
}

export function isPublic(application: Application): boolean {
  return application.secretDigest === null;
}

/** Whether `secret` is the application's, in constant time. Never for a public one. */
export function secretMatches(application: Application, secret: string): boolean {
  return application.secretDigest !== null && matchesDigest(secret, application.secretDigest);
}

/** Metadata of our own: RFC 7591 has none for JWT access tokens. */
export const ACCESS_TOKEN_SIGNING_ALG = "access_token_signing_alg";

/** The application in the words of RFC 7591, for oidc-provider. Its `client_secret` is the digest, in hex. */
export function clientMetadata(application: Application): ClientMetadata {
  return {
    client_id: application.clientId,
    client_name: application.name,
    redirect_uris: [...application.redirectUris],
    response_types: ["code"],
    // A public one proves nothing of itself, and so gets nothing for itself (RFC 6749, section 4.4).
    grant_types: [
      "authorization_code",
      "refresh_token",
      ...(application.secretDigest === null ? [] : ["client_credentials"]),
    ],
    id_token_signed_response_alg: application.idTokenSigningAlg,
    [ACCESS_TOKEN_SIGNING_ALG]: application.accessTokenSigningAlg,
    ...(application.secretDigest === null
      ? { token_endpoint_auth_method: "none" }
      : {
          token_endpoint_auth_method: "client_secret_basic",
          client_secret: application.secretDigest.toString("hex"),
        }),
  };
}
