import type { Database } from "@sallyport/database";
import type { SecretBox } from "@sallyport/secrets";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from "jose";
import { ALGORITHM, type KeySet, keySetAt, type SigningKey } from "./key-set.ts";
import { ensureKey, loadKeys, replaceKeys } from "./store.ts";

export interface SigningKeysOptions {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly now: () => Date;
  /** How old a process' view of the keys may grow before it looks again. Default 30 s. */
  readonly refreshMs?: number;
  /** How long a new key is published before it signs: longer than `refreshMs` and what verifiers cache. Default 5 min. */
  readonly publishAheadMs?: number;
  /** How long a retired key stays published: longer than anything that it signed is of use. Default 30 days. */
  readonly retentionMs?: number;
}

/** What a token must say to be accepted. */
export interface TokenExpectations {
  /**
   * The `typ` of its header: keeps one kind of token from passing for another (RFC 8725, 3.11). ID tokens name none,
   * which is to say "JWT".
   */
  readonly typ: string;
  readonly issuer: string;
  /** Also past its `exp`, as an `id_token_hint` may be. */
  readonly acceptExpired?: boolean;
}

export type SignedToken = JWTPayload;

/** The keys that sign tokens, shared by every process through the database. */
export interface SigningKeys {
  /** The keys as of now: looked up again every `refreshMs`, so a rotation reaches every process without a restart. */
  current(): Promise<KeySet>;
  /** Signs a JWT. `payload` is complete: nothing is added to it. */
  sign(payload: Readonly<Record<string, unknown>>, header: { readonly typ: string }): Promise<string>;
  /** The payload of a token of ours; null when it is not one, or not what was expected. */
  verify(token: string, expectations: TokenExpectations): Promise<SignedToken | null>;
  /**
   * Makes a new key, which takes over after `publishAheadMs`, or `immediately`. With `distrust` it also takes back all
   * others (somebody else may have them): what they signed is void. Returns the new key's id.
   */
  rotate(options?: { readonly immediately?: boolean; readonly distrust?: boolean }): Promise<string>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** Opens the keys, and makes the first one where there is none. */
export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { database, secrets, now } = options;
  const refreshMs = options.refreshMs ?? 30 * SECOND;
  const publishAheadMs = options.publishAheadMs ?? 5 * MINUTE;
  const retentionMs = options.retentionMs ?? 30 * DAY;

  await ensureKey(database, secrets, now());
  let view = await look();
  let pending: Promise<View> | undefined;

  async function look(): Promise<View> {
    const at = now();
    return { at, keys: await loadKeys(database.sql, secrets) };
  }

  async function lookAgain(): Promise<View> {
    pending ??= look().finally(() => {
      pending = undefined;
    });
    view = await pending;
    return view;
  }

  async function viewNotOlderThan(ageMs: number): Promise<View> {
    return now().getTime() - view.at.getTime() < ageMs ? view : lookAgain();
  }

  async function current(): Promise<KeySet> {
    return keySetAt((await viewNotOlderThan(refreshMs)).keys, now(), retentionMs);
  }

  // A kid that this process has not heard of may be of a rotation just made elsewhere; but garbage must not make
  // it ask the database each time.
  async function findKey(kid: string | undefined): Promise<SigningKey> {
    const byKid = (set: KeySet) => set.published.find((key) => key.kid === kid);
    const known = byKid(await current());
    if (known !== undefined) return known;
    const { keys } = await viewNotOlderThan(SECOND);
    const fresh = byKid(keySetAt(keys, now(), retentionMs));
    if (fresh === undefined) throw new errors.JWKSNoMatchingKey();
    return fresh;
  }

  return {
    current,
    async sign(payload, header) {
      const { signing } = await current();
      return new SignJWT({ ...payload })
        .setProtectedHeader({ alg: ALGORITHM, kid: signing.kid, typ: header.typ })
        .sign(signing.privateKey);
    },
    async verify(token, expectations) {
      const checks: JWTVerifyOptions = {
        algorithms: [ALGORITHM],
        issuer: expectations.issuer,
        currentDate: now(),
        ...(expectations.acceptExpired === true ? { clockTolerance: Number.MAX_SAFE_INTEGER } : {}),
      };
      try {
        const { payload, protectedHeader } = await jwtVerify(
          token,
          async (header) => (await findKey(header.kid)).publicKey,
          checks,
        );
        return (protectedHeader.typ ?? "JWT") === expectations.typ ? payload : null;
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
    async rotate({ immediately = false, distrust = false } = {}) {
      const at = now();
      const ahead = immediately ? 0 : publishAheadMs;
      const takeOverAt = new Date(distrust ? 0 : at.getTime() + ahead);
      const kid = await replaceKeys(database, secrets, at, takeOverAt);
      await lookAgain();
      return kid;
    },
  };
}

interface View {
  readonly at: Date;
  readonly keys: readonly SigningKey[];
}
