/**
 * Whether a form writes a parameter's name in an encoding. No IdP does so, and what a filter in front of us reads as
 * another parameter is no parameter of ours (CVE-2026-18217 family). `body` as it was posted, for `verify` of
 * express.urlencoded.
 */
export function hasEncodedNames(body: Buffer): boolean {
  return body
    .toString("latin1")
    .split("&")
    .some((pair) => /[%+]/.test(pair.split("=", 1)[0] ?? ""));
}
