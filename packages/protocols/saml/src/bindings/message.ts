import type { SamlLimits } from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";

/** The parameter, in a query string or a form, that carries a message. */
export type MessageKind = "SAMLRequest" | "SAMLResponse";

/** A message to an IdP, not signed yet. */
export interface OutgoingMessage {
  readonly kind: MessageKind;
  readonly xml: string;
  /** The IdP's URL: `Destination` in the message, and where the browser takes it. */
  readonly destination: string;
  readonly relayState: string | undefined;
}

/** A message as it was received, decoded and held to the XML rules. */
export interface SamlMessage {
  readonly ok: true;
  readonly kind: MessageKind;
  /** With `signatureVerified`, exactly the bytes that the signature covered. */
  readonly xml: string;
  readonly relayState?: string;
  readonly signatureVerified: boolean;
}

export interface MessageRules {
  /** PEM; when given, the message must be signed and one of them must verify it. */
  readonly certificates?: readonly string[];
  readonly allowSha1?: boolean;
  readonly limits?: Partial<SamlLimits>;
}

/** A message with its root, parsed from `xml`. */
export type ReadMessage = Omit<SamlMessage, "ok"> & { readonly root: XmlElement };
