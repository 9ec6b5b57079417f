import { findConnection, type OidcConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import { LogoutFailure } from "../failures.ts";

/** Throws `LogoutFailure` where there is none that people sign in by. */
export async function findActiveConnection(sql: Sql, connectionId: string): Promise<OidcConnection> {
  const connection = await findConnection(sql, "oidc", connectionId);
  if (connection === null) {
    throw new LogoutFailure("connection_unknown");
  }
  if (connection.status !== "active") {
    throw new LogoutFailure("connection_disabled");
  }
  return connection;
}
