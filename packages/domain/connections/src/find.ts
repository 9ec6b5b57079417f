import { isId, type Sql } from "@sallyport/database";
import { type ConnectionSettings, type ConnectionType, parseConnectionSettings } from "./settings.ts";

/** A connection with the settings of its protocol. */
export interface Connection<Type extends ConnectionType> {
  readonly id: string;
  readonly organizationId: string;
  readonly type: Type;
  readonly provider: string;
  readonly name: string;
  readonly settings: ConnectionSettings[Type];
}

export type SamlConnection = Connection<"saml">;
export type OidcConnection = Connection<"oidc">;

/** A connection as stored: only its protocol reads the settings (see `parseConnection`). */
export interface StoredConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly type: ConnectionType;
  readonly provider: string;
  readonly name: string;
  readonly status: "active" | "disabled";
  readonly settings: unknown;
}

/** An organization with all its connections, oldest first. */
export interface Candidates {
  readonly organization: { readonly id: string; readonly name: string };
  readonly connections: readonly StoredConnection[];
}

export type Selector =
  | { readonly by: "connection" | "organization"; readonly value: string }
  /** Lower case, punycode. */
  | { readonly by: "domain"; readonly value: string };

const CONDITIONS = {
  connection: "o.id = (SELECT organization_id FROM connections WHERE id = $1::uuid)",
  organizationId: "o.id = $1::uuid",
  organizationSlug: "o.slug = $1",
  domain: "o.id = (SELECT organization_id FROM domains WHERE verified_name = $1)",
} as const;

/** The organization that a selector names, or null. A domain names one only once it is verified. */
export async function findCandidates(sql: Sql, selector: Selector): Promise<Candidates | null> {
  const condition = conditionOf(selector);
  if (condition === null) {
    return null;
  }
  const { rows } = await sql.query<{
    organization_id: string;
    organization_name: string;
    id: string | null;
    type: ConnectionType;
    provider: string;
    name: string;
    status: "active" | "disabled";
    settings: unknown;
  }>(
    `SELECT o.id AS organization_id, o.name AS organization_name,
            c.id, c.type, c.provider, c.name, c.status, c.settings
     FROM organizations o LEFT JOIN connections c ON c.organization_id = o.id
     WHERE ${CONDITIONS[condition]}
     ORDER BY c.created_at, c.id`,
    [selector.value],
    `sign_in_candidates_${condition}`,
  );
  const first = rows[0];
  if (first === undefined) {
    return null;
  }
  return {
    organization: { id: first.organization_id, name: first.organization_name },
    connections: rows.flatMap(({ id, organization_id, organization_name: _, ...row }) =>
      id === null ? [] : [{ ...row, id, organizationId: organization_id }],
    ),
  };
}

function conditionOf(selector: Selector): keyof typeof CONDITIONS | null {
  if (selector.by === "domain") {
    return "domain";
  }
  if (selector.by === "connection") {
    return isId(selector.value) ? "connection" : null;
  }
  return isId(selector.value) ? "organizationId" : "organizationSlug";
}

/** One connection, whatever its status; null for what is no id, or no connection of this type. */
export async function findConnection<Type extends ConnectionType>(
  sql: Sql,
  type: Type,
  id: string,
): Promise<(Connection<Type> & { readonly status: "active" | "disabled" }) | null> {
  if (!isId(id)) {
    return null;
  }
  const { rows } = await sql.query<{
    organization_id: string;
    provider: string;
    name: string;
    status: "active" | "disabled";
    settings: unknown;
  }>(
    "SELECT organization_id, provider, name, status, settings FROM connections WHERE id = $1 AND type = $2::connection_type",
    [id, type],
    "sign_in_connection",
  );
  const row = rows[0];
  if (row === undefined) {
    return null;
  }
  const { organization_id: organizationId, settings, ...rest } = row;
  return { ...rest, id, organizationId, type, settings: parseConnectionSettings(type, settings) };
}

/** Parses a stored connection of this type. Throws where it is of another, or was not written by its type's schema. */
export function parseConnection<Type extends ConnectionType>(
  type: Type,
  stored: StoredConnection,
): Connection<Type> {
  if (stored.type !== type) {
    throw new Error(`Connection ${stored.id} is of type ${stored.type}, not ${type}`);
  }
  const { id, organizationId, provider, name } = stored;
  return {
    id,
    organizationId,
    type,
    provider,
    name,
    settings: parseConnectionSettings(type, stored.settings),
  };
}

/** Whether the connection is still there. */
export async function connectionExists(sql: Sql, id: string): Promise<boolean> {
  const { rows } = await sql.query("SELECT 1 FROM connections WHERE id = $1", [id]);
  return rows.length > 0;
}
