import type { SessionClaims } from "@sallyport/claims";

/**
 * Most characters of the lists and the name together. nginx reads the head of an answer into one page of memory, 4 kB, and answers 500
 * to its client beyond.
 */
const MOST_CHARACTERS = 3_000;

/**
 * What userinfo would say, in headers. Each of them is always there, empty where there is nothing to say, so that a
 * proxy that copies them leaves none that the client made up. Values are UTF-8, percent-encoded (RFC 3986, 2.1; `@` and
 * `:` stay readable), lists joined by commas: no value can end a header, or an item of a list.
 *
 * What is too long is left out whole, groups first, and named in `x-auth-omitted`: a part of a list would read as
 * all of it.
 */
export function identityHeaders(claims: SessionClaims, clientId: string): Record<string, string> {
  // A proxy's application takes an address for a person: one that nobody has verified could be another's.
  const verified = claims.email !== undefined && claims.email_verified === true;
  const long = {
    name: encode(claims.name),
    roles: claims.roles.map(encode).join(","),
    permissions: claims.permissions.map(encode).join(","),
    groups: claims.groups.map(encode).join(","),
  };
  const omitted: string[] = [];
  for (const name of ["groups", "permissions", "roles", "name"] as const) {
    if (Object.values(long).join("").length > MOST_CHARACTERS) {
      long[name] = "";
      omitted.push(name);
    }
  }
  return {
    "x-auth-application": encode(clientId),
    "x-auth-subject": claims.sub,
    "x-auth-session": claims.sid,
    "x-auth-org": claims.org_id,
    "x-auth-org-slug": encode(claims.org_slug),
    "x-auth-email": encode(verified ? claims.email : undefined),
    "x-auth-email-verified": String(verified),
    "x-auth-name": long.name,
    "x-auth-roles": long.roles,
    "x-auth-permissions": long.permissions,
    "x-auth-groups": long.groups,
    "x-auth-omitted": omitted.join(","),
  };
}

function encode(value = ""): string {
  return encodeURIComponent(value).replaceAll("%40", "@").replaceAll("%3A", ":");
}
