import type { KeyObject } from "node:crypto";
import { decryptAssertion } from "../encryption/decrypt.ts";
import { Refusal, refuse } from "../errors/refusal.ts";
import { type SignaturePolicy, signatureOf, type Verified, verifySignature } from "../signature/verify.ts";
import { readCanonical, type XmlElement } from "../xml/canonical-reader.ts";
import { type OpenDocument, withDocument } from "../xml/document.ts";
import { is } from "../xml/element.ts";
import { NS } from "../xml/names.ts";
import { checkStatus, findAssertion, type ResponseParts, requireResponse } from "./response.ts";

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
  /** Which of the keys opened an encrypted assertion. */
  readonly decryptedBy?: number;
}

/**
 * Follows the signatures inwards, response then assertion. Each one present must verify; what is read
 * afterwards is read from the bytes that they covered. Both are verified where they stand in the posted
 * document, because exclusive C14N with a prefix list looks at the declarations around an element.
 */
export function trustedAssertion(
  document: OpenDocument,
  policy: SignaturePolicy,
  keys: readonly (KeyObject | string)[],
): Trusted {
  const posted = dissect(document.root);
  const signature = signatureOf(posted.response);
  const outer = signature && verifySignature(document, posted.response, signature, policy);
  const covered = outer === undefined ? posted : dissect(readCanonical(outer.bytes, policy.limits));
  const { response } = covered;
  if (!is(covered.assertion, NS.assertion, "EncryptedAssertion")) {
    const own = verifyOwn(document, posted.assertion, policy);
    return { response, encrypted: false, ...innermost(covered.assertion, outer, own, policy) };
  }
  if (signatureOf(covered.assertion) !== undefined) {
    refuse("signature_misplaced", "in EncryptedAssertion");
  }
  const { bytes, keyIndex: decryptedBy } = decryptAssertion(covered.assertion, keys);
  return withDecrypted(bytes, policy, (inner) => {
    // The same search as in a plain response: one assertion, no signature but its own.
    const { assertion } = findAssertion({ ...response, children: [inner.root] });
    if (!is(assertion, NS.assertion, "Assertion")) {
      refuse("assertion_misplaced", "encrypted twice");
    }
    const own = verifyOwn(inner, assertion, policy);
    if (outer === undefined && own === undefined) {
      refuse("encrypted_assertion_unsigned");
    }
    const trusted = innermost(assertion, outer && { ...outer, bytes }, own, policy);
    return { response, encrypted: true, decryptedBy, ...trusted };
  });
}

function dissect(root: XmlElement): ResponseParts {
  requireResponse(root);
  checkStatus(root);
  return findAssertion(root);
}

function verifyOwn(
  document: OpenDocument,
  assertion: XmlElement,
  policy: SignaturePolicy,
): Verified | undefined {
  const signature = signatureOf(assertion);
  return signature && verifySignature(document, assertion, signature, policy);
}

/** An assertion is read from the bytes of its own signature, else from those of the one around it. */
function innermost(
  assertion: XmlElement,
  outer: Verified | undefined,
  own: Verified | undefined,
  policy: SignaturePolicy,
): Pick<Trusted, "assertion" | "bytes" | "signatures" | "covered"> {
  if (own === undefined) {
    if (outer === undefined) {
      return refuse("signature_missing");
    }
    return { assertion, bytes: outer.bytes, signatures: [outer], covered: "response" };
  }
  return {
    assertion: readCanonical(own.bytes, policy.limits),
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
    if (!opened && error instanceof Refusal) {
      refuse("decryption_failed");
    }
    throw error;
  }
}
