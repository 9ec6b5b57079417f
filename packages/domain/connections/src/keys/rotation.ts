import type { Sql } from "@sallyport/database";
import type { SecretBox } from "@sallyport/secrets";
import type { KeyPair } from "./key-pair.ts";
import {
  eraseKey,
  findLiveKeys,
  insertKey,
  type KeyOwner,
  type LiveKeyRow,
  lockKeys,
  setSigningKey,
} from "./store.ts";

/*
 * How a connection changes its key, with no moment in which its IdP knows the wrong one:
 *
 *   begin     a second key is made. The metadata lists both, either decrypts, and the first still signs, since it is
 *             the one that the IdP knows.
 *   (the IdP reads the metadata)
 *   activate  the second one signs. The way back is to activate the first one again.
 *   retire    the first one is wiped.
 */

/** One that signs, and one to change over to, or from. */
const MAX_LIVE_KEYS = 2;

export type Refusal =
  /** No such connection. */
  | "connection_not_found"
  /** No such live key. */
  | "connection_key_not_found"
  | "connection_keys_too_many"
  /** Nobody has read the metadata that lists the key: the IdP cannot know it. */
  | "connection_key_unread"
  | "connection_key_signing";

export interface RotationRefused {
  readonly ok: false;
  readonly code: Refusal;
}

/** Adds a key to a connection. The first one signs at once; a second one begins a rotation. In a transaction. */
export async function beginRotation(
  sql: Sql,
  secrets: SecretBox,
  owner: KeyOwner,
  pair: KeyPair,
  now: Date,
): Promise<{ readonly ok: true; readonly id: string; readonly signs: boolean } | RotationRefused> {
  const live = await lockedKeys(sql, owner);
  if (live === null) {
    return refused("connection_not_found");
  }
  if (live.length >= MAX_LIVE_KEYS) {
    return refused("connection_keys_too_many");
  }
  const signs = live.length === 0;
  return { ok: true, id: await insertKey(sql, secrets, owner, { ...pair, signs, now }), signs };
}

/**
 * Has a key sign from now on; `changed` is false where it did already. Refused while the IdP cannot know the key, unless
 * by `force`. In a transaction.
 */
export async function activateKey(
  sql: Sql,
  owner: KeyOwner,
  id: string,
  { force }: { readonly force: boolean },
): Promise<{ readonly ok: true; readonly changed: boolean } | RotationRefused> {
  const live = await lockedKeys(sql, owner);
  const key = live?.find((each) => each.id === id);
  if (live === null || key === undefined) {
    return refused("connection_key_not_found");
  }
  if (key === live[0]) {
    return { ok: true, changed: false };
  }
  if (key.metadata_read_at === null && !force) {
    return refused("connection_key_unread");
  }
  await setSigningKey(sql, owner, id);
  return { ok: true, changed: true };
}

/** Ends a key that does not sign: nothing is decrypted by it any more, and nothing can be. In a transaction. */
export async function retireKey(
  sql: Sql,
  owner: KeyOwner,
  id: string,
  now: Date,
): Promise<{ readonly ok: true } | RotationRefused> {
  const live = await lockedKeys(sql, owner);
  const key = live?.find((each) => each.id === id);
  if (live === null || key === undefined) {
    return refused("connection_key_not_found");
  }
  if (key === live[0]) {
    return refused("connection_key_signing");
  }
  await eraseKey(sql, owner, id, now);
  return { ok: true };
}

/** The live keys, with everybody else who would change them kept waiting; null where there is no such connection. */
async function lockedKeys(sql: Sql, owner: KeyOwner): Promise<LiveKeyRow[] | null> {
  return (await lockKeys(sql, owner)) ? findLiveKeys(sql, owner) : null;
}

function refused(code: Refusal): RotationRefused {
  return { ok: false, code };
}
