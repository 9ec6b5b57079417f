import { verify } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { answering, refuse } from "../errors/refusal.ts";
import { withDefaults } from "../limits.ts";
import { signatureAlgorithm } from "../signature/algorithms.ts";
import { parseCertificate } from "../signature/certificate.ts";
import { signatureOf, verifySignature } from "../signature/verify.ts";
import type { SamlFailure, SamlLimits } from "../types.ts";
import { decodeBase64, decodeFormValue, requireUtf8 } from "../xml/base64.ts";
import { readCanonical, type XmlElement } from "../xml/canonical-reader.ts";
import { parseXml, withDocument } from "../xml/document.ts";

/**
 * Messages other than login responses (logout requests and responses): decoded, held to the XML rules and
 * their signature verified. What they say is read elsewhere, from what is returned here.
 */

export interface SamlMessage {
  readonly ok: true;
  readonly kind: "SAMLRequest" | "SAMLResponse";
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

const PARAMETERS = ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature"] as const;
type Parameters = Partial<Record<(typeof PARAMETERS)[number], string>>;

/**
 * Opens a message sent over HTTP-Redirect (SAML 2.0 Bindings §3.4.4.1). `query` is the raw query string:
 * the signature covers the octets as sent, so they must not have been decoded and encoded again.
 */
export function openRedirectMessage(query: string, rules: MessageRules = {}): SamlMessage | SamlFailure {
  return answering(() => {
    const { root: _, ...message } = readRedirectMessage(query, rules);
    return { ok: true, ...message };
  });
}

/** Opens the form value of a message sent over HTTP-POST, whose signature is its root's (§3.5.5.2). */
export function openPostedMessage(
  kind: SamlMessage["kind"],
  value: string,
  rules: MessageRules = {},
): SamlMessage | SamlFailure {
  return answering(() => {
    const { root: _, ...message } = readPostedMessage(kind, value, rules);
    return { ok: true, ...message };
  });
}

/** A message with its root, parsed from `xml`. */
export type ReadMessage = Omit<SamlMessage, "ok"> & { readonly root: XmlElement };

/** What `openRedirectMessage` opens. Refuses by throwing. */
export function readRedirectMessage(query: string, rules: MessageRules): ReadMessage {
  const limits = withDefaults(rules.limits);
  const parameters = readParameters(query);
  const kind = parameters.SAMLRequest === undefined ? "SAMLResponse" : "SAMLRequest";
  const message = parameters[kind];
  if (message === undefined || (kind === "SAMLRequest" && parameters.SAMLResponse !== undefined)) {
    return refuse("redirect_malformed", "exactly one of SAMLRequest and SAMLResponse is needed");
  }
  if (rules.certificates !== undefined) {
    verifyQuery(parameters, kind, rules.certificates, rules.allowSha1 ?? false);
  }
  const bytes = inflate(decodeBase64(decodeComponent(message), "redirect_malformed"), limits);
  return {
    kind,
    root: parseXml(bytes, { limits }),
    xml: bytes.toString("utf8"),
    ...(parameters.RelayState === undefined ? {} : { relayState: decodeComponent(parameters.RelayState) }),
    signatureVerified: rules.certificates !== undefined,
  };
}

/** What `openPostedMessage` opens. Refuses by throwing. */
export function readPostedMessage(
  kind: SamlMessage["kind"],
  value: string,
  rules: MessageRules,
): ReadMessage {
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

/**
 * The raw, still encoded values. A name that is percent-encoded or stands twice is refused: what verifies
 * the signature and what reads the message would pick different ones (CVE-2026-18217).
 */
function readParameters(query: string): Parameters {
  const parameters: Parameters = {};
  for (const part of query.replace(/^\?/, "").split("&")) {
    const [name = "", ...value] = part.split("=");
    if (/[%+]/.test(name)) {
      refuse("redirect_malformed", `parameter name ${name}`);
    }
    const known = PARAMETERS.find((each) => each === name);
    if (known === undefined) {
      continue;
    }
    if (parameters[known] !== undefined) {
      refuse("redirect_malformed", `${name} stands twice`);
    }
    parameters[known] = value.join("=");
  }
  return parameters;
}

function verifyQuery(
  parameters: Parameters,
  kind: SamlMessage["kind"],
  certificates: readonly string[],
  allowSha1: boolean,
): void {
  const { SigAlg, Signature, RelayState } = parameters;
  if (SigAlg === undefined || Signature === undefined) {
    refuse("redirect_signature_missing");
  }
  const { hash, keyType } = signatureAlgorithm(decodeComponent(SigAlg), allowSha1);
  const relayState = RelayState === undefined ? "" : `&RelayState=${RelayState}`;
  const signed = Buffer.from(`${kind}=${parameters[kind]}${relayState}&SigAlg=${SigAlg}`);
  const signature = decodeBase64(decodeComponent(Signature), "redirect_malformed");
  const verified = certificates
    .map(parseCertificate)
    .filter((each) => each.keyType === keyType)
    .some((each) => verify(hash, signed, { key: each.publicKey, dsaEncoding: "ieee-p1363" }, signature));
  if (!verified) {
    refuse("redirect_signature_invalid");
  }
}

function decodeComponent(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll("+", " "));
  } catch {
    return refuse("redirect_malformed", "percent-encoding");
  }
}

/** Raw DEFLATE, stopped at the limit while inflating and not after it (zip bomb). */
function inflate(deflated: Buffer, limits: SamlLimits): Buffer {
  const maxOutputLength = Math.min(limits.maxBytes, deflated.length * limits.maxInflation);
  try {
    return requireUtf8(inflateRawSync(deflated, { maxOutputLength }));
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) {
      throw error;
    }
    if (error.code === "ERR_BUFFER_TOO_LARGE") {
      refuse("redirect_inflation", `limit ${maxOutputLength} bytes`);
    }
    return refuse("redirect_malformed", "not DEFLATE");
  }
}
