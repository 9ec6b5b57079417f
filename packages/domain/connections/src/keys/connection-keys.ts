import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { recordEvents } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";
import { type ConnectionKey, createKeyOpener } from "./key-opener.ts";
import { makeKeyPair } from "./key-pair.ts";
import { findLiveKeys, insertKey, type KeyOwner, lockKeys, noteMetadataRead } from "./store.ts";

/** The one key of a connection, or during a rotation its two. */
export interface LiveKeys {
  readonly signing: ConnectionKey;
  /** Each of them decrypts. */
  readonly newestFirst: readonly ConnectionKey[];
}

export interface ConnectionKeys {
  /** The live keys of a connection; null where none was ever needed. */
  find(connection: KeyOwner): Promise<LiveKeys | null>;
  /** The same; makes the first one where there is none. */
  ensure(connection: KeyOwner): Promise<LiveKeys>;
  /** Notes that somebody has read the metadata that lists the keys: from then on the IdP may know them. */
  noteMetadataRead(
    connection: KeyOwner,
    keys: LiveKeys,
    reader: { readonly requestId: string; readonly ip: string | undefined },
  ): Promise<void>;
}

/** The key pairs of connections: of SAML service providers, and of OpenID Connect clients (`private_key_jwt`). */
export function createConnectionKeys(
  database: Database,
  secrets: SecretBox,
  now: () => Date,
): ConnectionKeys {
  const open = createKeyOpener(secrets);
  const making = new Map<string, Promise<LiveKeys>>();

  async function find(connection: KeyOwner): Promise<LiveKeys | null> {
    const keys = open(connection.id, await findLiveKeys(database.sql, connection));
    const [signing] = keys;
    if (signing === undefined) {
      return null;
    }
    // Ids are UUIDv7: they grow with time.
    return { signing, newestFirst: keys.toSorted((one, other) => (one.id < other.id ? 1 : -1)) };
  }

  async function makeFirst(connection: KeyOwner): Promise<LiveKeys> {
    const pair = await makeKeyPair(connection.id, now());
    await database.transaction(async (sql) => {
      // Of two at once the second waits here, and then finds the first one's.
      if (!(await lockKeys(sql, connection))) {
        return;
      }
      if ((await findLiveKeys(sql, connection)).length > 0) {
        return;
      }
      const id = await insertKey(sql, secrets, connection, { ...pair, signs: true, now: now() });
      await recordEvents(sql, [
        {
          ...ofConnection(connection),
          type: "connection.key_created",
          actor: { type: "system" },
          after: { keyId: id, signs: true },
        },
      ]);
    });
    const made = await find(connection);
    if (made === null) {
      throw new Error(`Connection ${connection.id} was deleted meanwhile`);
    }
    return made;
  }

  return {
    find,
    async ensure(connection) {
      const known = await find(connection);
      if (known !== null) {
        return known;
      }
      // Anybody may ask, and creating a key pair is expensive: concurrent callers wait for the same one.
      const made =
        making.get(connection.id) ?? makeFirst(connection).finally(() => making.delete(connection.id));
      making.set(connection.id, made);
      return made;
    },
    async noteMetadataRead(connection, keys, reader) {
      const unread = keys.newestFirst.filter((key) => !key.metadataRead).map((key) => key.id);
      if (unread.length === 0) {
        return;
      }
      await database.transaction(async (sql) => {
        const first = await noteMetadataRead(sql, connection, unread, now());
        const { requestId, ip } = reader;
        const origin = { actor: { type: "system" }, requestId, ...defined({ ip }) } as const;
        await recordEvents(
          sql,
          first.map((keyId) => ({
            ...ofConnection(connection),
            ...origin,
            type: "connection.key_metadata_read",
            data: { keyId },
          })),
        );
      });
    },
  };
}

function ofConnection({ organizationId, id }: KeyOwner) {
  return { organizationId, resource: { type: "connection", id } } as const;
}
