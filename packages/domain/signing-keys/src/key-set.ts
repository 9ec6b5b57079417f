import { SecretError } from "@sallyport/secrets";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";

/** The one algorithm that tokens are signed with: ECDSA on P-256 (RFC 7518). */
export const ALGORITHM = "ES256";

const publicJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal(ALGORITHM),
  use: z.literal("sig"),
});
const privateJwk = publicJwk.extend({ d: z.string() });

export type PublicJwk = z.infer<typeof publicJwk>;
export type PrivateJwk = z.infer<typeof privateJwk>;

/** The half that signs. */
export interface PrivateHalf {
  readonly jwk: PrivateJwk;
  readonly key: CryptoKey;
}

/** A key pair with its years of service. */
export interface SigningKey {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly publicKey: CryptoKey;
  /** Or why it could not be opened: what it signed is verified nevertheless. */
  readonly privateHalf: PrivateHalf | SecretError;
  readonly createdAt: Date;
  /** From then on another key signs; null while no successor is named. */
  readonly retiredAt: Date | null;
}

/** The keys as of one moment. */
export interface KeySet {
  /** Signs now. */
  readonly signing: SigningKey;
  /** All that a token may still be verified by, the signing one first: the JWKS. */
  readonly published: readonly SigningKey[];
  /** Differs whenever `signing` or `published` do. */
  readonly version: string;
}

export interface NewKey {
  readonly publicJwk: PublicJwk;
  readonly privateJwk: PrivateJwk;
}

export async function generateKey(): Promise<NewKey> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const named = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: "sig" };
  return { publicJwk: publicJwk.parse(named), privateJwk: privateJwk.parse(named) };
}

/** @throws when the JWK is not a public P-256 signing key */
export async function importPublic(jwk: unknown): Promise<Pick<SigningKey, "publicJwk" | "publicKey">> {
  const parsed = publicJwk.parse(jwk);
  return { publicJwk: parsed, publicKey: await importAsymmetric(parsed) };
}

/** @throws when the JWK is not a private P-256 signing key */
export async function importPrivate(jwk: unknown): Promise<PrivateHalf> {
  const parsed = privateJwk.parse(jwk);
  return { jwk: parsed, key: await importAsymmetric(parsed) };
}

/** @throws SecretError where it could not be opened */
export function privateHalfOf(key: SigningKey): PrivateHalf {
  if (key.privateHalf instanceof SecretError) {
    throw key.privateHalf;
  }
  return key.privateHalf;
}

async function importAsymmetric(jwk: PublicJwk | PrivateJwk): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) {
    throw new TypeError("An EC key was imported as a symmetric one");
  }
  return key;
}

/**
 * Who signs, and what is published, at `now`. The oldest key that is not retired signs: a new key is published
 * before its predecessor retires, so that no verifier ever meets a token by a key it could not have fetched.
 * @throws when no key is left to sign
 */
export function keySetAt(keys: readonly SigningKey[], now: Date, retentionMs: number): KeySet {
  const byAge = [...keys].sort((a, b) => +a.createdAt - +b.createdAt || retirement(a) - retirement(b));
  const signing = byAge.find((key) => key.retiredAt === null || key.retiredAt > now);
  if (signing === undefined) {
    throw new Error("There is no signing key that is not retired");
  }
  const published = byAge.filter((key) => key !== signing && retirement(key) + retentionMs > now.getTime());
  const all = [signing, ...published];
  return { signing, published: all, version: all.map((key) => key.kid).join(" ") };
}

function retirement(key: SigningKey): number {
  return key.retiredAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
