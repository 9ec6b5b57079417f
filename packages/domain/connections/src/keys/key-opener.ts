import { createPrivateKey, type KeyObject } from "node:crypto";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import { LRUCache } from "lru-cache";
import type { LiveKeyRow } from "./store.ts";

/** A live key, opened. */
export interface ConnectionKey {
  readonly id: string;
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
  /** Whether somebody has read the metadata that lists it. */
  readonly metadataRead: boolean;
}

/** Far more than sign in at the same time, of some kilobytes each. */
const MAX_CONNECTIONS = 1_000;

export type KeyOpener = (connectionId: string, rows: readonly LiveKeyRow[]) => readonly ConnectionKey[];

/**
 * Opens the live keys of a connection, in their order. They are remembered, since to parse one costs twice what
 * signing with it does; but no longer than until the connection comes again without it, so a retired one goes.
 */
export function createKeyOpener(secrets: SecretBox): KeyOpener {
  const remembered = new LRUCache<string, ReadonlyMap<string, KeyObject>>({ max: MAX_CONNECTIONS });
  return (connectionId, rows) => {
    const before = remembered.get(connectionId);
    const keys = rows.map((row) => ({
      id: row.id,
      certificate: row.certificate,
      privateKey: before?.get(row.id) ?? openKey(secrets, row),
      metadataRead: row.metadata_read_at !== null,
    }));
    remembered.set(connectionId, new Map(keys.map((key) => [key.id, key.privateKey])));
    return keys;
  };
}

function openKey(secrets: SecretBox, row: LiveKeyRow): KeyObject {
  return createPrivateKey(secrets.open(row.private_key, sealContext("connection_keys.private_key", row.id)));
}
