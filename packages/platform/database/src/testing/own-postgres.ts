import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@sallyport/embedded-postgres";

/** A PostgreSQL of this test's own, to be taken away and given back. Its address stays the same. */
export interface OwnPostgres {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Where it keeps its files. */
  readonly dataDir: string;
  /** Stops it for good. */
  remove(): Promise<void>;
}

/** @param settings of postgresql.conf */
export async function startOwnPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "sallyport-own-postgres-"));
  const options = { dataDir, settings: { fsync: "off", ...settings } };
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const { url, port } = server;
  return {
    url,
    port,
    dataDir,
    stop: () => server.stop(),
    start: async () => {
      server = await startEmbeddedPostgres({ ...options, port });
    },
    remove: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}
