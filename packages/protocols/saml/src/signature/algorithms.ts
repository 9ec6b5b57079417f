import { refuse } from "../errors/refusal.ts";

interface SignatureAlgorithm {
  readonly hash: string;
  readonly keyType: "rsa" | "ec";
}

const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const DSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#";
const XMLENC = "http://www.w3.org/2001/04/xmlenc#";

export const RSA_SHA1 = `${DSIG}rsa-sha1`;
export const RSA_SHA256 = `${DSIG_MORE}rsa-sha256`;
export const SHA1 = `${DSIG}sha1`;
export const SHA256 = `${XMLENC}sha256`;

/** All that is not listed is refused: HMAC (keyed with a public certificate), DSA, RIPEMD, MD5, "none" ... */
const SIGNATURE_ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  [RSA_SHA256, { hash: "sha256", keyType: "rsa" }],
  [`${DSIG_MORE}rsa-sha384`, { hash: "sha384", keyType: "rsa" }],
  [`${DSIG_MORE}rsa-sha512`, { hash: "sha512", keyType: "rsa" }],
  [`${DSIG_MORE}ecdsa-sha256`, { hash: "sha256", keyType: "ec" }],
  [`${DSIG_MORE}ecdsa-sha384`, { hash: "sha384", keyType: "ec" }],
]);

const DIGEST_ALGORITHMS: ReadonlyMap<string, string> = new Map([
  [SHA256, "sha256"],
  [`${DSIG_MORE}sha384`, "sha384"],
  [`${XMLENC}sha512`, "sha512"],
]);

/** The hash and key type behind a signature algorithm URI; refuses what is not on the allow-list. */
export function signatureAlgorithm(uri: string, allowSha1: boolean): SignatureAlgorithm {
  const known = SIGNATURE_ALGORITHMS.get(uri);
  if (known !== undefined) {
    return known;
  }
  if (uri !== RSA_SHA1) {
    return refuse("signature_algorithm", uri);
  }
  return allowSha1 ? { hash: "sha1", keyType: "rsa" } : refuse("signature_sha1", uri);
}

/** The hash behind a digest algorithm URI; refuses what is not on the allow-list. */
export function digestAlgorithm(uri: string, allowSha1: boolean): string {
  const known = DIGEST_ALGORITHMS.get(uri);
  if (known !== undefined) {
    return known;
  }
  if (uri !== SHA1) {
    return refuse("digest_algorithm", uri);
  }
  return allowSha1 ? "sha1" : refuse("signature_sha1", uri);
}
