import type { Setup } from "../api/client.ts";
import type { Texts } from "../texts/en.ts";

// What is often pasted in place of the right thing, told at once. What passes is still checked by the gateway.

type Own = Setup["connection"]["saml"];
type Words = Texts["connect"];

export function objectionToUrl(url: string, own: Own, words: Words): string | null {
  if (isOwn(url, own)) {
    return words.ownEntityId;
  }
  return isOktaAdmin(url) ? words.adminUrl : null;
}

export function objectionToEntityId(entityId: string, own: Own, words: Words): string | null {
  return isOwn(entityId, own) ? words.ownEntityId : null;
}

export function objectionToMetadata(xml: string, own: Own, words: Words): string | null {
  if (/^\s*<(?:!doctype\s+)?html\b/i.test(xml)) {
    return words.html;
  }
  return xml.includes(`entityID="${own.spEntityId}"`) ? words.ownEntityId : null;
}

export function objectionToIssuer(issuer: string, words: Words): string | null {
  if (isOktaAdmin(issuer)) {
    return words.adminUrl;
  }
  return /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)\b/i.test(issuer)
    ? words.common
    : null;
}

/** Entra shows the id of a secret, a UUID, beside its value. */
export function objectionToSecret(secret: string, words: Words): string | null {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(secret) ? words.secretId : null;
}

function isOwn(text: string, own: Own): boolean {
  return text !== "" && Object.values(own).includes(text);
}

function isOktaAdmin(url: string): boolean {
  return /^https:\/\/[\w-]+-admin\.okta(?:preview|-emea)?\.com\b/i.test(url);
}
