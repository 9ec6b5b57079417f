import { type KeyObject, X509Certificate } from "node:crypto";
import { memoize } from "./bounded-cache.ts";
import { answering, refuse } from "./errors.ts";
import type { SamlFailure } from "./types.ts";

/** What is worth knowing of an X.509 certificate. SAML trusts the key in it, not its chain or dates. */
export interface CertificateInfo {
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyType: "rsa" | "ec";
  /** RSA modulus or EC field size. */
  readonly keyBits: number;
}

export interface ParsedCertificate extends CertificateInfo {
  readonly publicKey: KeyObject;
}

/** Accepts PEM, bare base64 DER or a whole-file paste with stray space; `certificate_unreadable` otherwise. */
export function readCertificate(text: string): { ok: true; certificate: CertificateInfo } | SamlFailure {
  return answering(() => ({ ok: true as const, certificate: certificateInfo(text) }));
}

/** Like `readCertificate`, for use inside the package: refuses instead of answering. */
export function certificateInfo(text: string): CertificateInfo {
  const { publicKey: _, ...info } = parseCertificate(text);
  return info;
}

/** PEM with 64-column lines, whatever form came in. Throws `certificate_unreadable` as a refusal. */
export const parseCertificate = memoize(512, (text: string): ParsedCertificate => {
  const x509 = readX509(text);
  const publicKey = x509.publicKey;
  const keyType = publicKey.asymmetricKeyType;
  if (keyType !== "rsa" && keyType !== "ec") {
    return refuse("certificate_unreadable", `key type ${keyType ?? "unknown"}`);
  }
  return {
    pem: toPem(x509.raw),
    fingerprint: x509.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: x509.subject,
    issuer: x509.issuer,
    serialNumber: x509.serialNumber.toLowerCase(),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    keyType,
    keyBits: keyBits(publicKey),
    publicKey,
  };
});

const EC_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

function keyBits(key: KeyObject): number {
  const details = key.asymmetricKeyDetails;
  return details?.modulusLength ?? EC_BITS[details?.namedCurve ?? ""] ?? 0;
}

function readX509(text: string): X509Certificate {
  const base64 = text.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, "").replace(/\s+/g, "");
  const der = Buffer.from(base64, "base64");
  if (der.length === 0 || der.toString("base64") !== base64)
    return refuse("certificate_unreadable", "not base64");
  try {
    return new X509Certificate(der);
  } catch {
    return refuse("certificate_unreadable", "not X.509");
  }
}

/** DER to PEM with 64-column lines. */
export function toPem(der: Buffer, label = "CERTIFICATE"): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
