import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { NS } from "../xml/names.ts";

export interface Encryption {
  /** PEM certificate or public key of the service provider. */
  readonly recipient: string;
  /** Content: AES-256-GCM by default. */
  readonly content?: "aes128-gcm" | "aes192-gcm" | "aes256-gcm" | "aes128-cbc" | "aes192-cbc" | "aes256-cbc";
  /** Hash of RSA-OAEP and its mask: SHA-1 (what rsa-oaep-mgf1p fixes) by default. */
  readonly oaep?: "sha1" | "sha256" | "sha512";
  /** Put the EncryptedKey beside EncryptedData instead of inside its KeyInfo. */
  readonly keyBeside?: boolean;
}

/** A saml:EncryptedAssertion around `assertion`. */
export function encryptAssertion(assertion: string, encryption: Encryption): string {
  const { content = "aes256-gcm", oaep = "sha1" } = encryption;
  const key = randomBytes(Number(content.slice(3, 6)) / 8);
  const sealed = content.endsWith("gcm") ? sealGcm(assertion, key) : sealCbc(assertion, key);
  const wrapped = publicEncrypt(
    { key: createPublicKey(encryption.recipient), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaep },
    key,
  );
  const encryptedKey =
    `<xenc:EncryptedKey xmlns:xenc="${NS.encryption}">${keyMethod(oaep)}` +
    `<xenc:CipherData><xenc:CipherValue>${wrapped.toString("base64")}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`;
  const namespace = content.endsWith("gcm") ? NS.encryption11 : NS.encryption;
  const data =
    `<xenc:EncryptedData xmlns:xenc="${NS.encryption}" Type="${NS.encryption}Element">` +
    `<xenc:EncryptionMethod Algorithm="${namespace}${content}"/>` +
    (encryption.keyBeside ? "" : `<ds:KeyInfo xmlns:ds="${NS.signature}">${encryptedKey}</ds:KeyInfo>`) +
    `<xenc:CipherData><xenc:CipherValue>${sealed.toString("base64")}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`;
  return (
    `<saml:EncryptedAssertion xmlns:saml="${NS.assertion}">${data}` +
    `${encryption.keyBeside ? encryptedKey : ""}</saml:EncryptedAssertion>`
  );
}

function keyMethod(oaep: "sha1" | "sha256" | "sha512"): string {
  if (oaep === "sha1") {
    return `<xenc:EncryptionMethod Algorithm="${NS.encryption}rsa-oaep-mgf1p"/>`;
  }
  return (
    `<xenc:EncryptionMethod Algorithm="${NS.encryption11}rsa-oaep">` +
    `<ds:DigestMethod xmlns:ds="${NS.signature}" Algorithm="${NS.encryption}${oaep}"/>` +
    `<xenc11:MGF xmlns:xenc11="${NS.encryption11}" Algorithm="${NS.encryption11}mgf1${oaep}"/></xenc:EncryptionMethod>`
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
