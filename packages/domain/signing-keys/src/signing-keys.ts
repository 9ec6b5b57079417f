import type { Database, Sql } from "@sallyport/database";
import type { SecretBox } from "@sallyport/secrets";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from "jose";
import {
  type KeySet,
  keySetAt,
  privateHalfOf,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from "./key-set.ts";
import { type Distrust, distrustKey, ensureKeys, loadKeys, type NewKeyIds, replaceKeys } from "./store.ts";

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

/** A token that one of our keys signed, and that key's id. */
export interface ReadToken {
  readonly payload: SignedToken;
  readonly kid: string;
}

/**
 * The keys that sign tokens, shared by every process through the database. To distrust a key counts at once, in every
 * process: what signs, publishes or verifies asks the database, by one short statement that all who ask at the same time
 * share.
 */
export interface SigningKeys {
  /** The keys as this process knows them, `refreshMs` old at most. */
  current(): Promise<KeySet>;
  /** The keys as of now. */
  latest(): Promise<KeySet>;
  /** Signs a JWT. `payload` is complete: nothing is added to it. */
  sign(
    payload: Readonly<Record<string, unknown>>,
    header: { readonly typ: string; readonly alg: SigningAlgorithm },
  ): Promise<string>;
  /** The payload of a token of ours; null when it is not one, or not what was expected, or its key is distrusted. */
  verify(token: string, expectations: TokenExpectations): Promise<SignedToken | null>;
  /**
   * As `verify`, by the keys as this process knows them: for a hot path whose own statement asks whether the key `kid`
   * is trusted, as `findLiveSession` does.
   */
  read(token: string, expectations: TokenExpectations): Promise<ReadToken | null>;
  /**
   * Makes a new key for each algorithm, which takes over after `publishAheadMs`, or `immediately`; what the others signed
   * stays good. With `sql`, as a part of that transaction.
   */
  rotate(options?: { readonly immediately?: boolean }, sql?: Sql): Promise<NewKeyIds>;
  /**
   * Takes back a key that somebody else may have: gone from the JWKS, and what it signed is void. With `sql`, as a part
   * of that transaction.
   */
  distrust(kid: string, sql?: Sql): Promise<Distrust>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** How many looks for unknown keys may find nothing, in each second. */
const LOOKS_IN_VAIN = 10;

/** Opens the keys, and makes the first one for each algorithm that has none. */
export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { database, secrets, now } = options;
  const refreshMs = options.refreshMs ?? 30 * SECOND;
  const publishAheadMs = options.publishAheadMs ?? 5 * MINUTE;
  const retentionMs = options.retentionMs ?? 30 * DAY;

  await ensureKeys(database, secrets, now());
  let view: View = { at: now(), keys: await loadKeys(database.sql, secrets, []) };
  let running: Promise<View> | undefined;
  let next: Promise<View> | undefined;

  async function look(): Promise<View> {
    const at = now();
    view = { at, keys: await loadKeys(database.sql, secrets, view.keys) };
    return view;
  }

  // Whoever asks while a look is under way shares the next one: this one may have begun before what they must see.
  function lookNow(): Promise<View> {
    if (running === undefined) {
      running = look().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .then(
        () => undefined,
        () => undefined, // it has been told to those who asked for it
      )
      .then(() => {
        next = undefined;
        return lookNow();
      });
    return next;
  }

  async function viewNotOlderThan(ageMs: number): Promise<View> {
    return now().getTime() - view.at.getTime() < ageMs ? view : lookNow();
  }

  const keySetOf = ({ keys }: View) => keySetAt(keys, now(), retentionMs);
  const current = async () => keySetOf(await viewNotOlderThan(refreshMs));
  const latest = async () => keySetOf(await lookNow());

  // A kid that this process has not heard of may be of a rotation just made elsewhere. Garbage must not make it ask the
  // database each time: a few looks a second may find nothing.
  let second = 0;
  let lookedInVain = 0;
  async function findKey(kid: string | undefined): Promise<SigningKey> {
    const byKid = (set: KeySet) => set.published.find((key) => key.kid === kid);
    const known = byKid(await current());
    if (known !== undefined) {
      return known;
    }
    const thisSecond = Math.floor(now().getTime() / SECOND);
    if (thisSecond !== second) {
      lookedInVain = 0;
    }
    second = thisSecond;
    const found = lookedInVain < LOOKS_IN_VAIN ? byKid(await latest()) : undefined;
    if (found !== undefined) {
      return found;
    }
    lookedInVain += 1;
    throw new errors.JWKSNoMatchingKey();
  }

  async function read(token: string, expectations: TokenExpectations): Promise<ReadToken | null> {
    const checks: JWTVerifyOptions = {
      algorithms: [...SIGNING_ALGORITHMS],
      issuer: expectations.issuer,
      currentDate: now(),
      ...(expectations.acceptExpired === true ? { clockTolerance: Number.MAX_SAFE_INTEGER } : {}),
    };
    try {
      const { payload, protectedHeader } = await jwtVerify(
        token,
        async (header) => {
          const key = await findKey(header.kid);
          if (header.alg !== key.publicJwk.alg) {
            throw new errors.JWKSNoMatchingKey(); // a key signs by its own algorithm alone (RFC 8725, 3.1)
          }
          return key.publicKey;
        },
        checks,
      );
      const { typ = "JWT", kid } = protectedHeader;
      return typ === expectations.typ && kid !== undefined ? { payload, kid } : null;
    } catch (error) {
      if (error instanceof errors.JOSEError) {
        return null;
      }
      throw error;
    }
  }

  const within = <Result>(sql: Sql | undefined, work: (sql: Sql) => Promise<Result>) =>
    sql === undefined ? database.transaction(work) : work(sql);

  return {
    current,
    latest,
    read,
    async sign(payload, header) {
      const key = (await latest()).signing[header.alg];
      return new SignJWT({ ...payload })
        .setProtectedHeader({ alg: header.alg, kid: key.kid, typ: header.typ })
        .sign(privateHalfOf(key).key);
    },
    async verify(token, expectations) {
      const found = await read(token, expectations);
      if (found === null) {
        return null;
      }
      const { published } = await latest();
      return published.some((key) => key.kid === found.kid) ? found.payload : null;
    },
    async rotate({ immediately = false } = {}, sql) {
      const at = now();
      const takeOverAt = new Date(at.getTime() + (immediately ? 0 : publishAheadMs));
      const kids = await within(sql, (inside) => replaceKeys(inside, secrets, at, takeOverAt));
      if (sql === undefined) {
        await lookNow();
      }
      return kids;
    },
    async distrust(kid, sql) {
      const result = await within(sql, (inside) => distrustKey(inside, secrets, kid, now()));
      if (sql === undefined) {
        await lookNow();
      }
      return result;
    },
  };
}

interface View {
  readonly at: Date;
  readonly keys: readonly SigningKey[];
}
