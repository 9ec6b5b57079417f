import { type LogoutDelivery, recordLogoutDeliveries } from "@sallyport/application-checks";
import type { Database } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import { type LogoutNotice, postponeNotice, settleNotice, takeDueNotices } from "@sallyport/sessions";
import type { SigningKeys } from "@sallyport/signing-keys";
import { z } from "zod";
import { LOGOUT_TOKEN_TYP, logoutTokenClaims } from "./logout-token.ts";

/** Signs a JWT: what `@sallyport/signing-keys` offers. */
export type TokenSigner = Pick<SigningKeys, "sign">;

export interface LogoutDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly issuer: string;
  readonly now: () => Date;
  readonly signer: TokenSigner;
  /** For what operators name. */
  readonly outbound: Outbound;
}

const SECOND_MS = 1_000;
// An application that restarts misses nothing; one that is gone is given up after about two hours.
const RETRY_AFTER_MS = [10, 30, 60, 300, 900, 1_800, 3_600].map((seconds) => seconds * SECOND_MS);
const ATTEMPTS = RETRY_AFTER_MS.length + 1;
// Longer than the client's own timeout: a notice whose process died is taken up again after this.
const LEASE_MS = 30 * SECOND_MS;
const AT_ONCE = 20;
/** Of an application's words, in characters. */
const LONGEST_REFUSAL = 200;
/** Of what an application answers, which may be a page: nothing in it counts. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Tells applications of sessions that ended (OpenID Connect Back-Channel Logout 1.0), until nothing is due. May run in
 * several processes at once.
 */
export async function notifyApplications(deps: LogoutDeps): Promise<void> {
  for (;;) {
    const now = deps.now();
    const notices = await takeDueNotices(deps.database.sql, {
      now,
      limit: AT_ONCE,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
    });
    const made = await Promise.all(notices.map((notice) => handle(deps, notice)));
    const deliveries = made.filter((delivery) => delivery !== null);
    if (deliveries.length > 0) {
      await recordLogoutDeliveries(deps.database.sql, deliveries);
    }
    if (notices.length < AT_ONCE) {
      return;
    }
  }
}

/** Deals with one notice. Returns the attempt that was made; null where there was nobody to tell. */
async function handle(
  deps: LogoutDeps,
  notice: LogoutNotice,
): Promise<{ readonly applicationId: string; readonly delivery: LogoutDelivery } | null> {
  const { uri, applicationId, attempt, signingAlg } = notice;
  if (uri === null) {
    await settleNotice(deps.database, notice, {
      delivered: false,
      reason: "It has no logout URI any more.",
    });
    return null;
  }
  const at = deps.now().toISOString();
  const { status, failure } = await deliver(deps, notice, uri);
  if (failure === null) {
    await settleNotice(deps.database, notice, { delivered: true });
  } else {
    await putOff(deps, notice, { status, failure });
  }
  const outcome = failure === null ? "answered" : "failed";
  return { applicationId, delivery: { at, attempt, signingAlg, status, outcome, reason: failure } };
}

async function putOff(
  deps: LogoutDeps,
  notice: LogoutNotice,
  { status, failure: reason }: { readonly status: number | null; readonly failure: string },
): Promise<void> {
  const { sessionId, applicationId, attempt } = notice;
  deps.log.warn(
    // What an application answers may name somebody.
    { sessionId, applicationId, attempt, ...(status === null ? { reason } : { status }) },
    "An application could not be told of a logout",
  );
  const retryAfter = RETRY_AFTER_MS[attempt - 1];
  if (retryAfter === undefined || attempt >= ATTEMPTS) {
    return settleNotice(deps.database, notice, { delivered: false, reason });
  }
  await postponeNotice(deps.database, notice, new Date(deps.now().getTime() + retryAfter), reason);
}

interface Answer {
  /** Null where there was none. */
  readonly status: number | null;
  /** Null when the application took it, else why not. */
  readonly failure: string | null;
}

/** Sends one logout token. */
async function deliver(deps: LogoutDeps, notice: LogoutNotice, uri: string): Promise<Answer> {
  const claims = logoutTokenClaims({ ...notice, issuer: deps.issuer, now: deps.now() });
  const token = await deps.signer.sign(claims, { typ: LOGOUT_TOKEN_TYP, alg: notice.signingAlg });
  try {
    const answer = await deps.outbound.fetch(uri, {
      method: "POST",
      body: new URLSearchParams({ logout_token: token }),
      maxBytes: MAX_ANSWER_BYTES,
    });
    // 200 by section 2.8; some frameworks answer 204.
    return { status: answer.status, failure: answer.ok ? null : await refusalOf(answer) };
  } catch (error) {
    return { status: null, failure: error instanceof Error ? error.message : String(error) };
  }
}

const oauthError = z.object({ error: z.string(), error_description: z.string().optional() });

/** Why an application refused a logout token, in its own words where it has any for it (section 2.8). */
async function refusalOf(answer: Response): Promise<string> {
  const said = `The application answered ${answer.status}`;
  const text = await answer.text();
  const parsed = oauthError.safeParse(jsonOf(text)).data;
  if (parsed === undefined) {
    return `${said}.`;
  }
  const { error, error_description } = parsed;
  const words = error_description === undefined ? error : `${error}: ${error_description}`;
  return `${said}: ${words.replace(/\p{C}/gu, " ").slice(0, LONGEST_REFUSAL)}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a page: it is told by its status
  }
}
