import type { ConnectionType, StoredConnection } from "@sallyport/connections";
import type { Router } from "express";
import type { NormalizedIdentity } from "../identity/index.ts";
import type { SignInContext } from "./context.ts";
import type { OpenLogin, ProtocolState } from "./login-requests.ts";
import type { SignInForm } from "./sign-in-form.ts";
import type { UsedAssertion } from "./used-assertions.ts";

/**
 * How connections of one type sign people in. Everything that knows a protocol is behind this interface;
 * `protocols/index.ts` lists those that there are.
 */
export interface ConnectionProtocol {
  readonly type: ConnectionType;
  /** `start` makes no network request and answers with a redirect: no page has to be shown first. */
  readonly startsAtOnce: boolean;
  /** Makes the request for the IdP. Throws `SignInFailure`. */
  start(connection: StoredConnection, parameters: LoginParameters): Promise<StartedLogin>;
  /**
   * Checks a response to a login that `start` began, and normalizes who it is about. Throws `SignInFailure`.
   * @param response as it came: the form value, the query string
   */
  verify(login: OpenLogin, response: string): Promise<VerifiedResponse>;
  /** The response, decoded and masked, for the record of one that belongs to no login: nobody vouches for it. */
  show(response: string): string;
  /** The endpoints that the IdPs' responses come to. They end in `completeLogin`. */
  routes(context: SignInContext): Router;
}

/** What a login is started with. */
export interface LoginParameters {
  /** Goes to the IdP and comes back: `state`, RelayState. */
  readonly id: string;
  readonly loginHint: string | undefined;
  /** The person must authenticate anew. */
  readonly forceLogin: boolean;
  /** The person may want another account: a protocol that cannot ask for a choice has them authenticate anew. */
  readonly selectAccount: boolean;
  /** Most seconds since the person authenticated; undefined: any. */
  readonly maxAge: number | undefined;
  readonly acrValues: readonly string[];
}

/** How the browser gets to the IdP. */
export type IdpRedirect =
  | { readonly by: "redirect"; readonly url: string }
  | { readonly by: "post"; readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** A form of the gateway in place of the IdP's page; it is posted to an endpoint of the protocol. */
export interface IdpForm {
  readonly by: "form";
  readonly action: string;
  /** Fields that nobody sees: the login's id at least. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly form: SignInForm;
}

export interface StartedLogin {
  readonly send: IdpRedirect | IdpForm;
  /** What `verify` must find again. */
  readonly state: ProtocolState;
  /** The request asks for a new authentication although `forceLogin` does not: by a setting, or for want of a choice. */
  readonly forced?: boolean;
  /** What the IdP is asked, decoded and masked, for the login record. */
  readonly request: string;
}

/** An IdP's response that passed every check of its protocol. */
export interface VerifiedResponse {
  readonly identity: NormalizedIdentity;
  /** Null where the protocol itself rules out a second use. */
  readonly assertion: UsedAssertion | null;
  /** The response, decoded and masked, for the login record. */
  readonly response: string;
  /** What the validation found worth telling, for the login record. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The protocol of a connection's type. Throws where none is registered, which no stored connection should meet. */
export function protocolOf(
  protocols: readonly ConnectionProtocol[],
  type: ConnectionType,
): ConnectionProtocol {
  const protocol = protocols.find((candidate) => candidate.type === type);
  if (protocol === undefined) {
    throw new Error(`No protocol is registered for connections of type ${type}`);
  }
  return protocol;
}
