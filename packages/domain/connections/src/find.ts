import { isId, type Sql } from "@sallyport/database";
import { type ConnectionSettings, type ConnectionType, parseConnectionSettings } from "./settings.ts";

interface ConnectionOf<Type extends ConnectionType> {
  readonly id: string;
  readonly organizationId: string;
  readonly type: Type;
  readonly provider: string;
  readonly name: string;
  readonly settings: ConnectionSettings[Type];
}

export type SamlConnection = ConnectionOf<"saml">;
export type OidcConnection = ConnectionOf<"oidc">;
export type Connection = SamlConnection | OidcConnection;

/** A connection as stored: its settings are parsed when it is used. */
export interface ConnectionRow {
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
  readonly connections: readonly ConnectionRow[];
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
): Promise<(ConnectionOf<Type> & { readonly status: "active" | "disabled" }) | null> {
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

/** Parses a row's settings. Throws `ZodError` when they were not written by the schema of its type. */
export function parseConnection(row: ConnectionRow): Connection {
  const { id, organizationId, provider, name } = row;
  const base = { id, organizationId, provider, name };
  return row.type === "saml"
    ? { ...base, type: "saml", settings: parseConnectionSettings("saml", row.settings) }
    : { ...base, type: "oidc", settings: parseConnectionSettings("oidc", row.settings) };
}
