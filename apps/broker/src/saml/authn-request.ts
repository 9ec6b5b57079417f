import { randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { SAML } from "@node-saml/node-saml";
import { samlServiceProvider } from "@sallyport/connections";
import { maskXml } from "../login-records/index.ts";
import type { SamlConnection } from "../sign-in/connections.ts";
import type { Departure, LoginWish, StartedLogin } from "../sign-in/protocol.ts";
import type { ConnectionKeys } from "./connection-keys.ts";

/** Makes an AuthnRequest (SAML core 3.4.1) for the connection's binding, signed where the connection wants it. */
export async function startSamlLogin(
  publicUrl: string,
  keys: ConnectionKeys,
  connection: SamlConnection,
  wish: LoginWish,
): Promise<StartedLogin> {
  const { settings } = connection;
  const { entityId, acsUrl } = samlServiceProvider(publicUrl, connection.id);
  const [key] = settings.signRequests ? await keys.ensure(connection) : [];
  const contexts = wish.acrValues.length > 0 ? wish.acrValues : (settings.authnContext ?? []);
  // An ID is an NCName: it must not start with a digit (SAML core 1.3.4).
  const requestId = `_${randomBytes(20).toString("hex")}`;
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
    // Only the redirect binding deflates (SAML bindings 3.4.4.1, 3.5.4).
    skipRequestCompression: settings.ssoBinding === "post",
    ...(key === undefined
      ? {}
      : {
          privateKey: key.privateKey,
          publicCert: key.certificate,
          signatureAlgorithm: "sha256",
          digestAlgorithm: "sha256",
        }),
  });
  const departure =
    settings.ssoBinding === "post"
      ? await byPost(saml, settings.ssoUrl, wish.id)
      : await byRedirect(saml, wish.id);
  return { departure, protocol: { type: "saml", requestId }, request: maskXml(requestXml(departure)) };
}

async function byRedirect(saml: SAML, relayState: string): Promise<Departure> {
  return { by: "redirect", url: await saml.getAuthorizeUrlAsync(relayState, undefined, {}) };
}

async function byPost(saml: SAML, action: string, relayState: string): Promise<Departure> {
  const message = await saml.getAuthorizeMessageAsync(relayState);
  return {
    by: "post",
    action,
    fields: { SAMLRequest: String(message.SAMLRequest), RelayState: String(message.RelayState) },
  };
}

function requestXml(departure: Departure): string {
  if (departure.by === "post") return decode(departure.fields.SAMLRequest ?? "").toString("utf8");
  const parameter = new URL(departure.url).searchParams.get("SAMLRequest") ?? "";
  return inflateRawSync(decode(parameter)).toString("utf8");
}

function decode(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}
