/**
 * A value of `WWW-Authenticate` (RFC 9110, section 11.6.1; for Bearer, RFC 6750, section 3).
 * @param parameters in the order in which they are written; their values hold neither `"` nor `\`
 */
export function challenge(
  scheme: "Bearer" | "Basic",
  parameters: Readonly<{ realm: string; error?: string; scope?: string }>,
): string {
  const written = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `${scheme} ${written.join(", ")}`;
}
