/** What HTTP Basic carries (RFC 7617). */
export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/**
 * The credentials of `Authorization: Basic <base64>` (RFC 7617, section 2), in UTF-8. The user ends at the first colon;
 * neither may be empty. Undefined where the header is anything else.
 */
export function basicCredentials(authorization: string | undefined): BasicCredentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? "")?.[1];
  const text = Buffer.from(encoded ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  const user = text.slice(0, Math.max(colon, 0));
  const password = text.slice(colon + 1);
  return user === "" || password === "" ? undefined : { user, password };
}

/**
 * The id and secret of an OAuth client that authenticates by HTTP Basic: both were form-encoded before they were joined
 * (RFC 6749, section 2.3.1). Undefined where the header is anything else.
 */
export function clientCredentials(
  authorization: string | undefined,
): { readonly clientId: string; readonly clientSecret: string } | undefined {
  const basic = basicCredentials(authorization);
  const clientId = formDecoded(basic?.user ?? "");
  const clientSecret = formDecoded(basic?.password ?? "");
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined; // a percent sign that starts no escape
  }
}
