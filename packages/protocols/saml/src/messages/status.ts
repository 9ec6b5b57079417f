import type { SamlStatus } from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { allowOnly, optionalChild, requiredChild, requiredToken, textOf } from "../xml/element.ts";
import { NS } from "../xml/names.ts";

/** What a response says of its success (SAML 2.0 Core §3.2.2.1). */
export function readStatus(response: XmlElement): SamlStatus {
  const status = requiredChild(response, NS.protocol, "Status");
  allowOnly(status, NS.protocol, ["StatusCode", "StatusMessage", "StatusDetail"]);
  const code = requiredChild(status, NS.protocol, "StatusCode");
  const subCode = optionalChild(code, NS.protocol, "StatusCode");
  const message = optionalChild(status, NS.protocol, "StatusMessage");
  return {
    code: requiredToken(code, "Value"),
    ...(subCode === undefined ? {} : { subCode: requiredToken(subCode, "Value") }),
    ...(message === undefined ? {} : { message: textOf(message) }),
  };
}

/** What the connection's administrator does about it, by status code (Core §3.2.2.2): the second-level one says more. */
const ADVICE: Readonly<Record<string, string>> = {
  AuthnFailed:
    "The IdP could not authenticate the person: a wrong password, a locked account, a second factor that was not given. The IdP's own log says which.",
  InvalidNameIDPolicy:
    "The IdP cannot give a NameID as it is asked for one. We ask for no format: in the IdP's application for this connection, choose one (persistent or emailAddress), and let it be created at the first sign-in.",
  NoAuthnContext:
    "The IdP cannot authenticate people in the way that was asked for. Remove the connection's authentication contexts (authnContext) or the application's acr_values, or have the IdP offer them.",
  NoPassive:
    "The IdP would have to show a page and says that it may not. We never ask for that: look for a setting of the IdP, or of a proxy in front of it, that makes logins passive (IsPassive).",
  RequestDenied:
    "The IdP does not let this person or this request through: assign the person to the application, and look at the IdP's access policies and its log.",
  RequestUnsupported:
    "The IdP does not answer requests of this kind: compare its application with the connection's metadata.",
  UnsupportedBinding:
    "The IdP does not know the binding: in its application for this connection, set the ACS URL to HTTP-POST.",
  UnknownPrincipal:
    "The IdP does not know the person, or has no identifier for them here: assign the person to the application.",
  NoAvailableIDP: "The IdP is a proxy that reached no other IdP: look at its log.",
  NoSupportedIDP: "The IdP is a proxy that knows none of the IdPs asked for: look at its log.",
  ProxyCountExceeded:
    "The IdP is a proxy and must not pass the request on once more: connect the last IdP directly.",
  VersionMismatch: "The IdP does not take SAML 2.0 here: in the IdP, choose SAML 2.0 for this application.",
  Requester:
    "The IdP finds fault with our request: compare entity ID, ACS URL and signing (signed requests, certificate) with this connection's metadata. Its own log says what it is.",
  Responder:
    "The IdP failed by itself, for instance over a claim rule, a certificate or a person who is not assigned: its own log says what it is.",
};

/** The advice for a status; undefined where its codes are the IdP's own. */
export function statusAdvice({ code, subCode }: SamlStatus): string | undefined {
  const name = (uri: string | undefined) =>
    /^urn:oasis:names:tc:SAML:2\.0:status:(\w+)$/.exec(uri ?? "")?.[1] ?? "";
  return ADVICE[name(subCode)] ?? ADVICE[name(code)];
}
