import type { KeyObject } from "node:crypto";
import { decryptAssertion } from "../encryption/decrypt.ts";
import { Refusal, refuse } from "../errors/refusal.ts";
import { type SignaturePolicy, signatureOf, type Verified, verifySignature } from "../signature/verify.ts";
import { readCanonical, type XmlElement } from "../xml/canonical-reader.ts";
import { type OpenDocument, withDocument, withFragment } from "../xml/document.ts";
import { is } from "../xml/element.ts";
import { NS } from "../xml/names.ts";
import { checkStatus, findAssertion, type ResponseParts, requireResponse } from "./check-response.ts";

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
  const declared = document.namespacesAt(posted.assertion);
  const own = withDecrypted(bytes, declared, policy, (inner, assertion) =>
    verifyOwn(inner, assertion, policy),
  );
  const encrypted = { response, encrypted: true, decryptedBy } as const;
  if (own !== undefined) {
    return { ...encrypted, ...innermost(readCanonical(own.bytes, policy.limits), outer, own, policy) };
  }
  if (outer === undefined) {
    return refuse("encrypted_assertion_unsigned");
  }
  // Nothing but the response's signature speaks for the assertion, so namespaces count only as that covered them; but for
  // those of xsi:type, which exclusive C14N does not see in cipher text, and nothing hangs on.
  const signed = withDocument(outer.bytes, policy, (around) =>
    around.namespacesAt(dissect(around.root).assertion),
  );
  const schema = [...declared].filter(([, uri]) => uri === NS.schemaInstance || uri === NS.schema);
  return withDecrypted(bytes, new Map([...schema, ...signed]), policy, (inner, assertion) => ({
    ...encrypted,
    ...innermost(assertion, { ...outer, bytes: inner.canonicalize(assertion, []) }, undefined, policy),
  }));
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

/**
 * Opens a decrypted assertion, in which the same holds as in a plain response: one assertion, no signature but its own.
 * Plain text that does not parse answers like cipher text that does not decrypt: see `decryptAssertion`.
 */
function withDecrypted<T>(
  bytes: Buffer,
  namespaces: ReadonlyMap<string, string>,
  policy: SignaturePolicy,
  use: (document: OpenDocument, assertion: XmlElement) => T,
): T {
  let opened = false;
  try {
    return withFragment(bytes, namespaces, policy, (document, element) => {
      opened = true;
      const { assertion } = findAssertion({ ...document.root, children: [element] });
      if (!is(assertion, NS.assertion, "Assertion")) {
        refuse("assertion_misplaced", "encrypted twice");
      }
      return use(document, assertion);
    });
  } catch (error) {
    if (!opened && error instanceof Refusal) {
      refuse("decryption_failed");
    }
    throw error;
  }
}
