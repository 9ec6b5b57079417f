import { setTimeout as sleep } from "node:timers/promises";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import type { Logger } from "@sallyport/logging";

export interface EmbeddedDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * Starts the embedded PostgreSQL, and starts it again, at the same address, whenever it ends by itself: to the gateway
 * that is an outage like any other. Throws `EmbeddedPostgresError` when the first start fails.
 */
export async function keepEmbeddedDatabase(dataDir: string, log: Logger): Promise<EmbeddedDatabase> {
  const options = { dataDir, log: (line: string) => log.debug({ line }, "postgres") };
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const { url, port } = server;
  const stopping = new AbortController();

  const startAgain = async (): Promise<void> => {
    for (
      let delayMs = FIRST_DELAY_MS;
      !stopping.signal.aborted;
      delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)
    ) {
      try {
        await server.stop(); // which gives the folder free
        server = await startEmbeddedPostgres({ ...options, port });
        log.info("the embedded PostgreSQL runs again");
        return;
      } catch (error) {
        log.error({ err: error }, "the embedded PostgreSQL could not be started again");
        await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined); // or it is stopping
      }
    }
  };
  const keep = async (): Promise<void> => {
    for (let ended = await server.ended; ended !== undefined; ended = await server.ended) {
      if (stopping.signal.aborted) {
        return;
      }
      log.error({ err: ended }, "the embedded PostgreSQL ended by itself; it is started again");
      await startAgain();
    }
  };
  const kept = keep();
  return {
    url,
    stop: async () => {
      stopping.abort();
      await server.stop();
      await kept;
      await server.stop(); // one that was just being started again
    },
  };
}
