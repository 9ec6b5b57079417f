import { randomBytes } from "node:crypto";
import { SAML } from "@node-saml/node-saml";
import type { ConnectionKeys } from "@sallyport/connection-keys";
import type { SamlConnection } from "@sallyport/connections";
import { samlServiceProvider } from "@sallyport/connections";
import { maskXml } from "@sallyport/login-records";
import { formFields, type OutgoingMessage, redirectUrl } from "@sallyport/saml";
import type { LoginParameters, StartedLogin } from "../../core/protocol.ts";

/** Makes an AuthnRequest (SAML core 3.4.1) for the connection's binding, signed where the connection wants it. */
export async function startSamlLogin(
  publicUrl: string,
  keys: ConnectionKeys,
  connection: SamlConnection,
  wish: LoginParameters,
): Promise<StartedLogin> {
  const { ssoBinding, ssoUrl, signRequests } = connection.settings;
  // An ID is an NCName: it must not start with a digit (SAML core 1.3.4).
  const requestId = `_${randomBytes(20).toString("hex")}`;
  const xml = await authnRequest(publicUrl, connection, requestId, wish);
  const message: OutgoingMessage = {
    parameter: "SAMLRequest",
    xml,
    destination: ssoUrl,
    relayState: wish.id,
  };
  const key = signRequests ? (await keys.ensure(connection)).signing : null;
  return {
    departure:
      ssoBinding === "post"
        ? { by: "post", action: ssoUrl, fields: formFields(message, key) }
        : { by: "redirect", url: redirectUrl(message, key) },
    protocol: { type: "saml", requestId },
    request: maskXml(xml),
  };
}

/** node-saml makes the message and the binding is ours, as for logout: it would parse the key for every signature. */
async function authnRequest(
  publicUrl: string,
  { id, settings }: SamlConnection,
  requestId: string,
  wish: LoginParameters,
): Promise<string> {
  const { entityId, acsUrl } = samlServiceProvider(publicUrl, id);
  const contexts = wish.acrValues.length > 0 ? wish.acrValues : (settings.authnContext ?? []);
  const saml = new SAML({
    issuer: entityId,
    callbackUrl: acsUrl,
    entryPoint: settings.ssoUrl,
    // Asked for by the constructor; what comes back is validated by @sallyport/saml.
    idpCert: [...settings.certificates],
    generateUniqueId: () => requestId,
    identifierFormat: null,
    forceAuthn: settings.forceAuthn || wish.forceLogin,
    disableRequestedAuthnContext: contexts.length === 0,
    authnContext: [...contexts],
    skipRequestCompression: true,
  });
  const { SAMLRequest } = await saml.getAuthorizeMessageAsync("");
  return Buffer.from(String(SAMLRequest), "base64").toString("utf8");
}
