import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { selfSignedCertificate } from "@sallyport/saml";

const MODULUS_BITS = 2048;
const YEARS = 10;

/** A service provider's own key pair. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** PEM, self-signed: the envelope of the public key. */
  readonly certificate: string;
}

/** Makes a key pair for a connection. Takes tenths of a second: never inside a transaction. */
export async function makeKeyPair(connectionId: string, now: Date): Promise<KeyPair> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: MODULUS_BITS });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + YEARS);
  const certificate = selfSignedCertificate({
    privateKey,
    commonName: connectionId,
    notBefore: now,
    notAfter,
  });
  return { privateKey, certificate };
}
