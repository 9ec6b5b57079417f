import type { IncomingMessage, ServerResponse } from "node:http";

// The seams between the apps towards the applications (openid-provider) and those towards the IdPs (sign-in,
// single-logout). Each interface says who implements it.

/**
 * Authorization requests of applications that wait until somebody has signed in. The OpenID Provider opens one and sends
 * the browser to `/sign-in/{id}`; sign-in ends it.
 */
export interface Interactions {
  /** What is asked for; null when the request is unknown, has expired, or its sign-in has already ended. */
  load(key: InteractionKey): Promise<SignInRequest | null>;
  /**
   * Ends the sign-in with a session that was just created, and returns the URL to send the browser to. One use:
   * throws `InteractionEndedError` when the request is unknown, has expired, or was ended before.
   */
  finish(key: InteractionKey, result: { readonly sessionId: string }): Promise<string>;
  /**
   * As `finish`, but answers the browser with what that URL would: the code is on its way to the application one
   * redirect earlier. `req` is of the browser that `key` names.
   */
  resume(
    req: IncomingMessage,
    res: ServerResponse,
    key: InteractionKey,
    result: { readonly sessionId: string },
  ): Promise<void>;
  /**
   * Answers as `resume` did up to ten seconds ago, for the same session, at whatever process: with a code of its own. False,
   * with nothing sent, where it did not, or not yet.
   */
  repeat(
    req: IncomingMessage,
    res: ServerResponse,
    key: InteractionKey,
    result: { readonly sessionId: string },
  ): Promise<boolean>;
  /** As `finish`, but the application gets an OAuth error (OpenID Connect Core 3.1.2.6) instead of a code. */
  abort(key: InteractionKey, error: SignInError): Promise<string>;
}

/**
 * What a request is found by: its id, and the browser that it was made by. To any other browser it does not exist: else
 * somebody could have another person sign in for a request of their own, or go on with their own sign-in in the other's
 * browser.
 */
export interface InteractionKey {
  readonly id: string;
  /** The token that the browser's cookie holds. */
  readonly browser: string;
}

export interface SignInRequest {
  readonly id: string;
  readonly application: { readonly id: string; readonly name: string };
  /** Slug or id, as the application gave it: not checked yet. */
  readonly organization?: string;
  /** Connection id, as the application gave it: not checked yet. */
  readonly connection?: string;
  /** Email domain, as the application gave it: not checked yet. */
  readonly domain?: string;
  readonly loginHint?: string;
  /** The person must authenticate anew, even where the IdP still knows them (prompt=login, max_age). */
  readonly forceLogin: boolean;
  /** The person may want another account than the one that the IdP remembers (prompt=select_account). */
  readonly selectAccount: boolean;
  /** Most seconds since the person authenticated, where the application says so. */
  readonly maxAge?: number;
  /** Authentication contexts that the application would like, best first. */
  readonly acrValues: readonly string[];
  readonly expiresAt: Date;
}

export interface SignInError {
  readonly code: "access_denied" | "temporarily_unavailable" | "login_required";
  /** For the application's developer: no personal data, no line breaks. */
  readonly description: string;
}

/** What sign-in does for the OpenID Provider as soon as an authorization request waits. */
export interface SignInRedirect {
  /**
   * Sends the browser that made the request straight to the IdP. False, with nothing sent, where a page has to
   * ask or tell something first.
   */
  redirectToIdp(req: IncomingMessage, res: ServerResponse, request: SignInRequest): Promise<boolean>;
}

/** What single logout does for the OpenID Provider: it signs people out at the IdP that signed them in. */
export interface UpstreamLogout {
  /**
   * Sends the browser to the IdP of a session that has just ended here, to come back and go on to `target` (or to a
   * page of ours). False, with nothing sent, where there is no IdP to be told. Never throws.
   */
  redirectToIdp(
    req: IncomingMessage,
    res: ServerResponse,
    ended: { readonly sessionId: string; readonly target: string | null },
  ): Promise<boolean>;
}

/** Thrown where a sign-in that is asked for has expired, or has ended already. */
export class InteractionEndedError extends Error {
  readonly code = "interaction_ended";

  constructor() {
    super("The sign-in has expired or has already ended: start again from the application.");
    this.name = "InteractionEndedError";
  }
}

export interface WaitingSession {
  readonly sessionId: string;
  readonly connectionId: string;
}

/**
 * Sessions of people who came from their IdP's own pages, which sign-in keeps. No authorization request waited for them; they wait for one:
 * of the one application, from the one browser, once.
 */
export interface WaitingSessions {
  /** Stores a session for this browser, in place of one that waited before. */
  store(
    res: ServerResponse,
    session: {
      readonly organizationId: string;
      readonly applicationId: string;
      readonly sessionId: string;
    },
  ): Promise<void>;
  /** Whether the browser may have one; asks nobody. */
  mayHave(req: IncomingMessage): boolean;
  /** Whether the browser has one for the application of this `client_id`. */
  has(req: IncomingMessage, clientId: string): Promise<boolean>;
  /** Takes the one for this application; null where there is none, or it has ended meanwhile. */
  take(req: IncomingMessage, res: ServerResponse, applicationId: string): Promise<WaitingSession | null>;
}
