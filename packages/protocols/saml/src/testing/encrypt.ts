import {
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { mgf1, xor } from "../encryption/oaep.ts";
import { NS } from "../xml/names.ts";

export interface Encryption {
  /** PEM certificate or public key of the service provider. */
  readonly recipient: string;
  /** Content: AES-256-GCM by default. */
  readonly content?: "aes128-gcm" | "aes192-gcm" | "aes256-gcm" | "aes128-cbc" | "aes192-cbc" | "aes256-cbc";
  /** RSA-OAEP with one hash for digest and mask, or as said: with SHA-1, which is rsa-oaep-mgf1p, by default. */
  readonly oaep?: "sha1" | "sha256" | "sha512" | Oaep;
  /** Put the EncryptedKey beside EncryptedData instead of inside its KeyInfo. */
  readonly keyBeside?: boolean;
  /** XML inside EncryptedData's KeyInfo, before the EncryptedKey, and inside the EncryptedKey's own. */
  readonly hints?: string;
}

export interface Oaep {
  /** What EncryptionMethod says; digest and MGF are left out where they are undefined. */
  readonly algorithm: "rsa-oaep-mgf1p" | "rsa-oaep";
  readonly digest?: "sha1" | "sha256" | "sha384" | "sha512";
  readonly mgf?: "sha1" | "sha256" | "sha384" | "sha512";
  /** What the mask is really made with. Default: what `algorithm` and `mgf` say. */
  readonly mask?: string;
  readonly label?: string;
}

/** A saml:EncryptedAssertion around `assertion`. */
export function encryptAssertion(assertion: string, encryption: Encryption): string {
  const { content = "aes256-gcm", hints = "" } = encryption;
  const oaep = oaepOf(encryption.oaep ?? "sha1");
  const key = randomBytes(Number(content.slice(3, 6)) / 8);
  const sealed = content.endsWith("gcm") ? sealGcm(assertion, key) : sealCbc(assertion, key);
  const wrapped = wrapKey(key, createPublicKey(encryption.recipient), oaep);
  const keyInfo = (inside: string) =>
    inside === "" ? "" : `<ds:KeyInfo xmlns:ds="${NS.signature}">${inside}</ds:KeyInfo>`;
  const encryptedKey =
    `<xenc:EncryptedKey xmlns:xenc="${NS.encryption}">${keyMethod(oaep)}${keyInfo(hints)}` +
    `<xenc:CipherData><xenc:CipherValue>${wrapped.toString("base64")}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`;
  const namespace = content.endsWith("gcm") ? NS.encryption11 : NS.encryption;
  const data =
    `<xenc:EncryptedData xmlns:xenc="${NS.encryption}" Type="${NS.encryption}Element">` +
    `<xenc:EncryptionMethod Algorithm="${namespace}${content}"/>` +
    keyInfo(hints + (encryption.keyBeside ? "" : encryptedKey)) +
    `<xenc:CipherData><xenc:CipherValue>${sealed.toString("base64")}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`;
  return (
    `<saml:EncryptedAssertion xmlns:saml="${NS.assertion}">${data}` +
    `${encryption.keyBeside ? encryptedKey : ""}</saml:EncryptedAssertion>`
  );
}

function oaepOf(oaep: NonNullable<Encryption["oaep"]>): Oaep {
  if (typeof oaep !== "string") {
    return oaep;
  }
  return oaep === "sha1"
    ? { algorithm: "rsa-oaep-mgf1p" }
    : { algorithm: "rsa-oaep", digest: oaep, mgf: oaep };
}

/** EME-OAEP encoding (RFC 8017 §7.1.1), for Node takes no other hash for the mask than for the digest. */
function wrapKey(key: Buffer, recipient: KeyObject, oaep: Oaep): Buffer {
  const digest = oaep.digest ?? "sha1";
  const mask = oaep.mask ?? (oaep.algorithm === "rsa-oaep" ? (oaep.mgf ?? "sha1") : "sha1");
  const labelHash = createHash(digest)
    .update(oaep.label ?? "")
    .digest();
  const size = Number(recipient.asymmetricKeyDetails?.modulusLength) / 8;
  const zeros = Buffer.alloc(size - key.length - 2 * labelHash.length - 2);
  const block = Buffer.concat([labelHash, zeros, Buffer.from([1]), key]);
  const seed = randomBytes(labelHash.length);
  const maskedBlock = xor(block, mgf1(mask, seed, block.length));
  const maskedSeed = xor(seed, mgf1(mask, maskedBlock, seed.length));
  const padded = Buffer.concat([Buffer.from([0]), maskedSeed, maskedBlock]);
  return publicEncrypt({ key: recipient, padding: constants.RSA_NO_PADDING }, padded);
}

const DIGEST_URIS = {
  sha1: `${NS.signature}sha1`,
  sha256: `${NS.encryption}sha256`,
  sha384: "http://www.w3.org/2001/04/xmldsig-more#sha384",
  sha512: `${NS.encryption}sha512`,
} as const;

function keyMethod({ algorithm, digest, mgf, label }: Oaep): string {
  const namespace = algorithm === "rsa-oaep" ? NS.encryption11 : NS.encryption;
  return (
    `<xenc:EncryptionMethod Algorithm="${namespace}${algorithm}">` +
    (label === undefined
      ? ""
      : `<xenc:OAEPparams>${Buffer.from(label).toString("base64")}</xenc:OAEPparams>`) +
    (digest === undefined
      ? ""
      : `<ds:DigestMethod xmlns:ds="${NS.signature}" Algorithm="${DIGEST_URIS[digest]}"/>`) +
    (mgf === undefined
      ? ""
      : `<xenc11:MGF xmlns:xenc11="${NS.encryption11}" Algorithm="${NS.encryption11}mgf1${mgf}"/>`) +
    "</xenc:EncryptionMethod>"
  );
}

function sealGcm(text: string, key: Buffer): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv(`aes-${key.length * 8}-gcm` as "aes-256-gcm", key, iv);
  return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

function sealCbc(text: string, key: Buffer): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
  return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final()]);
}
