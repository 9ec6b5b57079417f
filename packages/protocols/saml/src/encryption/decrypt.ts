import { constants, createDecipheriv, createPrivateKey, type KeyObject, privateDecrypt } from "node:crypto";
import { memoize } from "../bounded-cache.ts";
import { Refusal, refuse } from "../errors/refusal.ts";
import { requireUtf8 } from "../xml/base64.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import {
  attribute,
  childrenNamed,
  descendants,
  is,
  optionalChild,
  requiredChild,
  textOf,
} from "../xml/element.ts";
import { NS } from "../xml/names.ts";

/** Content encryption (XML-Enc 1.1 §5.2): key and IV length in bytes. 3DES and the rest are refused. */
const CONTENT_ALGORITHMS: ReadonlyMap<string, { cipher: "aes-gcm" | "aes-cbc"; keyBytes: 16 | 24 | 32 }> =
  new Map([
    [`${NS.encryption11}aes128-gcm`, { cipher: "aes-gcm", keyBytes: 16 }],
    [`${NS.encryption11}aes192-gcm`, { cipher: "aes-gcm", keyBytes: 24 }],
    [`${NS.encryption11}aes256-gcm`, { cipher: "aes-gcm", keyBytes: 32 }],
    [`${NS.encryption}aes128-cbc`, { cipher: "aes-cbc", keyBytes: 16 }],
    [`${NS.encryption}aes192-cbc`, { cipher: "aes-cbc", keyBytes: 24 }],
    [`${NS.encryption}aes256-cbc`, { cipher: "aes-cbc", keyBytes: 32 }],
  ]);

/** What our metadata offers, best first; AES-192, which few have, is taken but not asked for. */
export const OFFERED_ENCRYPTION: readonly string[] = [
  `${NS.encryption11}aes256-gcm`,
  `${NS.encryption11}aes128-gcm`,
  `${NS.encryption}aes256-cbc`,
  `${NS.encryption}aes128-cbc`,
];

const OAEP_MGF1P = `${NS.encryption}rsa-oaep-mgf1p`;
const OAEP_11 = `${NS.encryption11}rsa-oaep`;

const OAEP_DIGESTS: ReadonlyMap<string, string> = new Map([
  ["http://www.w3.org/2000/09/xmldsig#sha1", "sha1"],
  [`${NS.encryption}sha256`, "sha256"],
  ["http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384"],
  [`${NS.encryption}sha512`, "sha512"],
]);

/** Most IdPs encrypt for one key; during our rotation, for two. Each costs an RSA operation per own key. */
const MAX_ENCRYPTED_KEYS = 4;

const parsePem = memoize(128, (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch {
    // without what OpenSSL says about a private key
    return refuse("decryption_key_unreadable");
  }
});

function rsaKey(given: KeyObject | string): KeyObject {
  const key = typeof given === "string" ? parsePem(given) : given;
  return key.type === "private" && key.asymmetricKeyType === "rsa"
    ? key
    : refuse("decryption_key_unreadable");
}

export interface Decrypted {
  readonly bytes: Buffer;
  /** Which of the keys opened it. */
  readonly keyIndex: number;
}

/**
 * The XML inside a saml:EncryptedAssertion. Whatever fails after the RSA step answers `decryption_failed`
 * alike: AES-CBC is malleable, and an answer that tells bad padding from bad XML decrypts for the asker
 * (Jager, Somorovsky: How to Break XML Encryption, 2011).
 */
export function decryptAssertion(
  encrypted: XmlElement,
  decryptionKeys: readonly (KeyObject | string)[],
): Decrypted {
  if (decryptionKeys.length === 0) {
    refuse("decryption_key_missing");
  }
  checkShape(encrypted);
  const data = requiredChild(encrypted, NS.encryption, "EncryptedData");
  const algorithm = algorithmOf(data);
  const content = CONTENT_ALGORITHMS.get(algorithm) ?? refuse("encryption_algorithm", algorithm);
  const unwrappers = readEncryptedKeys(encrypted).map(readUnwrapper);
  const cipherText = cipherValue(data);
  for (const [keyIndex, given] of decryptionKeys.entries()) {
    const privateKey = rsaKey(given);
    for (const unwrap of unwrappers) {
      const key = unwrap(privateKey);
      if (key?.length !== content.keyBytes) {
        continue;
      }
      return { bytes: decipher(content.cipher, key, cipherText), keyIndex };
    }
  }
  return refuse("decryption_failed");
}

/** What XML-Enc lets stand where, of what is understood; the rest is refused, like everywhere. */
const SHAPE: Readonly<Record<string, readonly string[]>> = {
  EncryptedAssertion: ["EncryptedData", "EncryptedKey"],
  EncryptedData: ["EncryptionMethod", "KeyInfo", "CipherData"],
  EncryptedKey: ["EncryptionMethod", "KeyInfo", "CipherData", "ReferenceList", "CarriedKeyName"],
  EncryptionMethod: ["KeySize", "DigestMethod", "MGF", "OAEPparams"],
  KeyInfo: ["EncryptedKey", "KeyName", "KeyValue", "RetrievalMethod", "X509Data"],
  X509Data: ["X509Certificate", "X509IssuerSerial", "X509SKI", "X509SubjectName"],
  CipherData: ["CipherValue"],
  CipherValue: [],
  DigestMethod: [],
  MGF: [],
};

function checkShape(encrypted: XmlElement): void {
  for (const element of descendants(encrypted)) {
    const allowed = SHAPE[element.name];
    const stranger = allowed && element.children.find(({ name }) => !allowed.includes(name));
    if (stranger !== undefined) {
      refuse("encryption_malformed", `${stranger.name} in ${element.name}`);
    }
  }
}

/** EncryptedKeys stand inside EncryptedData's KeyInfo or beside EncryptedData (SAML 2.0 Core §2.3.4). */
function readEncryptedKeys(encrypted: XmlElement): XmlElement[] {
  const keys = descendants(encrypted).filter((each) => is(each, NS.encryption, "EncryptedKey"));
  if (keys.length === 0) {
    refuse("encryption_malformed", "no EncryptedKey");
  }
  if (keys.length > MAX_ENCRYPTED_KEYS) {
    refuse("encryption_malformed", `${keys.length} EncryptedKeys`);
  }
  return keys;
}

type Unwrap = (privateKey: KeyObject) => Buffer | undefined;

/** RSA-OAEP only: RSA 1.5 lets an attacker decrypt with our answers (Bleichenbacher 1998). */
function readUnwrapper(encryptedKey: XmlElement): Unwrap {
  const algorithm = algorithmOf(encryptedKey);
  if (algorithm !== OAEP_MGF1P && algorithm !== OAEP_11) {
    refuse("encryption_algorithm", algorithm);
  }
  const method = requiredChild(encryptedKey, NS.encryption, "EncryptionMethod");
  const digest = optionalChild(method, NS.signature, "DigestMethod");
  const digestUri = (digest && attribute(digest, "Algorithm")) ?? "http://www.w3.org/2000/09/xmldsig#sha1";
  const oaepHash = OAEP_DIGESTS.get(digestUri) ?? refuse("encryption_algorithm", digestUri);
  const mask = maskHash(method, algorithm);
  if (mask !== oaepHash || childrenNamed(method, NS.encryption, "OAEPparams").length > 0) {
    // OpenSSL's one-shot OAEP, as Node offers it, takes one hash for both and no other safe way exists here.
    refuse("encryption_algorithm", `RSA-OAEP with ${oaepHash} and MGF1 with ${mask}`);
  }
  const wrapped = cipherValue(encryptedKey);
  return (privateKey) => {
    try {
      return privateDecrypt(
        { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash },
        wrapped,
      );
    } catch {
      return undefined; // encrypted for another key: the next one may fit
    }
  };
}

function maskHash(method: XmlElement, algorithm: string): string {
  if (algorithm === OAEP_MGF1P) {
    return "sha1"; // fixed by XML-Enc 1.1 §5.5.2
  }
  const mgf = optionalChild(method, NS.encryption11, "MGF");
  const uri = (mgf && attribute(mgf, "Algorithm")) ?? `${NS.encryption11}mgf1sha1`;
  const name = uri.slice(`${NS.encryption11}mgf1`.length);
  return uri.startsWith(`${NS.encryption11}mgf1`) ? name : refuse("encryption_algorithm", uri);
}

function algorithmOf(element: XmlElement): string {
  const method = optionalChild(element, NS.encryption, "EncryptionMethod");
  return (
    (method && attribute(method, "Algorithm")) ??
    refuse("encryption_malformed", `EncryptionMethod of ${element.name}`)
  );
}

function cipherValue(element: XmlElement): Buffer {
  const data = requiredChild(element, NS.encryption, "CipherData");
  const text = textOf(requiredChild(data, NS.encryption, "CipherValue")).replace(/\s+/g, "");
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== text) {
    refuse("encryption_malformed", "CipherValue");
  }
  return bytes;
}

function decipher(cipher: "aes-gcm" | "aes-cbc", key: Buffer, data: Buffer): Buffer {
  try {
    return requireUtf8(cipher === "aes-gcm" ? openGcm(key, data) : openCbc(key, data));
  } catch (error) {
    if (error instanceof Refusal || error instanceof Error) {
      return refuse("decryption_failed");
    }
    throw error;
  }
}

/** 96-bit IV, cipher text, 128-bit tag (XML-Enc 1.1 §5.2.4). */
function openGcm(key: Buffer, data: Buffer): Buffer {
  const opener = createDecipheriv(
    `aes-${key.length === 16 ? 128 : key.length === 24 ? 192 : 256}-gcm`,
    key,
    data.subarray(0, 12),
    {
      authTagLength: 16,
    },
  );
  opener.setAuthTag(data.subarray(-16));
  return Buffer.concat([opener.update(data.subarray(12, -16)), opener.final()]);
}

/** 128-bit IV, cipher text; the last byte counts the padding, whose other bytes are arbitrary (§5.2.3). */
function openCbc(key: Buffer, data: Buffer): Buffer {
  const opener = createDecipheriv(`aes-${key.length * 8}-cbc`, key, data.subarray(0, 16)).setAutoPadding(
    false,
  );
  const padded = Buffer.concat([opener.update(data.subarray(16)), opener.final()]);
  const padding = padded.at(-1) ?? 0;
  if (padding < 1 || padding > 16 || padding > padded.length) {
    throw new RangeError("padding");
  }
  return padded.subarray(0, padded.length - padding);
}
