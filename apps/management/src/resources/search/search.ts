import { isId, type Sql } from "@sallyport/database";
import { readableAddress } from "@sallyport/people";
import type { z } from "zod";
import { type Caller, may } from "../../access/caller.ts";
import type { Permission } from "../../access/permissions.ts";
import { escapedForLike } from "../../api/text.ts";
import type { Context } from "../../context.ts";
import type { FOUND_TYPES, found } from "./schema.ts";

type Type = (typeof FOUND_TYPES)[number];
type Found = z.input<typeof found>;

/** Of each type. */
const MOST = 8;

interface Row {
  readonly id: string;
  readonly title: string;
  readonly detail: string | null;
  readonly parent_id?: string | null;
  readonly organization_id: string | null;
  readonly slug: string | null;
  readonly name: string | null;
}

interface Kind {
  readonly type: Type;
  /** Without it the caller is not shown this type. */
  readonly permission: Permission;
  /** `$1`: the one organization that the caller reaches, or null; `$2`: a pattern of LIKE; `$3`: the most; `$4`: the text. */
  readonly text: string;
}

/** Everything of an organization is looked for in one after the other: by an index of each, and never in one out of reach. */
const inEach = (columns: string, from: string) => `
  SELECT f.id, f.title, f.detail, o.id AS organization_id, o.slug, o.name
  FROM organizations o CROSS JOIN LATERAL (SELECT ${columns} ${from} LIMIT $3::int) AS f
  WHERE ($1::uuid IS NULL OR o.id = $1::uuid)
  LIMIT $3::int`;

const BY_NAME: readonly Kind[] = [
  {
    type: "organization",
    permission: "organization.read",
    text: `
      SELECT o.id, o.name AS title, o.slug AS detail, o.id AS organization_id, o.slug, o.name
      FROM organizations o
      WHERE ($1::uuid IS NULL OR o.id = $1::uuid)
        AND (o.slug LIKE $2::text OR lower(o.name) LIKE $2::text OR o.id::text = $4::text OR EXISTS (
          SELECT FROM domains d WHERE d.organization_id = o.id AND d.name LIKE $2::text))
      ORDER BY o.slug
      LIMIT $3::int`,
  },
  {
    type: "member",
    permission: "members.read",
    text: inEach(
      "m.id, coalesce(u.name, u.email, u.username, '') AS title, u.email AS detail",
      `FROM (SELECT id FROM (SELECT id FROM users WHERE organization_id = o.id AND email LIKE $2::text LIMIT $3::int) AS by_email
             UNION SELECT id FROM (SELECT id FROM users WHERE organization_id = o.id AND lower(name) LIKE $2::text LIMIT $3::int) AS by_name)
       AS matching JOIN users u ON u.id = matching.id JOIN memberships m ON m.user_id = u.id`,
    ),
  },
  {
    type: "connection",
    permission: "connections.read",
    text: inEach(
      "c.id, c.name AS title, c.type::text AS detail",
      "FROM connections c WHERE c.organization_id = o.id AND (lower(c.name) LIKE $2::text OR c.id::text = $4::text)",
    ),
  },
  {
    type: "directory",
    permission: "directories.read",
    text: inEach(
      "d.id, d.name AS title, d.provider AS detail",
      `FROM directories d WHERE d.organization_id = o.id AND d.deleted_at IS NULL
       AND (lower(d.name) LIKE $2::text OR d.id::text = $4::text)`,
    ),
  },
  {
    type: "application",
    permission: "applications.read",
    text: `
      SELECT a.id, a.name AS title, a.client_id AS detail, NULL::uuid AS organization_id, NULL AS slug, NULL AS name
      FROM applications a
      WHERE $1::uuid IS NULL AND (lower(a.name) LIKE $2::text OR a.client_id = $4::text)
      ORDER BY a.name
      LIMIT $3::int`,
  },
];

/** By a whole id: also of a request, as an error page or a refusal told it. What succeeded shows none to anybody. */
const BY_ID: readonly Kind[] = [
  {
    type: "member",
    permission: "members.read",
    text: `
      SELECT m.id, coalesce(u.name, u.email, u.username, '') AS title, u.email AS detail, o.id AS organization_id, o.slug, o.name
      FROM memberships m JOIN users u ON u.id = m.user_id JOIN organizations o ON o.id = m.organization_id
      WHERE (m.id = $4::uuid OR m.user_id = $4::uuid) AND ($1::uuid IS NULL OR o.id = $1::uuid) AND $2::text IS NOT NULL
      LIMIT $3::int`,
  },
  {
    type: "loginRecord",
    permission: "login_records.read",
    text: `
      SELECT l.id, l.outcome AS title, l.error_code AS detail, l.connection_id AS parent_id, o.id AS organization_id, o.slug, o.name
      FROM login_records l JOIN organizations o ON o.id = l.organization_id
      WHERE l.request_id = $4::text AND l.outcome = 'failure' AND ($1::uuid IS NULL OR o.id = $1::uuid) AND $2::text IS NOT NULL
      LIMIT $3::int`,
  },
  {
    type: "scimRequest",
    permission: "scim_requests.read",
    text: `
      SELECT r.id, r.method || ' ' || r.path AS title, r.status::text AS detail, r.directory_id AS parent_id, o.id AS organization_id, o.slug, o.name
      FROM scim_requests r JOIN organizations o ON o.id = r.organization_id
      WHERE r.request_id = $4::text AND r.status >= 400 AND ($1::uuid IS NULL OR o.id = $1::uuid) AND $2::text IS NOT NULL
      LIMIT $3::int`,
  },
];

/** Finds what the caller reaches and may read, the types in their order. */
export async function search({ deps, caller }: Context, q: string): Promise<Found> {
  const text = q.trim();
  const kinds = [...BY_NAME, ...(isId(text) ? BY_ID : [])].filter(({ permission }) =>
    may(caller, permission),
  );
  const rows = await Promise.all(kinds.map((kind) => find(deps.database.sql, kind, caller, text)));
  return { items: rows.flat() };
}

async function find(
  sql: Sql,
  { type, text }: Kind,
  { organizationId }: Caller,
  q: string,
): Promise<Found["items"]> {
  const begins = `${escapedForLike(q.toLowerCase())}%`;
  const { rows } = await sql.query<Row>(text, [
    organizationId,
    begins,
    MOST,
    ...(text.includes("$4") ? [q] : []),
  ]);
  return rows.map((row) => ({
    type,
    id: row.id,
    title: type === "member" && row.title.includes("@") ? readableAddress(row.title) : row.title,
    detail: type === "member" && row.detail !== null ? readableAddress(row.detail) : row.detail,
    parentId: row.parent_id ?? null,
    organization:
      row.organization_id === null
        ? null
        : { id: row.organization_id, slug: row.slug ?? "", name: row.name ?? "" },
  }));
}
