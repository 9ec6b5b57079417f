import { SecretError } from "@sallyport/secrets";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";

/**
 * What tokens are signed with (RFC 7518, 3.1): RSA PKCS#1 v1.5, which every relying party knows (OpenID Connect Core 15.1)
 * and which therefore stands first in discovery, or ECDSA on P-256. There is always a key for each.
 */
export const SIGNING_ALGORITHMS = ["RS256", "ES256"] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** RFC 7518, 3.3: no shorter. Longer ones cost several times as much for each token. */
const RSA_BITS = 2048;

const named = { kid: z.string(), use: z.literal("sig") };
const ecJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  alg: z.literal("ES256"),
  ...named,
});
const rsaJwk = z.object({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  alg: z.literal("RS256"),
  ...named,
});
const rsaSecrets = {
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
};
const publicJwk = z.discriminatedUnion("kty", [ecJwk, rsaJwk]);
const privateJwk = z.discriminatedUnion("kty", [ecJwk.extend({ d: z.string() }), rsaJwk.extend(rsaSecrets)]);

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
  /** Those that sign now. */
  readonly signing: Readonly<Record<SigningAlgorithm, SigningKey>>;
  /** All that a token may still be verified by, those that sign first: the JWKS. */
  readonly published: readonly SigningKey[];
  /** Differs whenever `signing` or `published` do. */
  readonly version: string;
}

export interface NewKey {
  readonly publicJwk: PublicJwk;
  readonly privateJwk: PrivateJwk;
}

export async function generateKey(alg: SigningAlgorithm): Promise<NewKey> {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: RSA_BITS });
  const jwk = await exportJWK(pair.privateKey);
  const complete = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: "sig" };
  return { publicJwk: publicJwk.parse(complete), privateJwk: privateJwk.parse(complete) };
}

/** @throws when the JWK is no public signing key of ours */
export async function importPublic(jwk: unknown): Promise<Pick<SigningKey, "publicJwk" | "publicKey">> {
  const parsed = publicJwk.parse(jwk);
  return { publicJwk: parsed, publicKey: await importAsymmetric(parsed) };
}

/** @throws when the JWK is no private signing key of ours */
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
  const key = await importJWK(jwk, jwk.alg); // bound to its algorithm: jose verifies nothing else by it
  if (key instanceof Uint8Array) {
    throw new TypeError("A key pair was imported as a symmetric key");
  }
  return key;
}

/**
 * Who signs, and what is published, at `now`. Of each algorithm the oldest key that is not retired signs: a new key is
 * published before its predecessor retires, so that no verifier ever meets a token by a key it could not have fetched.
 * @throws when no key is left to sign
 */
export function keySetAt(keys: readonly SigningKey[], now: Date, retentionMs: number): KeySet {
  const byAge = [...keys].sort((a, b) => +a.createdAt - +b.createdAt || retirement(a) - retirement(b));
  const signer = (alg: SigningAlgorithm) => {
    const found = byAge.find(
      (key) => key.publicJwk.alg === alg && (key.retiredAt === null || key.retiredAt > now),
    );
    if (found === undefined) {
      throw new Error(`There is no signing key for ${alg} that is not retired`);
    }
    return found;
  };
  const signing = { RS256: signer("RS256"), ES256: signer("ES256") };
  const signers: SigningKey[] = SIGNING_ALGORITHMS.map((alg) => signing[alg]);
  const others = byAge.filter(
    (key) => !signers.includes(key) && retirement(key) + retentionMs > now.getTime(),
  );
  const published = [...signers, ...others];
  return { signing, published, version: published.map((key) => key.kid).join(" ") };
}

function retirement(key: SigningKey): number {
  return key.retiredAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
