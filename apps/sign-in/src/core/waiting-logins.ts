import type { ConnectionType } from "@sallyport/connections";
import { asMembersOfWith, type Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { type LoginStep, progressStatement } from "@sallyport/login-records";
import { digestToken, isTokenOf, newToken, type SecretBox } from "@sallyport/secrets";
import { z } from "zod";
import { normalizedIdentity } from "../identity/schema.ts";
import { SignInFailure } from "./failures.ts";
import type { VerifiedLogin } from "./further-steps.ts";
import { causeOf, INSERT_LOGIN_REQUEST } from "./login-requests.ts";

/** How long a person may take for one further step. */
const WAITING_LIFETIME_MS = 10 * 60 * 1000;
/** Unlike that of a login request: neither can be taken for the other. */
const TOKEN_KIND = "step";

const sealedState = z.strictObject({
  step: z.string(),
  recordId: z.string(),
  landing: z.strictObject({ applicationId: z.string(), target: z.string().nullable() }).optional(),
  identity: normalizedIdentity,
  assertion: z
    .strictObject({
      id: z.string(),
      replayableUntil: z.iso.datetime().transform((text) => new Date(text)),
      certificateFingerprint: z.string(),
    })
    .nullable(),
});

/** A verified login that waits at a further step for its person. */
export interface WaitingLogin {
  readonly login: VerifiedLogin;
  /** The step's name. */
  readonly step: string;
}

/** Stores a login at a step, with what its record has learned so far, and returns the id to find it by. */
export async function storeWaitingLogin(
  sql: Sql,
  secrets: SecretBox,
  { login, step }: WaitingLogin,
  progress: {
    readonly steps: readonly LoginStep[];
    readonly response: string | undefined;
    readonly now: Date;
  },
): Promise<string> {
  const id = newToken(TOKEN_KIND);
  const { connection, cause, browser, recordId, identity, assertion } = login;
  const landing = cause.kind === "landing" ? { landing: cause.landing } : {};
  const request = {
    text: INSERT_LOGIN_REQUEST,
    values: [
      id,
      connection.organizationId,
      connection.id,
      cause.kind === "request" ? cause.interactionId : null,
      digestToken(browser),
      secrets.seal(
        JSON.stringify({ step, recordId, ...landing, identity, assertion }),
        sealContext("login_requests.sealed_state", id),
      ),
      progress.now,
      new Date(progress.now.getTime() + WAITING_LIFETIME_MS),
    ],
  };
  const record = progressStatement({ organizationId: connection.organizationId, recordId }, progress);
  const members = asMembersOfWith({ request, record }, 0);
  await sql.query(`WITH ${members.text} SELECT`, members.values, "waiting_login_store");
  return id;
}

interface Key {
  readonly id: string;
  readonly browser: string | null;
  readonly now: Date;
}

/** Looks at a login that waits, for the browser that it belongs to; it goes on waiting. Throws `SignInFailure`. */
export function findWaitingLogin(sql: Sql, secrets: SecretBox, key: Key): Promise<WaitingLogin> {
  return read(
    sql,
    secrets,
    key,
    `SELECT ${COLUMNS} FROM login_requests r JOIN connections c ON c.id = r.connection_id WHERE ${WAITS}`,
    "waiting_login_find",
  );
}

/** Takes a login that waits: of two posts of one form, one gets it. Throws `SignInFailure`. */
export function takeWaitingLogin(sql: Sql, secrets: SecretBox, key: Key): Promise<WaitingLogin> {
  return read(
    sql,
    secrets,
    key,
    `UPDATE login_requests r SET used_at = $3 FROM connections c
     WHERE c.id = r.connection_id AND ${WAITS} RETURNING ${COLUMNS}`,
    "waiting_login_take",
  );
}

/** The address of the form of a login that waits. */
export function stepPath(id: string): string {
  return `/sign-in/steps/${encodeURIComponent(id)}`;
}

/** The id by which a login with this record waits at a step; null where it does not. */
export async function findStepOfLogin(
  sql: Sql,
  secrets: SecretBox,
  { browser, connection, recordId }: Pick<VerifiedLogin, "browser" | "connection" | "recordId">,
  now: Date,
): Promise<string | null> {
  const { rows } = await sql.query<{ id: string; sealed_state: string }>(
    `SELECT r.id, r.sealed_state FROM login_requests r
     WHERE r.browser_digest = $1 AND r.connection_id = $2 AND r.used_at IS NULL AND r.expires_at > $3`,
    [digestToken(browser), connection.id, now],
    "waiting_login_of_record",
  );
  const step = rows.find(
    ({ id, sealed_state }) =>
      isTokenOf(TOKEN_KIND, id) && openState(secrets, id, sealed_state).recordId === recordId,
  );
  return step?.id ?? null;
}

const WAITS = "r.id = $1 AND r.browser_digest = $2 AND r.used_at IS NULL AND r.expires_at > $3";
const COLUMNS = `r.interaction_id, r.sealed_state, r.organization_id,
  c.id AS connection_id, c.type, c.provider, c.name, c.status, c.settings`;

interface Row {
  interaction_id: string | null;
  sealed_state: string;
  organization_id: string;
  connection_id: string;
  type: ConnectionType;
  provider: string;
  name: string;
  status: "active" | "disabled";
  settings: unknown;
}

async function read(
  sql: Sql,
  secrets: SecretBox,
  { id, browser, now }: Key,
  text: string,
  name: string,
): Promise<WaitingLogin> {
  if (browser === null || !isTokenOf(TOKEN_KIND, id)) {
    throw new SignInFailure("login_unknown");
  }
  const { rows } = await sql.query<Row>(text, [id, digestToken(browser), now], name);
  const [row] = rows;
  if (row === undefined) {
    throw new SignInFailure("login_unknown");
  }
  const { step, recordId, landing, identity, assertion } = openState(secrets, id, row.sealed_state);
  const { connection_id, organization_id: organizationId, type, provider, name: called, status } = row;
  return {
    step,
    login: {
      connection: {
        id: connection_id,
        organizationId,
        type,
        provider,
        name: called,
        status,
        settings: row.settings,
      },
      cause: causeOf(row.interaction_id, landing),
      browser,
      recordId,
      identity,
      assertion,
    },
  };
}

function openState(secrets: SecretBox, id: string, sealed: string): z.infer<typeof sealedState> {
  return sealedState.parse(JSON.parse(secrets.open(sealed, sealContext("login_requests.sealed_state", id))));
}
