import { answering, refuse } from "../errors/refusal.ts";
import { withDefaults } from "../limits.ts";
import { type Signer, signRoot } from "../signature/sign.ts";
import { signatureOf, verifySignature } from "../signature/verify.ts";
import type { SamlFailure } from "../types.ts";
import { decodeFormValue } from "../xml/base64.ts";
import { readCanonical } from "../xml/canonical-reader.ts";
import { withDocument } from "../xml/document.ts";
import type { MessageKind, MessageRules, OutgoingMessage, ReadMessage, SamlMessage } from "./message.ts";

/** HTTP-POST (SAML 2.0 Bindings §3.5): a form, and the signature is the root's own. */

/** The fields of the form that takes `message` to its destination; signed where there is a signer. */
export function postFields(
  { kind, xml, relayState }: OutgoingMessage,
  signer: Signer | null,
): Record<string, string> {
  const signed = signer === null ? xml : signRoot(xml, signer);
  return {
    [kind]: Buffer.from(signed, "utf8").toString("base64"),
    ...(relayState === undefined ? {} : { RelayState: relayState }),
  };
}

/** Opens the form value of a message other than a login response. */
export function openPostedMessage(
  kind: MessageKind,
  value: string,
  rules: MessageRules = {},
): SamlMessage | SamlFailure {
  return answering(() => {
    const { root: _, ...message } = readPostedMessage(kind, value, rules);
    return { ok: true, ...message };
  });
}

/** What `openPostedMessage` opens. Refuses by throwing. */
export function readPostedMessage(kind: MessageKind, value: string, rules: MessageRules): ReadMessage {
  const limits = withDefaults(rules.limits);
  const posted = decodeFormValue(value, limits);
  const { certificates } = rules;
  return withDocument(posted, { limits }, (document) => {
    if (certificates === undefined) {
      return { kind, root: document.root, xml: posted.toString("utf8"), signatureVerified: false };
    }
    const signature = signatureOf(document.root) ?? refuse("signature_missing", document.root.name);
    const policy = { certificates, allowSha1: rules.allowSha1 ?? false, limits };
    const { bytes } = verifySignature(document, document.root, signature, policy);
    return { kind, root: readCanonical(bytes, limits), xml: bytes.toString("utf8"), signatureVerified: true };
  });
}
