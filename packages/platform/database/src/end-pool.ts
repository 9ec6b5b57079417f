import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";

/** A connection that the server does not close by then is not worth more waiting. */
const CLOSE_MS = 1_000;

/**
 * Ends a pool, and resolves when its connections are closed. `pool.end()` by itself resolves when the goodbyes are on
 * their way: a server that is shut down right after would still break them.
 */
export async function endPool(pool: Pool): Promise<void> {
  const patience = new AbortController();
  let open = pool.totalCount;
  const countDown = () => {
    open -= 1;
    if (open === 0) {
      patience.abort();
    }
  };
  pool.on("remove", countDown);
  await pool.end();
  if (open > 0) {
    await sleep(CLOSE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  }
  pool.off("remove", countDown);
}
