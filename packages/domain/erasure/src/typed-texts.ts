import type { Sql } from "@sallyport/database";
import { ERASED, type TextPatterns } from "@sallyport/events";

/** A column in which people type freely, and so perhaps a person's name or address. */
interface TypedColumn {
  readonly name: string;
  readonly type: "text" | "jsonb";
}

interface TypedPlace {
  readonly table: string;
  readonly columns: readonly TypedColumn[];
}

/** Of one organization each. */
export const TYPED_PLACES: readonly TypedPlace[] = [
  {
    table: "setup_links",
    columns: [
      { name: "name", type: "text" },
      { name: "progress", type: "jsonb" },
    ],
  },
  { table: "api_keys", columns: [{ name: "name", type: "text" }] },
  { table: "connections", columns: [{ name: "name", type: "text" }] },
  { table: "directories", columns: [{ name: "name", type: "text" }] },
  { table: "webhook_endpoints", columns: [{ name: "description", type: "text" }] },
  { table: "audit_streams", columns: [{ name: "name", type: "text" }] },
];

/** How a person is found in what was typed, and what is left of JSON without them. */
export interface TypedTraces {
  mentions(text: string): boolean;
  leftOfJson(value: unknown): unknown;
}

/** Takes a person out of what somebody typed into an organization's rows. Returns how many rows changed. */
export async function eraseTypedTexts(
  sql: Sql,
  organizationId: string,
  traces: TypedTraces,
): Promise<number> {
  let changed = 0;
  for (const { table, columns } of TYPED_PLACES) {
    const names = columns.map(({ name }) => name).join(", ");
    const { rows } = await sql.query<{ id: string; [column: string]: unknown }>(
      `SELECT id::text AS id, ${names} FROM ${table} WHERE organization_id = $1::uuid`,
      [organizationId],
    );
    for (const row of rows) {
      const left = columns.map((column) => leftOf(row[column.name], traces));
      if (columns.some(({ name }, index) => JSON.stringify(row[name]) !== JSON.stringify(left[index]))) {
        const assign = columns.map(({ name, type }, index) => `${name} = $${index + 2}::${type}`).join(", ");
        const values = columns.map(({ type }, index) =>
          type === "jsonb" ? JSON.stringify(left[index]) : left[index],
        );
        await sql.query(`UPDATE ${table} SET ${assign} WHERE id = $1::uuid`, [row.id, ...values]);
        changed += 1;
      }
    }
  }
  return changed;
}

function leftOf(value: unknown, traces: TypedTraces): unknown {
  return typeof value === "string" && traces.mentions(value) ? ERASED : traces.leftOfJson(value);
}

/** The table of what waits for a sign-in: `login_hint` of an authorization request is an address. */
const WAITING = {
  table: "op_artifacts",
  kinds: ["Interaction", "PushedAuthorizationRequest", "ResumedRequest"],
};

/** For whom an authorization request is. */
interface Waiting {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Of a pushed one: a JWT with the parameters (RFC 9126). */
  readonly request?: unknown;
  readonly result?: { readonly signIn?: { readonly sessionId?: unknown } };
}

/**
 * Deletes authorization requests in which the person is named: those that have expired, or led to one of the sessions, or
 * are for the organization. Others are of somebody who is signing in elsewhere, and are gone within the hour.
 */
export async function eraseWaitingRequests(
  sql: Sql,
  organization: {
    readonly id: string;
    readonly slug: string;
    readonly connectionIds: readonly string[];
    /** Verified. */
    readonly domains: readonly string[];
  },
  sessionIds: readonly string[],
  now: Date,
  traces: { readonly patterns: TextPatterns; isAbout(text: string): boolean },
): Promise<number> {
  const { table, kinds } = WAITING;
  const { rows } = await sql.query<{ kind: string; digest: Buffer; payload: Waiting; expired: boolean }>(
    `SELECT kind, digest, payload, coalesce(expires_at <= $2::timestamptz, false) AS expired FROM ${table}
     WHERE kind = ANY($1::text[]) AND (payload::text LIKE ANY($4::text[]) OR lower(payload::text) LIKE ANY($3::text[]))`,
    [kinds, now, traces.patterns.lower, traces.patterns.exact],
  );
  const isOfOrganization = ({ params, request, result }: Waiting): boolean => {
    const asked = params ?? parametersOf(request);
    const [domain, hint] = [asked.domain, asked.login_hint].map((value) =>
      typeof value === "string" ? value.slice(value.lastIndexOf("@") + 1).toLowerCase() : "",
    );
    return (
      sessionIds.some((id) => id === result?.signIn?.sessionId) ||
      [organization.id, organization.slug].some((name) => name === asked.organization) ||
      organization.connectionIds.some((id) => id === asked.connection) ||
      organization.domains.some((name) => name === domain || name === hint)
    );
  };
  const theirs = rows.filter(
    ({ payload, expired }) =>
      (expired || isOfOrganization(payload)) && traces.isAbout(JSON.stringify(payload)),
  );
  for (const { kind, digest } of theirs) {
    await sql.query(`DELETE FROM ${table} WHERE kind = $1::text AND digest = $2::bytea`, [kind, digest]);
  }
  return theirs.length;
}

function parametersOf(request: unknown): Readonly<Record<string, unknown>> {
  const [, claims = ""] = typeof request === "string" ? request.split(".") : [];
  try {
    const parsed: unknown = JSON.parse(Buffer.from(claims, "base64url").toString());
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
