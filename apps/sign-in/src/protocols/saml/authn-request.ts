import { parseConnection, type StoredConnection, samlServiceProvider } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import { maskXml } from "@sallyport/login-records";
import { createAuthnRequest, postFields, redirectUrl } from "@sallyport/saml";
import type { LoginParameters, StartedLogin } from "../../core/protocol.ts";

/** Makes an AuthnRequest (SAML core 3.4.1) for the connection's binding, signed where the connection wants it. */
export async function startSamlLogin(
  publicUrl: string,
  keys: ConnectionKeys,
  stored: StoredConnection,
  parameters: LoginParameters,
): Promise<StartedLogin> {
  const connection = parseConnection("saml", stored);
  const { authnContext = [], forceAuthn, signRequests, ssoBinding, ssoUrl } = connection.settings;
  // SAML 2.0 has no request for a choice of accounts. A new authentication is the nearest: the IdP shows its login page.
  const forced = forceAuthn || parameters.selectAccount;
  const { entityId, acsUrl } = samlServiceProvider(publicUrl, connection.id);
  const request = await createAuthnRequest(
    {
      issuer: entityId,
      acsUrl,
      destination: ssoUrl,
      forceAuthn: forced || parameters.forceLogin,
      authnContexts: parameters.acrValues.length > 0 ? parameters.acrValues : authnContext,
    },
    parameters.id,
  );
  const key = signRequests ? (await keys.ensure(connection)).signing : null;
  return {
    send:
      ssoBinding === "post"
        ? { by: "post", action: ssoUrl, fields: postFields(request, key) }
        : { by: "redirect", url: redirectUrl(request, key) },
    state: { requestId: request.id },
    forced,
    request: maskXml(request.xml),
  };
}
