import { SAML } from "@node-saml/node-saml";
import type { OutgoingMessage } from "../bindings/message.ts";
import { newMessageId } from "../bindings/message-id.ts";
import { memoize } from "../bounded-cache.ts";
import { isXmlText } from "../xml/write.ts";

/** What one connection asks of its IdP: the same for each of its logins, except for what an application adds. */
export interface AuthnRequestSettings {
  /** The service provider's entity ID. */
  readonly issuer: string;
  readonly acsUrl: string;
  /** The IdP's single sign-on URL. */
  readonly destination: string;
  /** Have the person authenticate anew, even where the IdP knows them. */
  readonly forceAuthn: boolean;
  /**
   * Authentication context class references, any of which will do; none where it does not matter. What XML cannot
   * express (an application may name anything) is left out.
   */
  readonly authnContexts: readonly string[];
}

export interface AuthnRequest extends OutgoingMessage {
  /** What the response has to answer: its InResponseTo. */
  readonly id: string;
}

/**
 * An AuthnRequest (SAML 2.0 Core §3.4.1), made by node-saml. The binding and its signature are ours, as for logout:
 * node-saml parses the key for every signature.
 */
export async function createAuthnRequest(
  { issuer, acsUrl, destination, forceAuthn, authnContexts }: AuthnRequestSettings,
  relayState: string,
): Promise<AuthnRequest> {
  const settings = {
    issuer,
    acsUrl,
    destination,
    forceAuthn,
    authnContexts: authnContexts.filter(isXmlText),
  };
  const { SAMLRequest } = await makerFor(JSON.stringify(settings)).getAuthorizeMessageAsync("");
  const xml = Buffer.from(String(SAMLRequest), "base64").toString("utf8");
  const [, id = ""] = / ID="(_[0-9a-f]{40})"/.exec(xml) ?? [];
  return { id, kind: "SAMLRequest", xml, destination, relayState };
}

/** One for each connection's settings that are in use. */
const makerFor = memoize(1_000, (settings: string): SAML => {
  const { issuer, acsUrl, destination, forceAuthn, authnContexts }: AuthnRequestSettings =
    JSON.parse(settings);
  return new SAML({
    issuer,
    callbackUrl: acsUrl,
    entryPoint: destination,
    // The constructor wants it, to validate responses: which is never asked of this instance.
    idpCert: (done) => done(new Error("responses are validated by validateResponse")),
    generateUniqueId: newMessageId,
    identifierFormat: null,
    forceAuthn,
    disableRequestedAuthnContext: authnContexts.length === 0,
    authnContext: [...authnContexts],
    skipRequestCompression: true,
  });
});
