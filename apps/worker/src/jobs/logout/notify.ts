import type { Database } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import { type LogoutNotice, postponeNotice, settleNotice, takeDueNotices } from "@sallyport/sessions";
import type { SigningKeys } from "@sallyport/signing-keys";
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
    await Promise.all(notices.map((notice) => handle(deps, notice)));
    if (notices.length < AT_ONCE) {
      return;
    }
  }
}

async function handle(deps: LogoutDeps, notice: LogoutNotice): Promise<void> {
  const { uri } = notice;
  if (uri === null) {
    return settleNotice(deps.database, notice, {
      delivered: false,
      reason: "It has no logout URI any more.",
    });
  }
  const failure = await deliver(deps, notice, uri);
  if (failure === null) {
    return settleNotice(deps.database, notice, { delivered: true });
  }
  deps.log.warn(
    {
      sessionId: notice.sessionId,
      applicationId: notice.applicationId,
      attempt: notice.attempt,
      reason: failure,
    },
    "An application could not be told of a logout",
  );
  const retryAfter = RETRY_AFTER_MS[notice.attempt - 1];
  if (retryAfter === undefined || notice.attempt >= ATTEMPTS) {
    return settleNotice(deps.database, notice, { delivered: false, reason: failure });
  }
  await postponeNotice(deps.database.sql, notice, new Date(deps.now().getTime() + retryAfter));
}

/** Sends one logout token. Returns null when the application took it, else why not. */
async function deliver(deps: LogoutDeps, notice: LogoutNotice, uri: string): Promise<string | null> {
  const claims = logoutTokenClaims({ ...notice, issuer: deps.issuer, now: deps.now() });
  const token = await deps.signer.sign(claims, { typ: LOGOUT_TOKEN_TYP, alg: notice.signingAlg });
  try {
    const answer = await deps.outbound.fetch(uri, {
      method: "POST",
      body: new URLSearchParams({ logout_token: token }),
      maxBytes: MAX_ANSWER_BYTES,
    });
    // 200 by section 2.8; some frameworks answer 204.
    return answer.ok ? null : `The application answered ${answer.status}.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
