import type { ConnectionKeys } from "@sallyport/connection-keys";
import { type SamlConnection, samlServiceProvider } from "@sallyport/connections";
import { maskXml } from "@sallyport/login-records";
import { createAuthnRequest, postFields, redirectUrl } from "@sallyport/saml";
import type { LoginParameters, StartedLogin } from "../../core/protocol.ts";

/** Makes an AuthnRequest (SAML core 3.4.1) for the connection's binding, signed where the connection wants it. */
export async function startSamlLogin(
  publicUrl: string,
  keys: ConnectionKeys,
  connection: SamlConnection,
  login: LoginParameters,
): Promise<StartedLogin> {
  const { authnContext = [], forceAuthn, signRequests, ssoBinding, ssoUrl } = connection.settings;
  const { entityId, acsUrl } = samlServiceProvider(publicUrl, connection.id);
  const request = await createAuthnRequest(
    {
      issuer: entityId,
      acsUrl,
      destination: ssoUrl,
      forceAuthn: forceAuthn || login.forceLogin,
      authnContexts: login.acrValues.length > 0 ? login.acrValues : authnContext,
    },
    login.id,
  );
  const key = signRequests ? (await keys.ensure(connection)).signing : null;
  return {
    departure:
      ssoBinding === "post"
        ? { by: "post", action: ssoUrl, fields: postFields(request, key) }
        : { by: "redirect", url: redirectUrl(request, key) },
    protocol: { type: "saml", requestId: request.id },
    request: maskXml(request.xml),
  };
}
