import { decryptAssertion } from "./decryption.ts";
import { is } from "./element.ts";
import { Refusal, refuse } from "./errors.ts";
import { NS } from "./names.ts";
import { checkStatus, findAssertion, type ResponseParts, requireResponse } from "./response.ts";
import { type SignaturePolicy, signatureOf, type Verified, verifySignature } from "./signature.ts";
import { type OpenDocument, parseXml, withDocument, type XmlElement } from "./xml.ts";

/** The result of following the signatures of one posted response. */
export interface Trusted {
  /** From verified bytes if the response was signed; else as posted, and then good only for refusing. */
  readonly response: XmlElement;
  /** Always from verified bytes. */
  readonly assertion: XmlElement;
  /** What `assertion` was parsed from. */
  readonly bytes: Buffer;
  /** Every signature on the way, outermost first; at least one. */
  readonly signatures: readonly [Verified, ...Verified[]];
  readonly covered: "response" | "assertion";
  readonly encrypted: boolean;
}

/**
 * Follows the signatures inwards, response then assertion. Each one present must verify, and each step
 * reads only the bytes that the last one covered.
 */
export function trustedAssertion(
  document: OpenDocument,
  policy: SignaturePolicy,
  keys: readonly string[],
): Trusted {
  const posted = dissect(document.root);
  const signature = signatureOf(posted.response);
  if (signature === undefined) return openAssertion(document, posted, undefined, policy, keys);
  const outer = verifySignature(document, posted.response, signature, policy);
  return withDocument(outer.bytes, policy, (verified) =>
    openAssertion(verified, dissect(verified.root), outer, policy, keys),
  );
}

function dissect(root: XmlElement): ResponseParts {
  requireResponse(root);
  checkStatus(root);
  return findAssertion(root);
}

/** `outer` is the response's signature; `document` was then parsed from what it covered. */
function openAssertion(
  document: OpenDocument,
  { response, assertion }: ResponseParts,
  outer: Verified | undefined,
  policy: SignaturePolicy,
  keys: readonly string[],
): Trusted {
  if (!is(assertion, NS.assertion, "EncryptedAssertion")) {
    return { response, encrypted: false, ...verifyAssertion(document, assertion, outer, policy) };
  }
  if (signatureOf(assertion) !== undefined) refuse("signature_misplaced", "in EncryptedAssertion");
  const bytes = decryptAssertion(assertion, keys);
  return withDecrypted(bytes, policy, (inner) => {
    // The same search as in a plain response: one assertion, no signature but its own.
    const decrypted = findAssertion({ ...response, children: [inner.root] }).assertion;
    if (!is(decrypted, NS.assertion, "Assertion")) refuse("assertion_misplaced", "encrypted twice");
    if (outer === undefined && signatureOf(decrypted) === undefined) refuse("encrypted_assertion_unsigned");
    const carrier = outer && { ...outer, bytes };
    return { response, encrypted: true, ...verifyAssertion(inner, decrypted, carrier, policy) };
  });
}

type VerifiedAssertion = Pick<Trusted, "assertion" | "bytes" | "signatures" | "covered">;

/** An assertion is trusted by its own signature or by the one around it. */
function verifyAssertion(
  document: OpenDocument,
  assertion: XmlElement,
  outer: Verified | undefined,
  policy: SignaturePolicy,
): VerifiedAssertion {
  const signature = signatureOf(assertion);
  if (signature === undefined) {
    if (outer === undefined) return refuse("signature_missing");
    return { assertion, bytes: outer.bytes, signatures: [outer], covered: "response" };
  }
  const own = verifySignature(document, assertion, signature, policy);
  return {
    assertion: parseXml(own.bytes, policy),
    bytes: own.bytes,
    signatures: outer === undefined ? [own] : [outer, own],
    covered: outer === undefined ? "assertion" : "response",
  };
}

/** Plain text that does not parse answers like cipher text that does not decrypt: see `decryptAssertion`. */
function withDecrypted<T>(bytes: Buffer, policy: SignaturePolicy, use: (document: OpenDocument) => T): T {
  let opened = false;
  try {
    return withDocument(bytes, policy, (document) => {
      opened = true;
      return use(document);
    });
  } catch (error) {
    if (!opened && error instanceof Refusal) refuse("decryption_failed");
    throw error;
  }
}
