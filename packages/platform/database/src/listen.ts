import { Client, type ClientConfig } from "pg";
import { breakConnection, ignoreConnectionErrors } from "./pool.ts";
import { type Sql, sqlOver } from "./sql.ts";

/** A connection of its own, which hears what transactions notify as they commit. */
export interface Listening {
  /** Over this very connection: what answers here is also heard of here. */
  readonly sql: Sql;
  /** Whether the server has this connection listen: a transaction-pooling proxy loses that, and says nothing. */
  listens(): Promise<boolean>;
  /** Ends it at once, whatever is under way. */
  close(): void;
}

export interface ListenHandlers {
  readonly onNotification: () => void;
  /** The connection ended, by itself or by `close`: once. */
  readonly onEnd: () => void;
}

/** Rejects where the server cannot be reached. @param channel a plain name */
export async function listen(
  config: ClientConfig,
  channel: string,
  { onNotification, onEnd }: ListenHandlers,
): Promise<Listening> {
  const client = new Client(config);
  ignoreConnectionErrors(client);
  await client.connect();
  client.on("notification", onNotification);
  client.once("end", onEnd);
  const sql = sqlOver(client);
  try {
    await sql.query(`LISTEN ${client.escapeIdentifier(channel)}`);
  } catch (error) {
    breakConnection(client);
    throw error;
  }
  return {
    sql,
    listens: async () => {
      const { rows } = await sql.query<{ listens: boolean }>(
        "SELECT EXISTS (SELECT FROM pg_listening_channels() AS heard WHERE heard = $1) AS listens",
        [channel],
        "listens",
      );
      return rows[0]?.listens === true;
    },
    close: () => breakConnection(client),
  };
}
