import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { memoize } from "../bounded-cache.ts";
import { answering, refuse } from "../errors/refusal.ts";
import type { SamlFailure } from "../types.ts";

/** What is worth knowing of an X.509 certificate. SAML trusts the key in it, not its chain or dates. */
export interface CertificateInfo {
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex: the same for a renewed certificate of the same key. */
  readonly keyFingerprint: string;
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

/** Accepts PEM, also a chain and with text around it, or bare base64 DER; `certificate_unreadable` otherwise. */
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
  const { x509, publicKey } = readX509(text);
  const [notBefore, notAfter] = [new Date(x509.validFrom), new Date(x509.validTo)];
  if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) {
    return refuse("certificate_unreadable", "validity");
  }
  return {
    pem: toPem(x509.raw),
    fingerprint: x509.fingerprint256.replaceAll(":", "").toLowerCase(),
    keyFingerprint: createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex"),
    subject: x509.subject,
    issuer: x509.issuer,
    serialNumber: x509.serialNumber.toLowerCase(),
    notBefore,
    notAfter,
    ...keyKind(publicKey),
    publicKey,
  };
});

const EC_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** RSA, or EC on a NIST curve: the keys of the algorithms that are allowed. */
function keyKind(key: KeyObject): Pick<CertificateInfo, "keyType" | "keyBits"> {
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= MIN_RSA_BITS) {
    return { keyType: "rsa", keyBits: modulusLength };
  }
  const curveBits = EC_BITS[namedCurve];
  if (key.asymmetricKeyType === "ec" && curveBits !== undefined) {
    return { keyType: "ec", keyBits: curveBits };
  }
  const kind = `${key.asymmetricKeyType ?? "unknown"} ${modulusLength || namedCurve}`;
  return refuse(
    "certificate_unreadable",
    `the key is not RSA of ${MIN_RSA_BITS} bits or more, or EC: ${kind}`,
  );
}

/** Below this a key is no signature at all; from 2,048 bits on there is no warning. */
const MIN_RSA_BITS = 1024;

function readX509(text: string): { x509: X509Certificate; publicKey: KeyObject } {
  const all = certificatesIn(text).map(parseX509);
  // Of a chain the key's own certificate is meant, which mostly comes first; an authority's signs no messages.
  const x509 = all.find(({ ca }) => !ca) ?? all[0] ?? refuse("certificate_unreadable", "not base64");
  try {
    return { x509, publicKey: x509.publicKey }; // OpenSSL decodes the key only when asked for it
  } catch {
    return refuse("certificate_unreadable", "not X.509");
  }
}

function parseX509(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    return refuse("certificate_unreadable", "not X.509");
  }
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;
const CERTIFICATE_LABEL = /^(?:X509 |TRUSTED )?CERTIFICATE$/;

/** Each certificate's DER: of PEM whatever stands around it (OpenSSL writes a description there), else of bare base64. */
function certificatesIn(pasted: string): Buffer[] {
  // Out of JSON or an environment variable, where line ends are written as two characters.
  const text = pasted.replace(/\\r|\\n/g, "\n");
  const blocks = [...text.matchAll(PEM_BLOCK)];
  if (blocks.length === 0) {
    return separate(text.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, ""));
  }
  const certificates = blocks.filter(([, label = ""]) => CERTIFICATE_LABEL.test(label));
  if (certificates.length === 0) {
    refuse("certificate_unreadable", `it is a ${blocks[0]?.[1]?.toLowerCase()}, not a certificate`);
  }
  return certificates.flatMap(([, , base64 = ""]) => separate(base64));
}

/** Base64 of one certificate, or of several that were run together, with or without the padding between them. */
function separate(text: string): Buffer[] {
  const pieces = text.replace(/\s+/g, "").match(/[^=]+={0,2}/g) ?? [];
  return pieces.flatMap((base64) => {
    const der = Buffer.from(base64, "base64");
    if (der.toString("base64") !== base64) {
      refuse("certificate_unreadable", "not base64");
    }
    return splitDer(der);
  });
}

/** Cuts DER where one SEQUENCE ends and the next begins (X.690 §8.1.3). */
function splitDer(der: Buffer): Buffer[] {
  const size = sequenceSize(der);
  return size === undefined || size >= der.length
    ? [der]
    : [der.subarray(0, size), ...splitDer(der.subarray(size))];
}

const SEQUENCE = 0x30;

function sequenceSize(der: Buffer): number | undefined {
  const [tag, first = 0] = der;
  const digits = first - 0x80;
  if (tag !== SEQUENCE || digits > 3 || digits === 0 || der.length < 2 + Math.max(digits, 0)) {
    return undefined;
  }
  return digits < 0 ? 2 + first : 2 + digits + der.readUIntBE(2, digits);
}

/** DER to PEM with 64-column lines. */
export function toPem(der: Buffer, label = "CERTIFICATE"): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
