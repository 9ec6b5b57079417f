import { findConnection, type StoredConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import { createLoginTrace } from "@sallyport/login-records";
import { peekResponse } from "@sallyport/saml";
import type { Request, Response } from "express";
import type { StartContext } from "../core/context.ts";
import { SignInFailure } from "../core/failures.ts";
import { startLogin } from "../core/login.ts";
import { countUnanswered } from "../core/login-requests.ts";
import { protocolOf } from "../core/protocol.ts";
import { recordOrphan } from "../core/records.ts";
import { findLanding, type Landing } from "./landing.ts";

/**
 * How often a browser is sent to an IdP that does not answer our request: one that posts a further unsolicited response
 * each time would send it round for ever.
 */
const MAX_UNANSWERED = 3;
const UNANSWERED_WITHIN_MS = 2 * 60 * 1000;

/** Somebody who came from the IdP's own pages, to a connection that takes them in. */
export interface IdpInitiatedLogin {
  readonly connection: StoredConnection;
  readonly applicationId: string;
  /** As it was posted: the page of the application that the IdP wishes for. */
  readonly relayState: string | null;
  /** As it was posted. */
  readonly response: string;
}

/**
 * Whom a posted response brings, if it claims to answer nothing and its connection allows that; null else. Nothing of
 * the response is verified, and no more of it is read.
 */
export async function findIdpInitiatedLogin(
  sql: Sql,
  post: { readonly connectionId: string; readonly response: string; readonly relayState: string | null },
): Promise<IdpInitiatedLogin | null> {
  const connection = await findConnection(sql, "saml", post.connectionId);
  const applicationId = connection?.settings.idpInitiated?.applicationId;
  if (connection?.status !== "active" || applicationId === undefined) {
    return null;
  }
  const claimed = peekResponse(post.response);
  if (!claimed.ok || claimed.inResponseTo !== undefined) {
    return null;
  }
  return { connection, applicationId, relayState: post.relayState, response: post.response };
}

/**
 * Sends the browser to the IdP with our own request. The response that it came with counts for nothing,
 * however well it is signed: it does not say whose browser it was made for, so that an attacker who has one could sign anybody
 * in with it (login CSRF). Throws `SignInFailure`, with the attempt recorded.
 */
export async function requestOwnLogin(
  context: StartContext,
  req: Request,
  res: Response,
  idpInitiated: IdpInitiatedLogin,
): Promise<void> {
  const { connection, relayState } = idpInitiated;
  const { cookie } = context;
  const trace = createLoginTrace(context.now);
  trace.add("unsolicited_response", relayState === null ? {} : { relayState });
  const { landing, browser } = await land(context, idpInitiated, cookie.read(req)).catch(
    async (error: unknown) => {
      if (error instanceof SignInFailure) {
        const { id: connectionId, type } = connection;
        const shown = () => protocolOf(context.protocols, type).show(idpInitiated.response);
        await recordOrphan(context, req, { type, connectionId, shown }, trace, error);
      }
      throw error;
    },
  );
  const cause = { kind: "landing", landing } as const;
  await startLogin(context, req, res, { connection, cause, loginHint: undefined, browser, trace });
}

/** Where the person is to land in the end, and the browser that is to come back. Throws `SignInFailure`. */
async function land(
  { database, now }: StartContext,
  { connection, applicationId, relayState }: IdpInitiatedLogin,
  browser: string | null,
): Promise<{ readonly landing: Landing; readonly browser: string }> {
  // Without a cookie no answer finds its login again, and no circle would show.
  if (browser === null) {
    throw new SignInFailure("cookies_blocked");
  }
  const since = new Date(now().getTime() - UNANSWERED_WITHIN_MS);
  if ((await countUnanswered(database.sql, connection, browser, since)) >= MAX_UNANSWERED) {
    throw new SignInFailure("idp_initiated_loop");
  }
  const landing = await findLanding(database.sql, applicationId, relayState);
  if (landing === null) {
    throw new SignInFailure("landing_missing");
  }
  return { landing: { applicationId, target: landing.target }, browser };
}
