import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/**
 * Secrets at rest, envelope-encrypted: each value under a random data key of its own (AES-256-GCM), the data
 * key under the newest key of the ring. A rotation adds a key in front; older ones still open what they sealed.
 */
export interface SecretBox {
  /** Seals `plain`. `context` (table, column, row id) is authenticated: a sealed value moved elsewhere does not open. */
  seal(plain: string, context: string): string;
  /** Opens what `seal` made. Throws `SecretError` when the key is unknown or anything was changed. */
  open(sealed: string, context: string): string;
  /** The ids of the ring's keys, newest first: a sealed value names its key as the second of its parts, `s1.<id>.…`. */
  readonly keyIds: readonly [string, ...string[]];
}

/** Thrown where a key is malformed or unknown, or a sealed value was changed. */
export class SecretError extends Error {
  readonly code: "secret_key_invalid" | "secret_key_unknown" | "secret_damaged";

  constructor(code: SecretError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SecretError";
    this.code = code;
  }
}

const VERSION = "s1";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A new key for the ring: 32 random bytes in base64. */
export function newEncryptionKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

/** @param keyRing keys in base64, 32 bytes each, newest first. Throws `SecretError` when one is not. */
export function createSecretBox(keyRing: readonly string[]): SecretBox {
  const keys = keyRing.map(parseKey);
  const newest = keys[0];
  if (newest === undefined) {
    throw new SecretError("secret_key_invalid", "The key ring is empty: give at least one key");
  }
  const byId = new Map(keys.map((key) => [key.id, key.bytes]));

  return {
    seal(plain, context) {
      const dataKey = randomBytes(KEY_BYTES);
      const wrapped = encrypt(newest.bytes, dataKey, `${context}#key`);
      const body = encrypt(dataKey, Buffer.from(plain, "utf8"), context);
      return [VERSION, newest.id, wrapped.toString("base64url"), body.toString("base64url")].join(".");
    },
    open(sealed, context) {
      const [version, keyId, wrapped, body, ...rest] = sealed.split(".");
      if (
        version !== VERSION ||
        keyId === undefined ||
        wrapped === undefined ||
        body === undefined ||
        rest.length > 0
      ) {
        throw new SecretError("secret_damaged", "Not a sealed value");
      }
      const key = byId.get(keyId);
      if (key === undefined) {
        throw new SecretError(
          "secret_key_unknown",
          `Sealed under key ${keyId}, which is not in SALLYPORT_ENCRYPTION_KEYS: put that key back at the end of the ring`,
        );
      }
      const dataKey = decrypt(key, Buffer.from(wrapped, "base64url"), `${context}#key`);
      return decrypt(dataKey, Buffer.from(body, "base64url"), context).toString("utf8");
    },
    keyIds: [newest.id, ...keys.slice(1).map((key) => key.id)],
  };
}

function parseKey(text: string, index: number): { id: string; bytes: Buffer } {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== KEY_BYTES) {
    throw new SecretError("secret_key_invalid", `Key ${index + 1} of the ring is not 32 bytes in base64`);
  }
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
}

function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(context, "utf8"));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) {
    throw new SecretError("secret_damaged", "A sealed value is too short");
  }
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context, "utf8"))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new SecretError(
      "secret_damaged",
      "A sealed value does not open: it was changed, or sealed for another place",
      {
        cause,
      },
    );
  }
}
