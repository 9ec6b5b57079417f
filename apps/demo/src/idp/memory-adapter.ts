import { LRUCache } from "lru-cache";
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

// A demo for one person at a time: old entries go when there are more.
const MOST = 1_000;

/** Where the demo's OpenID Connect identity provider keeps its codes, tokens and sessions: in memory, until the end. */
export function memoryAdapter(): AdapterFactory {
  const entries = new LRUCache<string, { readonly payload: AdapterPayload; readonly expiresAt: number }>({
    max: MOST,
  });

  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && entry.expiresAt > Date.now() ? entry.payload : undefined;
  };

  return (kind): Adapter => ({
    async upsert(id, payload, expiresIn = Infinity) {
      entries.set(`${kind}:${id}`, { payload, expiresAt: Date.now() + expiresIn * 1000 });
    },
    async find(id) {
      return live(`${kind}:${id}`);
    },
    async findByUid(uid) {
      const keys = [...entries.keys()].filter((key) => key.startsWith(`${kind}:`));
      return keys.map(live).find((payload) => payload?.uid === uid);
    },
    async findByUserCode() {
      return undefined; // of the device flow, which is off
    },
    async consume(id) {
      const payload = live(`${kind}:${id}`);
      if (payload !== undefined) {
        payload.consumed = Math.floor(Date.now() / 1000);
      }
    },
    async destroy(id) {
      entries.delete(`${kind}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of [...entries]) {
        if (payload.grantId === grantId) {
          entries.delete(key);
        }
      }
    },
  });
}
