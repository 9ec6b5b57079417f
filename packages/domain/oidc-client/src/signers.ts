import type { Outbound } from "@sallyport/outbound";
import { BoundedCache } from "./bounded-cache.ts";
import { createIdpKeys, type IdpKeys } from "./keys.ts";

const LIFETIME_MS = 60 * 60 * 1000;
const MOST_KEPT = { entries: 1000, bytes: 4 * 1024 * 1024 };

/** Keys of IdPs that sign without being OpenID Providers of the connection. */
export interface Signers {
  /** The keys at an address, fetched when they are needed; each connection's apart from all others'. */
  of(connectionId: string, jwksUri: string): IdpKeys;
}

/** Remembers keys for a while: so a key that nobody knows has them fetched anew now and then, and not each time. */
export function createSigners(deps: {
  readonly outbound: Omit<Outbound, "stream">;
  readonly now: () => Date;
}): Signers {
  const kept = new BoundedCache<IdpKeys>(MOST_KEPT);
  const clock = () => deps.now().getTime();
  return {
    of(connectionId, jwksUri) {
      const now = clock();
      const key = `${connectionId} ${jwksUri}`;
      const known = kept.get(key, now);
      if (known !== undefined) {
        return known;
      }
      const keys: IdpKeys = createIdpKeys({
        outbound: deps.outbound,
        jwksUri,
        now: clock,
        onSize: (bytes) => kept.resize(key, keys, bytes),
      });
      kept.set(key, keys, now + LIFETIME_MS, now);
      return keys;
    },
  };
}
