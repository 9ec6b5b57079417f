import { randomBytes } from "node:crypto";
import { SAML } from "@node-saml/node-saml";
import type { SamlConnection } from "@sallyport/connections";
import { samlServiceProvider } from "@sallyport/connections";
import type { OutgoingMessage } from "@sallyport/saml";
import type { IdpSession } from "./store.ts";

/** An ID is an NCName: it must not start with a digit (SAML core 1.3.4). */
export function newMessageId(): string {
  return `_${randomBytes(20).toString("hex")}`;
}

/** Whether the text could be one of ours: whatever else comes back in its place never reaches the database. */
export function isMessageId(text: string): boolean {
  return /^_[0-9a-f]{40}$/.test(text);
}

/** Asks the IdP to sign a person out (SAML core 3.7.1): named just as the IdP named them when they signed in. */
export async function logoutRequest(
  publicUrl: string,
  connection: SamlConnection,
  request: { readonly id: string; readonly destination: string; readonly session: IdpSession },
): Promise<OutgoingMessage> {
  const { id, destination, session } = request;
  const saml = messageMaker(publicUrl, connection, id, destination);
  const named = {
    issuer: connection.settings.idpEntityId,
    nameID: session.nameId,
    nameIDFormat: session.format,
    ...(session.nameQualifier === undefined ? {} : { nameQualifier: session.nameQualifier }),
    ...(session.spNameQualifier === undefined ? {} : { spNameQualifier: session.spNameQualifier }),
    ...(session.sessionIndex === undefined ? {} : { sessionIndex: session.sessionIndex }),
  };
  const xml = xmlIn(await saml.getLogoutUrlAsync(named, "", {}), "SAMLRequest");
  return { parameter: "SAMLRequest", xml, destination, relayState: id };
}

/**
 * Answers a logout request (SAML core 3.7.2) with Success: also where there was nobody to sign out, since then the
 * person is signed out, which is what was asked for. IdPs take any other status for a failure and stop there.
 */
export async function logoutResponse(
  publicUrl: string,
  connection: SamlConnection,
  answer: {
    readonly destination: string;
    readonly inResponseTo: string;
    readonly relayState: string | undefined;
  },
): Promise<OutgoingMessage> {
  const { destination, inResponseTo, relayState } = answer;
  const saml = messageMaker(publicUrl, connection, newMessageId(), destination);
  const answered = {
    issuer: connection.settings.idpEntityId,
    ID: inResponseTo,
    nameID: "",
    nameIDFormat: "",
  };
  const xml = xmlIn(await saml.getLogoutResponseUrlAsync(answered, "", {}, true), "SAMLResponse");
  return { parameter: "SAMLResponse", xml, destination, relayState };
}

/** node-saml knows logout over HTTP-Redirect only, so it makes the message and the binding is ours. */
function messageMaker(publicUrl: string, connection: SamlConnection, id: string, destination: string): SAML {
  const { entityId, acsUrl } = samlServiceProvider(publicUrl, connection.id);
  return new SAML({
    issuer: entityId,
    callbackUrl: acsUrl,
    entryPoint: destination,
    logoutUrl: destination,
    // Asked for by the constructor; what comes back is validated by @sallyport/saml.
    idpCert: [...connection.settings.certificates],
    generateUniqueId: () => id,
    skipRequestCompression: true,
  });
}

function xmlIn(url: string, parameter: OutgoingMessage["parameter"]): string {
  return Buffer.from(new URL(url).searchParams.get(parameter) ?? "", "base64").toString("utf8");
}
