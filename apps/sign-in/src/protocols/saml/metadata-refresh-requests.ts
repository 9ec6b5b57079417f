import type { SamlConnection } from "@sallyport/connections";
import { requestRefresh } from "@sallyport/connections/idp-metadata";
import type { Sql } from "@sallyport/database";
import { outageOf, reportOutage } from "@sallyport/outage";
import { LRUCache } from "lru-cache";
import type { SignInDeps } from "../../core/context.ts";

/**
 * Has a connection's metadata fetched soon, since its IdP seems to sign with a key that its certificates do not know:
 * most likely it took a new one and announced it nowhere else.
 */
export interface MetadataRefreshRequests {
  /** Takes none of the request's time, and never throws. Anybody can post a forged signature: it may be called often. */
  request(connection: SamlConnection): void;
}

type Deps = Pick<SignInDeps, "log" | "now" | "requestMetadata"> & {
  readonly database: { readonly sql: Sql };
};

// `requestRefresh` limits how often metadata is fetched; this limits how many statements ask for it.
const QUIET_MS = 10_000;
const MAX_REMEMBERED = 10_000;

export function createMetadataRefreshRequests({
  database,
  log,
  now,
  requestMetadata,
}: Deps): MetadataRefreshRequests {
  const lastRequest = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  async function send({ id: connectionId, organizationId }: SamlConnection): Promise<void> {
    try {
      const due = await requestRefresh(database.sql, { connectionId, organizationId }, now());
      if (due) {
        requestMetadata();
      }
    } catch (error) {
      const outage = outageOf(error);
      if (outage !== undefined) {
        return reportOutage(log, outage, { connectionId });
      }
      log.warn({ connectionId, err: error }, "Metadata could not be requested; it is fetched on schedule");
    }
  }

  return {
    request(connection) {
      if (connection.settings.metadataUrl === undefined) {
        return;
      }
      const at = now().getTime();
      if (at - (lastRequest.get(connection.id) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) {
        return;
      }
      lastRequest.set(connection.id, at);
      void send(connection);
    },
  };
}
