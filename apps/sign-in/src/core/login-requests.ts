import type { ConnectionType, StoredConnection } from "@sallyport/connections";
import { asMembersOfWith, isId, type Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { type Finding, type LoginStep, openingStatement } from "@sallyport/login-records";
import { digestToken, isTokenOf, newToken, type SecretBox } from "@sallyport/secrets";
import { z } from "zod";
import type { Landing } from "../idp-initiated/landing.ts";
import { SignInFailure } from "./failures.ts";

const LOGIN_REQUEST_LIFETIME_MS = 10 * 60 * 1000;

/** What a protocol must find again when the browser comes back: its own to write and to read. */
export type ProtocolState = Readonly<Record<string, string>>;

const sealedState = z.strictObject({
  recordId: z.string(),
  protocol: z.record(z.string(), z.string()),
  freshSince: z.iso.datetime().nullable(),
  authTimeAsked: z.boolean().default(false),
  landing: z.strictObject({ applicationId: z.string(), target: z.string().nullable() }).optional(),
  testId: z.string().optional(),
});

/** What a login was started for. */
export type LoginCause =
  /** An application's authorization request, which waits for it. */
  | { readonly kind: "request"; readonly interactionId: string }
  /** Somebody who came from the IdP's own pages, to be sent to an application. */
  | { readonly kind: "landing"; readonly landing: Landing };

/** An administrator tries the connection out, active or not: nobody is signed in (test-login.ts). */
export interface TestCause {
  readonly kind: "test";
  readonly testId: string;
}

/** A login whose IdP has responded: its login request is used up, so that nobody else gets it. */
export interface OpenLogin {
  readonly id: string;
  readonly cause: LoginCause | TestCause;
  /** Token of the browser that started it, and brought the response. */
  readonly browser: string;
  /** As it is now; it may have been disabled since. */
  readonly connection: StoredConnection;
  readonly recordId: string;
  readonly protocolState: ProtocolState;
  /** The IdP was asked to have the person authenticate anew: when. */
  readonly freshSince: Date | null;
  /** The IdP was asked to say when the person authenticated. */
  readonly authTimeAsked: boolean;
}

/** A new OAuth `state` / SAML RelayState: 256 random bits; within RelayState's 80 bytes (SAML bindings 3.4.3). */
export function newLoginRequestId(): string {
  return newToken("login");
}

/**
 * Whether the text could be one of our ids: anything else that comes back never reaches the database, and may be a
 * RelayState of an IdP's own.
 */
export function isLoginRequestId(text: string): boolean {
  return isTokenOf("login", text);
}

export interface NewLoginRequest {
  readonly id: string;
  readonly connection: StoredConnection;
  readonly cause: LoginCause | TestCause;
  readonly browser: string;
  readonly protocolState: ProtocolState;
  /** The person must authenticate anew, not be remembered by the IdP. */
  readonly forced: boolean;
  /** The IdP must say when they did. */
  readonly authTimeAsked: boolean;
  /** The row of login_records that opens with it. */
  readonly record: {
    readonly id: string;
    readonly requestId: string;
    readonly steps: readonly LoginStep[];
    readonly request: string;
  };
  readonly now: Date;
}

/** A row of login_requests: a login that waits, for its IdP's response or at a further step. */
export const INSERT_LOGIN_REQUEST = `INSERT INTO login_requests
  (id, organization_id, connection_id, interaction_id, browser_digest, sealed_state, created_at, expires_at)
  VALUES ($1::text, $2::uuid, $3::uuid, $4::text, $5::bytea, $6::text, $7::timestamptz, $8::timestamptz)`;

/** Stores the login request and opens its login record, in one statement. */
export async function storeLoginRequest(sql: Sql, secrets: SecretBox, login: NewLoginRequest): Promise<void> {
  const state: z.infer<typeof sealedState> = {
    recordId: login.record.id,
    protocol: login.protocolState,
    freshSince: login.forced ? login.now.toISOString() : null,
    authTimeAsked: login.authTimeAsked,
    ...(login.cause.kind === "landing" ? { landing: login.cause.landing } : {}),
    ...(login.cause.kind === "test" ? { testId: login.cause.testId } : {}),
  };
  const { organizationId, id: connectionId } = login.connection;
  const request = {
    text: INSERT_LOGIN_REQUEST,
    values: [
      login.id,
      organizationId,
      connectionId,
      login.cause.kind === "request" ? login.cause.interactionId : null,
      digestToken(login.browser),
      secrets.seal(JSON.stringify(state), sealContext("login_requests.sealed_state", login.id)),
      login.now,
      new Date(login.now.getTime() + LOGIN_REQUEST_LIFETIME_MS),
    ],
  };
  const { id: recordId, requestId, steps, request: asked } = login.record;
  const record = openingStatement(
    { organizationId, connectionId, recordId, requestId },
    { steps, request: asked, now: login.now },
  );
  const members = asMembersOfWith({ request, record }, 0);
  await sql.query(`WITH ${members.text} SELECT`, members.values, "login_request_store");
}

/** What a response says of the login that it belongs to. */
export interface ResponseKey extends ResponseOrigin {
  /** RelayState or `state`, as it came. */
  readonly id: string;
  /** SHA-256 of the response. */
  readonly responseDigest: Uint8Array;
}

/** Where a response came to, and who brought it. */
export interface ResponseOrigin {
  readonly type: ConnectionType;
  readonly connectionId: string;
  /** Token of the browser that brought it; null when it sent none. */
  readonly browser: string | null;
  readonly now: Date;
}

export interface LoginRequestRow {
  id: string;
  interaction_id: string | null;
  sealed_state: string;
  organization_id: string;
  provider: string;
  name: string;
  status: "active" | "disabled";
  settings: unknown;
}

/**
 * Takes a login request for the one browser that started it: atomically, so that of many responses at once one gets
 * through. Throws `SignInFailure` when there is none to take; another browser's request stays as it was.
 */
export async function consumeLoginRequest(
  sql: Sql,
  secrets: SecretBox,
  key: ResponseKey,
  /** What the record says where there is no such login. Default: as the page does. */
  unknown?: Finding,
): Promise<OpenLogin> {
  const { type, connectionId, id, browser, now } = key;
  if (!isId(connectionId)) {
    throw new SignInFailure("connection_unknown");
  }
  if (!isLoginRequestId(id)) {
    throw new SignInFailure("login_unknown", { finding: unknown });
  }
  const { rows } = await sql.query<LoginRequestRow>(
    `UPDATE login_requests r SET used_at = $4, response_digest = $6
     FROM connections c
     WHERE r.id = $1 AND r.connection_id = $2 AND r.browser_digest = $3 AND r.used_at IS NULL AND r.expires_at > $4
       AND c.id = r.connection_id AND c.type = $5::connection_type
     RETURNING r.id, r.interaction_id, r.sealed_state, r.organization_id, c.provider, c.name, c.status, c.settings`,
    [id, connectionId, browser === null ? null : digestToken(browser), now, type, key.responseDigest],
    "login_request_consume",
  );
  const row = rows[0];
  if (row === undefined || browser === null) {
    throw await reasonFor(sql, key);
  }
  return readLoginRequest(secrets, { row, type, connectionId, browser });
}

/** A login request as it is stored, with its connection. Throws where it was not sealed by this gateway. */
export function readLoginRequest(
  secrets: SecretBox,
  {
    row,
    type,
    connectionId,
    browser,
  }: {
    readonly row: LoginRequestRow;
    readonly type: ConnectionType;
    readonly connectionId: string;
    readonly browser: string;
  },
): OpenLogin {
  const { id, organization_id: organizationId, provider, name, status, settings } = row;
  const state = openState(secrets, id, row.sealed_state);
  return {
    id,
    cause:
      state.testId === undefined
        ? causeOf(row.interaction_id, state.landing)
        : { kind: "test", testId: state.testId },
    browser,
    connection: { id: connectionId, organizationId, type, provider, name, status, settings },
    recordId: state.recordId,
    protocolState: state.protocol,
    freshSince: state.freshSince === null ? null : new Date(state.freshSince),
    authTimeAsked: state.authTimeAsked,
  };
}

/** How many open logins of one browser are looked through: as many tabs. */
const MOST_CANDIDATES = 10;

/**
 * The newest login of this browser at this connection that still waits for its response and that `belongsTo` takes for
 * its own; null where there is none. It goes on waiting.
 */
export async function findLoginRequest(
  sql: Sql,
  secrets: SecretBox,
  { type, connectionId, browser, now }: ResponseOrigin,
  belongsTo: (protocolState: ProtocolState) => boolean,
): Promise<string | null> {
  if (browser === null || !isId(connectionId)) {
    return null;
  }
  const { rows } = await sql.query<{ id: string; sealed_state: string }>(
    `SELECT r.id, r.sealed_state FROM login_requests r
     JOIN connections c ON c.id = r.connection_id AND c.type = $4::connection_type
     WHERE r.browser_digest = $1 AND r.connection_id = $2 AND r.used_at IS NULL AND r.expires_at > $3
     ORDER BY r.created_at DESC LIMIT ${MOST_CANDIDATES}`,
    [digestToken(browser), connectionId, now, type],
    "login_requests_of_browser",
  );
  const match = rows.find(
    ({ id, sealed_state }) =>
      isLoginRequestId(id) && belongsTo(openState(secrets, id, sealed_state).protocol),
  );
  return match?.id ?? null;
}

function openState(secrets: SecretBox, id: string, sealed: string): z.infer<typeof sealedState> {
  return sealedState.parse(JSON.parse(secrets.open(sealed, sealContext("login_requests.sealed_state", id))));
}

/** Throws where a row names no cause, which none does. */
export function causeOf(interactionId: string | null, landing: Landing | undefined): LoginCause {
  if (interactionId !== null) {
    return { kind: "request", interactionId };
  }
  if (landing !== undefined) {
    return { kind: "landing", landing };
  }
  throw new Error("A login request that leads nowhere");
}

/** Tells the refusals apart; asked only once the request was refused. */
async function reasonFor(sql: Sql, key: ResponseKey): Promise<SignInFailure> {
  const { rows } = await sql.query<{
    started_at: string | null;
    interaction_id: string | null;
    used: boolean;
    same_browser: boolean;
  }>(
    `SELECT r.connection_id AS started_at, r.interaction_id, r.used_at IS NOT NULL AS used,
            coalesce(r.browser_digest = $3, false) AS same_browser
     FROM connections c LEFT JOIN login_requests r ON r.organization_id = c.organization_id AND r.id = $1
     WHERE c.id = $2 AND c.type = $4::connection_type`,
    [key.id, key.connectionId, key.browser === null ? null : digestToken(key.browser), key.type],
  );
  const row = rows[0];
  if (row === undefined) {
    return new SignInFailure("connection_unknown");
  }
  if (row.started_at === null) {
    return new SignInFailure("login_unknown");
  }
  if (row.started_at !== key.connectionId) {
    return new SignInFailure("login_unknown", { finding: otherConnection(row.started_at) });
  }
  // Another browser learns nothing more about a request that is not its own.
  if (!row.same_browser) {
    return new SignInFailure("login_other_browser");
  }
  return new SignInFailure(row.used ? "login_used" : "login_expired", {
    interactionId: row.interaction_id ?? undefined,
  });
}

function otherConnection(startedAt: string): Finding {
  return {
    code: "login_unknown",
    message: "The response came to another connection than the one that its login was started at.",
    fix: "In the IdP's application of that connection, set the ACS URL (SAML) or the redirect URI (OpenID Connect) that belongs to it; the response in this record names the IdP.",
    detail: `started at connection ${startedAt}`,
  };
}

/** How many logins of this browser, started because it came from the IdP's own pages, wait for the IdP's answer. */
export async function countUnanswered(
  sql: Sql,
  connection: { readonly id: string; readonly organizationId: string },
  browser: string,
  since: Date,
): Promise<number> {
  const { rows } = await sql.query<{ unanswered: number }>(
    `SELECT count(*)::int AS unanswered FROM login_requests
     WHERE browser_digest = $1 AND interaction_id IS NULL AND connection_id = $2 AND organization_id = $3
       AND used_at IS NULL AND created_at > $4`,
    [digestToken(browser), connection.id, connection.organizationId, since],
    "login_requests_unanswered",
  );
  return rows[0]?.unanswered ?? 0;
}
