import { isId, type Sql } from "@sallyport/database";
import { groupsOf } from "@sallyport/directories";
import { identifiersOf, readableAddress } from "@sallyport/people";
import { z } from "zod";
import { toPage } from "../../api/page.ts";
import { escapedForLike } from "../../api/text.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { getDirectory } from "../directories/store.ts";
import {
  type DirectoryUserQuery,
  type directoryUser,
  type directoryUserDetails,
  MOST_FOUND,
} from "./schema.ts";

type View = z.input<typeof directoryUser>;

interface Row {
  readonly id: string;
  readonly user_name: string;
  readonly external_id: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly active: boolean;
  readonly created_at: Date;
  readonly last_modified: Date;
  readonly pending: boolean;
  readonly held: boolean;
  readonly conflicts: number;
  readonly user_id: string | null;
  readonly member_id: string | null;
  readonly status: "active" | "suspended" | null;
}

// $1: the organization, $2: the directory. What each row is asked is found by a key.
const USERS = `
  SELECT du.id, du.user_name, du.external_id, du.email, du.active, du.created_at, du.last_modified,
         coalesce(nullif(du.resource ->> 'displayName', ''), nullif(du.resource #>> '{name,formatted}', ''),
                  nullif(concat_ws(' ', du.resource #>> '{name,givenName}', du.resource #>> '{name,familyName}'), '')) AS name,
         EXISTS (SELECT FROM dirty_directory_users dirty
                 WHERE dirty.organization_id = $1::uuid AND dirty.directory_user_id = du.id) AS pending,
         EXISTS (SELECT FROM held_people hp JOIN held_changes h ON h.id = hp.held_change_id AND h.status = 'held'
                 WHERE hp.user_id = l.user_id AND h.directory_id = $2::uuid) AS held,
         (SELECT count(*)::int FROM conflicts c
          WHERE c.resolved_at IS NULL AND (c.user_id = l.user_id OR c.other_user_id = l.user_id)) AS conflicts,
         l.user_id, m.id AS member_id, m.status
  FROM directory_users du
  LEFT JOIN directory_user_links l ON l.directory_user_id = du.id
  LEFT JOIN memberships m ON m.user_id = l.user_id AND m.organization_id = $1::uuid
  WHERE du.organization_id = $1::uuid AND du.directory_id = $2::uuid AND du.deleted_at IS NULL`;

// $7: a pattern of LIKE, $8: the text, $9: the same as an id, if it is one. Each is looked for by an index of its own, in place of all users of the directory.
const FOUND = `
       AND du.id IN (
         (SELECT id FROM directory_users WHERE directory_id = $2::uuid AND user_name_key LIKE $7::text LIMIT ${MOST_FOUND})
         UNION (SELECT id FROM directory_users WHERE directory_id = $2::uuid AND email LIKE $7::text LIMIT ${MOST_FOUND})
         UNION (SELECT id FROM directory_users WHERE directory_id = $2::uuid AND external_id = $8::text LIMIT ${MOST_FOUND})
         UNION (SELECT id FROM directory_users WHERE id = $9::uuid AND directory_id = $2::uuid)
         UNION (SELECT known.directory_user_id FROM users u JOIN directory_user_links known ON known.user_id = u.id
                WHERE u.organization_id = $1::uuid AND lower(u.name) LIKE $7::text LIMIT ${MOST_FOUND}))`;

/** Whom the directory was pushed, the first first. Throws `directory_not_found`. */
export async function listDirectoryUsers(
  context: Context,
  organizationId: string,
  directoryId: string,
  query: DirectoryUserQuery,
) {
  await getDirectory(context, organizationId, directoryId);
  const { cursor, search, active, limit } = query;
  const { rows } = await context.deps.database.sql.query<Row>(
    `${USERS}
       AND ($3::timestamptz IS NULL OR (du.created_at, du.id) > ($3::timestamptz, $4::uuid))
       AND ($5::boolean IS NULL OR du.active = $5::boolean)${search === undefined ? "" : FOUND}
     ORDER BY du.created_at, du.id
     LIMIT $6::int`,
    [
      ...[organizationId, directoryId, cursor?.createdAt ?? null, cursor?.id ?? null],
      ...[active ?? null, limit + 1],
      ...(search === undefined
        ? []
        : [`${escapedForLike(search.toLowerCase())}%`, search, isId(search) ? search : null]),
    ],
  );
  const positioned = rows.map((row) => ({ id: row.id, createdAt: row.created_at, row }));
  return toPage(positioned, query, ({ row }) => view(row));
}

const resource = z.record(z.string(), z.unknown());
const emails = z.array(z.looseObject({ value: z.string() })).catch([]);

/** Throws `directory_not_found`, `directory_user_not_found`. */
export async function getDirectoryUser(
  context: Context,
  organizationId: string,
  directoryId: string,
  id: string,
): Promise<z.input<typeof directoryUserDetails>> {
  await getDirectory(context, organizationId, directoryId);
  const { sql } = context.deps.database;
  const { rows } = await sql.query<Row & { readonly resource: unknown }>(
    USERS.replace("SELECT du.id,", "SELECT du.id, du.resource,").concat(" AND du.id = $3::uuid"),
    [organizationId, directoryId, id],
  );
  const [row] = rows;
  if (row === undefined) {
    throw problem("directory_user_not_found");
  }
  const attributes = resource.parse(row.resource);
  const current = identifiersOf({
    userName: row.user_name,
    externalId: row.external_id,
    emails: emails.parse(attributes.emails).map(({ value }) => value),
  });
  const [former, groups] = await Promise.all([
    formerIdentifiers(sql, organizationId, id),
    groupsOfUser(sql, organizationId, id),
  ]);
  return {
    ...view(row),
    attributes: {
      userName: row.user_name,
      ...(row.external_id === null ? {} : { externalId: row.external_id }),
      active: row.active,
      ...attributes,
    },
    identifiers: [
      ...current.map((value) => ({ value, current: true })),
      ...former.filter((value) => !current.includes(value)).map((value) => ({ value, current: false })),
    ],
    groups,
  };
}

async function formerIdentifiers(sql: Sql, organizationId: string, id: string): Promise<string[]> {
  const { rows } = await sql.query<{ value: string }>(
    `SELECT value FROM directory_identifiers
     WHERE organization_id = $1 AND directory_user_id = $2 AND NOT current ORDER BY value LIMIT 200`,
    [organizationId, id],
  );
  return rows.map(({ value }) => value);
}

async function groupsOfUser(sql: Sql, organizationId: string, id: string) {
  const { rows } = await sql.query<{ id: string; name: string; direct: boolean }>(
    `SELECT g.id, g.display_name AS name, bool_or(reached.direct) AS direct
     FROM (${groupsOf("$2::uuid", "gm.organization_id = $1::uuid")}) AS reached
     JOIN directory_groups g ON g.id = reached.group_id AND g.deleted_at IS NULL
     GROUP BY g.id ORDER BY g.display_name, g.id LIMIT 200`,
    [organizationId, id],
  );
  return rows;
}

function view(row: Row): View {
  return {
    id: row.id,
    userName: row.user_name,
    externalId: row.external_id,
    email: row.email === null ? null : readableAddress(row.email),
    name: row.name,
    active: row.active,
    reconciled: !row.pending,
    held: row.held,
    conflicts: row.conflicts,
    person:
      row.user_id === null ? null : { userId: row.user_id, memberId: row.member_id, status: row.status },
    createdAt: row.created_at.toISOString(),
    lastModified: row.last_modified.toISOString(),
  };
}
