import type { SamlConnection } from "@sallyport/connections";
import { samlServiceProvider } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { Finding } from "@sallyport/login-records";
import { isMessageId, peekLogoutResponse, type SamlTransport, validateLogoutResponse } from "@sallyport/saml";
import { LogoutFailure } from "../failures.ts";
import { type PendingLogout, takePendingLogout } from "../pending-logouts.ts";
import type { LogoutMessage } from "./logout-message.ts";
import { findingFrom } from "./record.ts";

/** How a sign-out that went on to the IdP has ended. Here everybody was signed out before. */
export interface FinishedLogout {
  /** Where the application wants the browser; null where it did not say. */
  readonly target: string | null;
  /** What was wrong with the IdP's answer; null when it signed the person out. */
  readonly finding: Finding | null;
}

export interface LogoutResponseDeps {
  readonly database: Database;
  readonly publicUrl: string;
  readonly now: () => Date;
}

/**
 * Takes the IdP's answer to a logout request of ours. Whatever it says, the browser that brings it goes on to where
 * its sign-out was to end. Throws `LogoutFailure` where nothing of this browser waits for the answer.
 */
export async function acceptLogoutResponse(
  deps: LogoutResponseDeps,
  connection: SamlConnection,
  message: LogoutMessage,
  browser: string | null,
  requestId: string,
): Promise<FinishedLogout> {
  const id = claimedRequest(message);
  const { sql } = deps.database;
  const pending =
    id === undefined || browser === null
      ? null
      : await takePendingLogout(sql, { id, connectionId: connection.id, browser, now: deps.now() });
  if (id === undefined || pending === null) {
    throw new LogoutFailure("logout_unknown");
  }
  const finding = checkResponse(deps, connection, message.transport, id);
  await recordAnswer(deps.database, pending, finding, requestId);
  return { target: pending.target, finding };
}

/** Some IdPs do not return RelayState. What is found by either is this browser's own, and checked afterwards. */
function claimedRequest({ relayState, transport }: LogoutMessage): string | undefined {
  if (relayState !== undefined && isMessageId(relayState)) {
    return relayState;
  }
  const claimed = peekLogoutResponse(transport);
  return claimed !== undefined && isMessageId(claimed) ? claimed : undefined;
}

function checkResponse(
  { publicUrl, now }: LogoutResponseDeps,
  { id, settings }: SamlConnection,
  transport: SamlTransport,
  inResponseTo: string,
): Finding | null {
  const result = validateLogoutResponse({
    transport,
    expected: {
      idpEntityId: settings.idpEntityId,
      destination: samlServiceProvider(publicUrl, id).sloUrl,
      inResponseTo,
    },
    certificates: settings.certificates,
    allowSha1: settings.allowSha1,
    now: now(),
  });
  if (!result.ok) {
    return findingFrom(result);
  }
  const { outcome, status } = result.response;
  if (outcome === "success") {
    return null;
  }
  return { ...NOT_SUCCESS[outcome], detail: JSON.stringify(status) };
}

const NOT_SUCCESS = {
  partial: {
    code: "logout_partial",
    message: "The IdP signed the person out, but could not reach every other application.",
    fix: "Look at the IdP's own log for the application that did not answer.",
  },
  failure: {
    code: "logout_not_success",
    message: "The IdP answered that it did not sign the person out.",
    fix: "Look at the status in the record and at the IdP's own log.",
  },
} as const;

async function recordAnswer(
  { sql }: Database,
  pending: PendingLogout,
  finding: Finding | null,
  requestId: string,
): Promise<void> {
  const { organizationId, connectionId, sessionId } = pending;
  const answered = {
    organizationId,
    actor: { type: "system" },
    resource: { type: "connection", id: connectionId },
    requestId,
  } as const;
  await recordEvents(sql, [
    finding === null
      ? { ...answered, type: "connection.logout_answered", data: { sessionId } }
      : { ...answered, type: "connection.logout_failed", data: { sessionId, code: finding.code } },
  ]);
}
