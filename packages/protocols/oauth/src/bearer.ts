/**
 * The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1), undefined where the header is anything else.
 * The scheme's name is in any case, with one or more spaces behind it (RFC 9110, section 11.4).
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? "")?.[1];
}
