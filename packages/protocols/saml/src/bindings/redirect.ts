import { verify } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { answering, refuse } from "../errors/refusal.ts";
import { withDefaults } from "../limits.ts";
import { RSA_SHA256, signatureAlgorithm } from "../signature/algorithms.ts";
import { parseCertificate } from "../signature/certificate.ts";
import { type Signer, signBytes } from "../signature/sign.ts";
import type { SamlFailure, SamlLimits } from "../types.ts";
import { decodeBase64, requireUtf8 } from "../xml/base64.ts";
import { parseXml } from "../xml/document.ts";
import type { MessageKind, MessageRules, OutgoingMessage, ReadMessage, SamlMessage } from "./message.ts";

/**
 * HTTP-Redirect (SAML 2.0 Bindings §3.4): deflated into a query string. The signature covers the octets of the
 * query as they are sent (§3.4.4.1): put together once, signed, and never decoded and encoded again.
 */

/** Where the browser is sent with `message`; signed where there is a signer. */
export function redirectUrl(message: OutgoingMessage, signer: Signer | null): string {
  const url = new URL(message.destination);
  url.hash = "";
  return `${url.href}${url.search === "" ? "?" : "&"}${redirectQuery(message, signer)}`;
}

/** The query string that carries a message, without a question mark. */
export function redirectQuery(
  { kind, xml, relayState }: Omit<OutgoingMessage, "destination">,
  signer: Signer | null,
): string {
  const query = [
    `${kind}=${encode(deflateRawSync(xml).toString("base64"))}`,
    ...(relayState === undefined ? [] : [`RelayState=${encode(relayState)}`]),
  ].join("&");
  if (signer === null) {
    return query;
  }
  const signed = `${query}&SigAlg=${encode(signer.signatureAlgorithm ?? RSA_SHA256)}`;
  return `${signed}&Signature=${encode(signBytes(Buffer.from(signed), signer))}`;
}

/** encodeURIComponent leaves an apostrophe, which a browser encodes when it follows the redirect. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}

const PARAMETERS = ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature"] as const;
type Parameters = Partial<Record<(typeof PARAMETERS)[number], string>>;

/** Opens a message. `query` is the raw query string, as the browser sent it. */
export function openRedirectMessage(query: string, rules: MessageRules = {}): SamlMessage | SamlFailure {
  return answering(() => {
    const { root: _, ...message } = readRedirectMessage(query, rules);
    return { ok: true, ...message };
  });
}

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
  kind: MessageKind,
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
