import { createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { toPem } from "./certificate.ts";

export interface SelfSignedOptions {
  /** RSA or EC private key. */
  readonly privateKey: KeyObject;
  /** Common name of subject and issuer. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Positive, big-endian; random by default. */
  readonly serialNumber?: Buffer;
}

/**
 * A self-signed X.509 certificate (RFC 5280), PEM: the envelope in which SAML metadata carries a public key.
 * Node can read certificates but not make them; without extensions this is all the DER there is.
 */
export function selfSignedCertificate(options: SelfSignedOptions): string {
  const { privateKey, commonName, notBefore, notAfter } = options;
  const algorithm = privateKey.asymmetricKeyType === "ec" ? ECDSA_SHA256 : RSA_SHA256;
  const name = sequence(der(0x31, sequence(OID_COMMON_NAME, der(0x0c, Buffer.from(commonName, "utf8")))));
  const tbs = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(options.serialNumber ?? randomBytes(16)),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", tbs, privateKey)]));
  return toPem(sequence(tbs, algorithm, signature));
}

function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

function length(value: number): number[] {
  if (value < 0x80) {
    return [value];
  }
  return value < 0x100 ? [0x81, value] : [0x82, value >> 8, value & 0xff];
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** A positive INTEGER in its shortest form. */
function integer(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.from([0]) : bytes.subarray(start);
  return der(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** UTCTime through 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\.\d+Z$/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

const OID_COMMON_NAME = Buffer.from("0603550403", "hex");
const RSA_SHA256 = sequence(Buffer.from("06092a864886f70d01010b0500", "hex"));
const ECDSA_SHA256 = sequence(Buffer.from("06082a8648ce3d040302", "hex"));
