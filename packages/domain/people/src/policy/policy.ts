import type { Sql } from "@sallyport/database";

/** The limit of active members, and what happens to people beyond it. */
export interface Seats {
  readonly limit: number;
  /** `hold`: they wait, without access. `allow`: they are let in, and it is told. */
  readonly atLimit: "hold" | "allow";
}

/** Whose word counts where several directories have a person. */
export interface Precedence {
  /** Directories, the first before the second; those that are not in it come last, and count alike. */
  readonly order: readonly string[];
  /** Roles come from the first that has the person only, else from all. */
  readonly rolesFromFirst: boolean;
}

/** What of an organization's access its administrators set. */
export interface AccessPolicy {
  /** For members by a directory or a sign-in to whom no group gives a role. */
  readonly defaultRoleId: string | null;
  readonly precedence: Precedence;
  /** Null: as many as come. */
  readonly seats: Seats | null;
}

/** By what members' access is decided, beside what directories and sign-ins say. */
export interface AccessRules {
  /** Keys by id. */
  readonly roles: ReadonlyMap<string, string>;
  readonly memberRoleId: string | null;
  readonly rolesFrom: "directory" | "directory_and_sign_in";
  readonly policy: AccessPolicy;
  /** That the seats are used up was told already. */
  readonly seatsAnnounced: boolean;
  /** The policy before it was changed, for a day: who loses access by that does not lose it by a directory. */
  readonly former: Pick<AccessPolicy, "defaultRoleId" | "precedence"> | null;
}

const FORMER_MS = 24 * 60 * 60 * 1000;

/** Columns of `access_policies p`, all null where there is none. */
export const POLICY_COLUMNS = `p.default_role_id, coalesce(p.directory_order, '{}') AS directory_order,
  coalesce(p.roles_from_first, false) AS roles_from_first, p.seat_limit, p.at_seat_limit`;

export interface PolicyRow {
  readonly default_role_id: string | null;
  readonly directory_order: string[];
  readonly roles_from_first: boolean;
  readonly seat_limit: number | null;
  readonly at_seat_limit: Seats["atLimit"] | null;
}

export function policyOf(row: PolicyRow): AccessPolicy {
  return {
    defaultRoleId: row.default_role_id,
    precedence: { order: row.directory_order, rolesFromFirst: row.roles_from_first },
    seats: row.seat_limit === null ? null : { limit: row.seat_limit, atLimit: row.at_seat_limit ?? "hold" },
  };
}

interface Row extends PolicyRow {
  readonly id: string | null;
  readonly key: string | null;
  readonly roles_from: AccessRules["rolesFrom"];
  readonly seats_announced: boolean;
  readonly changed_at: Date | null;
  readonly former_default_role_id: string | null;
  readonly former_directory_order: string[];
  readonly former_roles_from_first: boolean;
}

/** All of it in one statement. */
export async function readRules(sql: Sql, organizationId: string, now: Date): Promise<AccessRules> {
  const { rows } = await sql.query<Row>(
    `SELECT r.id, r.key, o.roles_from, ${POLICY_COLUMNS}, p.seats_announced_at IS NOT NULL AS seats_announced, p.changed_at,
            p.former_default_role_id, coalesce(p.former_directory_order, '{}') AS former_directory_order,
            coalesce(p.former_roles_from_first, false) AS former_roles_from_first
     FROM organizations o
     LEFT JOIN access_policies p ON p.organization_id = o.id
     LEFT JOIN roles r ON r.organization_id = o.id
     WHERE o.id = $1::uuid`,
    [organizationId],
    "people_read_rules",
  );
  const [row] = rows;
  const roles = new Map(rows.flatMap(({ id, key }) => (id === null || key === null ? [] : [[id, key]])));
  return {
    roles,
    memberRoleId: [...roles].find(([, key]) => key === "member")?.[0] ?? null,
    rolesFrom: row?.roles_from ?? "directory",
    policy: row === undefined ? NO_POLICY : policyOf(row),
    seatsAnnounced: row?.seats_announced ?? false,
    former:
      row === undefined || row.changed_at === null || now.getTime() - row.changed_at.getTime() > FORMER_MS
        ? null
        : {
            defaultRoleId: row.former_default_role_id,
            precedence: { order: row.former_directory_order, rolesFromFirst: row.former_roles_from_first },
          },
  };
}

const NO_POLICY: AccessPolicy = {
  defaultRoleId: null,
  precedence: { order: [], rolesFromFirst: false },
  seats: null,
};

/**
 * SQL: whether no directory that comes before that of the directory user `du` has the user.
 *
 * @param order, @param user expressions: a uuid array, and an id
 */
export function isFirst(order: string, user: string): string {
  return `NOT EXISTS (
    SELECT 1 FROM directory_user_links other_link
    JOIN directory_users other ON other.id = other_link.directory_user_id AND other.deleted_at IS NULL
    WHERE other_link.user_id = ${user}
      AND ${placeOf(order, "other.directory_id")} < ${placeOf(order, "du.directory_id")})`;
}

/**
 * SQL: a directory's place in the order, smaller for the first; all that are not in it share the last.
 *
 * @param order, @param directory expressions: a uuid array, and an id
 */
export function placeOf(order: string, directory: string): string {
  return `coalesce(array_position(${order}, ${directory}), 1000000)`;
}
