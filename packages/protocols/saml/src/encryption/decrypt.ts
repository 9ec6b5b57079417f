import { createDecipheriv, createPrivateKey, type KeyObject } from "node:crypto";
import { memoize } from "../bounded-cache.ts";
import { Refusal, refuse } from "../errors/refusal.ts";
import { decodeBase64, requireUtf8 } from "../xml/base64.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { childrenNamed, optionalChild, requiredChild, textOf, token } from "../xml/element.ts";
import { NS } from "../xml/names.ts";
import { decryptOaep, type OaepHashes } from "./oaep.ts";

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

const OAEP_MGF1P = `${NS.encryption}rsa-oaep-mgf1p`;
const OAEP_11 = `${NS.encryption11}rsa-oaep`;

const OAEP_DIGESTS: ReadonlyMap<string, string> = new Map([
  ["http://www.w3.org/2000/09/xmldsig#sha1", "sha1"],
  [`${NS.encryption}sha256`, "sha256"],
  ["http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384"],
  [`${NS.encryption}sha512`, "sha512"],
]);

const OAEP_MASKS: ReadonlyMap<string, string> = new Map(
  ["sha1", "sha224", "sha256", "sha384", "sha512"].map((hash) => [`${NS.encryption11}mgf1${hash}`, hash]),
);

/** What decrypts here, as our metadata announces it: content by AES, keys by RSA-OAEP. An IdP takes the first it knows. */
export const ENCRYPTION_METHODS: readonly { readonly algorithm: string; readonly digest?: string }[] = [
  { algorithm: `${NS.encryption11}aes256-gcm` },
  { algorithm: `${NS.encryption11}aes192-gcm` },
  { algorithm: `${NS.encryption11}aes128-gcm` },
  { algorithm: `${NS.encryption}aes256-cbc` },
  { algorithm: `${NS.encryption}aes192-cbc` },
  { algorithm: `${NS.encryption}aes128-cbc` },
  { algorithm: OAEP_MGF1P, digest: `${NS.signature}sha1` },
  { algorithm: OAEP_MGF1P, digest: `${NS.encryption}sha256` },
  { algorithm: OAEP_11, digest: `${NS.encryption}sha256` },
];

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
 * alike: AES-CBC is malleable, and an answer that distinguishes bad padding from bad XML is a decryption oracle for the sender
 * (Jager, Somorovsky: How to Break XML Encryption, 2011).
 */
export function decryptAssertion(
  encrypted: XmlElement,
  decryptionKeys: readonly (KeyObject | string)[],
): Decrypted {
  if (decryptionKeys.length === 0) {
    refuse("decryption_key_missing");
  }
  checkParts(encrypted, ["EncryptedData", "EncryptedKey"]);
  const data = requiredChild(encrypted, NS.encryption, "EncryptedData");
  checkParts(data, ["EncryptionMethod", "KeyInfo", "CipherData", "EncryptionProperties"]);
  const algorithm = algorithmOf(data);
  const content = CONTENT_ALGORITHMS.get(algorithm) ?? refuse("encryption_algorithm", algorithm);
  const unwrappers = readEncryptedKeys(encrypted, data).map(readUnwrapper);
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

/**
 * The EncryptedKeys that may hold the key: in EncryptedData's KeyInfo, or beside EncryptedData (SAML 2.0 Core §2.3.4,
 * errata E43), where a RetrievalMethod may point. All are tried, so no pointer and no hint in KeyInfo needs to be
 * followed; one elsewhere is not looked for.
 */
function readEncryptedKeys(encrypted: XmlElement, data: XmlElement): XmlElement[] {
  const inside = childrenNamed(data, NS.signature, "KeyInfo").flatMap((keyInfo) =>
    childrenNamed(keyInfo, NS.encryption, "EncryptedKey"),
  );
  const keys = [...inside, ...childrenNamed(encrypted, NS.encryption, "EncryptedKey")];
  if (keys.length === 0) {
    refuse("encryption_malformed", "no EncryptedKey in or beside EncryptedData");
  }
  if (keys.length > MAX_ENCRYPTED_KEYS) {
    refuse("encryption_malformed", `${keys.length} EncryptedKeys`);
  }
  for (const key of keys) {
    checkParts(key, [
      "EncryptionMethod",
      "KeyInfo",
      "CipherData",
      "EncryptionProperties",
      "ReferenceList",
      "CarriedKeyName",
    ]);
  }
  return keys;
}

/** Refuses children that XML-Enc does not let stand there: what decides over the result has to be understood. */
function checkParts(element: XmlElement, allowed: readonly string[]): void {
  const stranger = element.children.find(({ name }) => !allowed.includes(name));
  if (stranger !== undefined) {
    refuse("encryption_malformed", `${stranger.name} in ${element.name}`);
  }
}

type Unwrap = (privateKey: KeyObject) => Buffer | undefined;

/** RSA-OAEP only: RSA 1.5 lets an attacker decrypt with our answers (Bleichenbacher 1998). */
function readUnwrapper(encryptedKey: XmlElement): Unwrap {
  const algorithm = algorithmOf(encryptedKey);
  if (algorithm !== OAEP_MGF1P && algorithm !== OAEP_11) {
    refuse("encryption_algorithm", algorithm);
  }
  const method = requiredChild(encryptedKey, NS.encryption, "EncryptionMethod");
  checkParts(method, ["KeySize", "DigestMethod", "MGF", "OAEPparams"]);
  const hashes = readOaepHashes(method, algorithm);
  const params = optionalChild(method, NS.encryption, "OAEPparams");
  const label = params === undefined ? Buffer.alloc(0) : decodeBase64(textOf(params), "encryption_malformed");
  const wrapped = cipherValue(encryptedKey);
  return (privateKey) => decryptOaep(privateKey, wrapped, hashes, label);
}

/**
 * rsa-oaep-mgf1p has the mask's hash fixed to SHA-1, whatever the digest (XML-Enc 1.1 §5.5.2); some libraries take the
 * digest's for both, so that is tried as well. Padding that comes off right proves which it was.
 */
function readOaepHashes(method: XmlElement, algorithm: string): OaepHashes[] {
  const digestMethod = optionalChild(method, NS.signature, "DigestMethod");
  const digestUri = (digestMethod && token(digestMethod, "Algorithm")) ?? `${NS.signature}sha1`;
  const digest = OAEP_DIGESTS.get(digestUri) ?? refuse("encryption_algorithm", digestUri);
  if (algorithm === OAEP_MGF1P) {
    return digest === "sha1"
      ? [{ digest, mask: "sha1" }]
      : ["sha1", digest].map((mask) => ({ digest, mask }));
  }
  const mgf = optionalChild(method, NS.encryption11, "MGF");
  const maskUri = (mgf && token(mgf, "Algorithm")) ?? `${NS.encryption11}mgf1sha1`;
  return [{ digest, mask: OAEP_MASKS.get(maskUri) ?? refuse("encryption_algorithm", maskUri) }];
}

function algorithmOf(element: XmlElement): string {
  const method = optionalChild(element, NS.encryption, "EncryptionMethod");
  return (
    (method && token(method, "Algorithm")) ??
    refuse("encryption_malformed", `EncryptionMethod of ${element.name}`)
  );
}

function cipherValue(element: XmlElement): Buffer {
  const data = requiredChild(element, NS.encryption, "CipherData");
  checkParts(data, ["CipherValue"]);
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
