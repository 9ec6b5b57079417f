import type { OidcConnection, SamlConnection } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import type { Interactions, SignInRequest, WaitingSessions } from "@sallyport/interactions";
import type { AttemptLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import type { NormalizedIdentity } from "../identity/index.ts";
import type { Landing } from "../idp-initiated/landing.ts";
import type { OpenLogin, ProtocolState } from "./login-requests.ts";
import type { UsedAssertion } from "./used-assertions.ts";

/** What the sign-in half of the broker stands on, up to the IdP. */
export interface StartDeps {
  readonly database: Database;
  readonly log: Logger;
  /** Base URL without a slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  /** Called when an IdP's metadata is to be looked at. Never throws, never blocks. */
  readonly requestMetadata: () => void;
  /** What may be started and come to nothing. Default: no limit. */
  readonly attempts?: AttemptLimit;
}

/** And from there back to the application. */
export interface SignInDeps extends StartDeps {
  readonly interactions: Interactions;
  readonly waiting: WaitingSessions;
}

/** What a login is started for. */
export type LoginCause =
  /** An application's authorization request, which waits for it. */
  | { readonly kind: "request"; readonly request: SignInRequest }
  /** Somebody who came from the IdP's own pages, to be sent to an application. */
  | { readonly kind: "landing"; readonly landing: Landing };

/** One login, as a protocol is asked to start it. */
export interface LoginParameters {
  /** Goes to the IdP and comes back: `state`, RelayState. */
  readonly id: string;
  readonly loginHint: string | undefined;
  /** The person must authenticate anew. */
  readonly forceLogin: boolean;
  /** Most seconds since the person authenticated; undefined: any. */
  readonly maxAge: number | undefined;
  readonly acrValues: readonly string[];
}

/** How the browser gets to the IdP. */
export type Departure =
  | { readonly by: "redirect"; readonly url: string }
  | { readonly by: "post"; readonly action: string; readonly fields: Readonly<Record<string, string>> };

export interface StartedLogin {
  readonly departure: Departure;
  /** What must be found again when the answer comes. */
  readonly protocol: ProtocolState;
  /** What the IdP is asked, decoded and masked, for the login record. */
  readonly request: string;
}

/** How each protocol makes its request. Throws `SignInFailure`. */
export interface Starters {
  readonly saml: (connection: SamlConnection, wish: LoginParameters) => Promise<StartedLogin>;
  readonly oidc: (connection: OidcConnection, wish: LoginParameters) => Promise<StartedLogin>;
}

/** An IdP's answer that passed every check of its protocol. */
export interface VerifiedAnswer {
  readonly identity: NormalizedIdentity;
  /** Null where the protocol itself rules out a second use. */
  readonly assertion: UsedAssertion | null;
  /** The answer, decoded and masked, for the login record. */
  readonly response: string;
  /** What the validation found worth telling, for the login record. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** How a protocol checks an answer to a login that it started. Throws `SignInFailure`. */
export type Verify = (login: OpenLogin) => Promise<VerifiedAnswer>;
