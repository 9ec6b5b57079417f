import { markIdentifiedUsers, markUsers } from "@sallyport/directories";
import { ROW } from "../../filter/field.ts";
import { ENTERPRISE_SCHEMA } from "../../schema/user.ts";
import { DIRECTORY, entries, journal, NOW, ORGANIZATION } from "../../storage/journal.ts";
import { live, whileLive } from "../../storage/live.ts";
import type { Command, Query, SharedQuery } from "../../storage/statements.ts";

const USERS_CHANGED = "jsonb_build_object('users', jsonb_build_array(resource_id))";

/** Has the reconciler look at what changed. */
const MARKED = `
  marked AS (${markUsers(`SELECT ${ORGANIZATION}, resource_id, at FROM changed`)})`;

/** By what the directory knows from now on what was changed. */
const GAINED = `
  gained AS (
    INSERT INTO directory_identifiers (organization_id, value, directory_user_id, directory_id)
    SELECT ${ORGANIZATION}, one.value, changed.resource_id, ${DIRECTORY}
    FROM changed CROSS JOIN LATERAL unnest(changed.gained) AS one (value)
    ON CONFLICT (organization_id, value, directory_user_id) DO UPDATE SET current = true)`;

/** Who has this id, externalId or userName: each looked up by its index, the next only where the one before finds none. */
const userBy = (directory: string, given: string) => `coalesce(
  (SELECT u.id FROM directory_users u
   WHERE u.id = CASE WHEN ${given} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (${given})::uuid END
     AND u.directory_id = ${directory} AND u.deleted_at IS NULL),
  (SELECT u.id FROM directory_users u
   WHERE u.directory_id = ${directory} AND u.external_id = ${given} AND u.deleted_at IS NULL ORDER BY u.id LIMIT 1),
  (SELECT u.id FROM directory_users u
   WHERE u.directory_id = ${directory} AND u.user_name_key = lower(${given}) AND u.deleted_at IS NULL))`;

const MANAGER = `${ROW}.resource->'${ENTERPRISE_SCHEMA.id}'->'manager'->>'value'`;

/** The user whom the manager of the user `r` names, as of now. */
const MANAGER_ID = `CASE WHEN ${MANAGER} IS NOT NULL THEN ${userBy(`${ROW}.directory_id`, `(${MANAGER})`)} END AS manager_id`;

export const USER_COLUMNS = [
  "id",
  "user_name",
  "external_id",
  "active",
  "resource",
  "version",
  "created_at",
  "last_modified",
]
  .map((column) => `${ROW}.${column}`)
  .concat(MANAGER_ID)
  .join(", ");

/**
 * The groups of the user `r`. Read only where the answer shows them, and no more than the first thousand of them: a
 * client can put a user into any number of groups, and nothing reads them all from here.
 */
export const USER_GROUPS = `(
  SELECT json_agg(json_build_array(g.id, g.display_name, g.direct) ORDER BY g.id)
  FROM (
    (SELECT g.id, g.display_name, true AS direct
     FROM directory_group_members m JOIN directory_groups g ON g.id = m.group_id AND g.deleted_at IS NULL
     WHERE m.user_id = ${ROW}.id ORDER BY m.group_id LIMIT 1000)
    UNION ALL
    (SELECT DISTINCT g.id, g.display_name, false
     FROM (SELECT m.group_id FROM directory_group_members m WHERE m.user_id = ${ROW}.id ORDER BY m.group_id LIMIT 1000) m
     JOIN directory_group_ancestors a ON a.group_id = m.group_id
     JOIN directory_groups g ON g.id = a.ancestor_id AND g.deleted_at IS NULL
     WHERE NOT EXISTS (SELECT 1 FROM directory_group_members d WHERE d.group_id = g.id AND d.user_id = ${ROW}.id)
     LIMIT 1000)) g) AS groups`;

const found = (columns: string, condition: string) => `
  SELECT ${columns}
  FROM directory_users ${ROW}
  WHERE ${condition} AND ${ROW}.deleted_at IS NULL AND ${whileLive("$1", 2)}`;

const BY_ID = `${ROW}.id = $4 AND ${ROW}.directory_id = $1`;

export const FIND_USER: SharedQuery = {
  name: "scim_find_user",
  text: found(`${USER_COLUMNS}, ${USER_GROUPS}`, BY_ID),
  types: ["uuid"],
};

export const FIND_USER_WITHOUT_GROUPS: SharedQuery = {
  name: "scim_find_user_plain",
  text: found(USER_COLUMNS, BY_ID),
  types: ["uuid"],
};

export const FIND_USER_BY_NAME: SharedQuery = {
  name: "scim_find_user_by_name",
  text: found(`${USER_COLUMNS}, ${USER_GROUPS}`, `${ROW}.directory_id = $1 AND ${ROW}.user_name_key = $4`),
  types: ["text"],
};

export const FIND_USER_BY: SharedQuery = {
  name: "scim_find_user_by",
  text: `
  SELECT found.id FROM (SELECT ${userBy("$1", "$4")} AS id) found
  WHERE found.id IS NOT NULL AND ${whileLive("$1", 2)}`,
  types: ["text"],
};

const COLUMNS =
  ", user_name text, user_name_key text, external_id text, active boolean, email text, resource jsonb";

/** No row for an entry: its userName is taken, or the directory is not live. */
export const CREATE_USERS: Command = {
  name: "scim_create_users",
  order: ({ columns }) => String(columns?.user_name_key),
  text: `
  WITH ${live(DIRECTORY, 4)},
  ${entries(`${COLUMNS}, gained text[]`)},
  created AS (
    INSERT INTO directory_users (organization_id, directory_id, created_at, last_modified,
                                 id, user_name, user_name_key, external_id, active, email, resource)
    SELECT ${ORGANIZATION}, live.id, at, at, resource_id, user_name, user_name_key, external_id, active, email, resource
    FROM live, entry
    ON CONFLICT (directory_id, user_name_key) DO NOTHING
    RETURNING id),
  changed AS (SELECT entry.* FROM entry JOIN created ON created.id = entry.resource_id),
  ${GAINED},
  ${MARKED},
  ${journal({
    event: "directory_user.created",
    after:
      "jsonb_build_object('userName', user_name, 'externalId', external_id, 'active', active, 'email', email)",
    changed: USERS_CHANGED,
  })}
  SELECT n FROM changed`,
};

/**
 * No row for an entry: its user is gone, or no longer of that version, or the directory is not live. The array, whose
 * length the planner does not know, has it go by the index, however few users there were when it planned.
 */
export const UPDATE_USERS: Command = {
  name: "scim_update_users",
  text: `
  WITH ${live(DIRECTORY, 4)},
  ${entries(`${COLUMNS}, version int, names jsonb, before jsonb, after jsonb, gained text[], lost text[]`)},
  changed AS (
    UPDATE directory_users u
    SET user_name = entry.user_name, user_name_key = entry.user_name_key, external_id = entry.external_id,
        active = entry.active, email = entry.email, resource = entry.resource,
        version = u.version + 1, last_modified = entry.at
    FROM live, entry
    WHERE u.id = ANY(ARRAY(SELECT resource_id FROM entry)) AND u.id = entry.resource_id AND u.version = entry.version
      AND u.directory_id = live.id AND u.deleted_at IS NULL
    RETURNING entry.*),
  ${GAINED},
  lost AS (
    UPDATE directory_identifiers k SET current = false FROM changed
    WHERE k.organization_id = ${ORGANIZATION} AND k.value = ANY(changed.lost) AND k.directory_user_id = changed.resource_id),
  marked AS (${markIdentifiedUsers(
    `SELECT ${ORGANIZATION}, resource_id, at, cardinality(gained) + cardinality(lost) > 0 FROM changed`,
  )}),
  ${journal({
    event: "directory_user.updated",
    before: "before",
    after: "after",
    data: "jsonb_build_object('attributes', names)",
    changed: USERS_CHANGED,
  })}
  SELECT n FROM changed`,
};

/**
 * Holds a user for its deletion, and its groups before it, each in the order of ids: as a PATCH of a group holds the
 * group before its members. No row: gone, or the directory is not live. Values: id, directory, liveValues.
 */
export const LOCK_USER: Query = {
  name: "scim_lock_user",
  live: true,
  text: `
  WITH ${live("$2", 3)},
  held AS MATERIALIZED (
    SELECT g.id FROM directory_groups g, live
    WHERE g.id IN (SELECT m.group_id FROM directory_group_members m WHERE m.user_id = $1) AND g.directory_id = live.id
    ORDER BY g.id FOR NO KEY UPDATE OF g)
  SELECT u.version FROM directory_users u, live
  WHERE u.id = $1 AND u.directory_id = live.id AND u.deleted_at IS NULL AND (SELECT count(*) FROM held) >= 0
  FOR UPDATE OF u`,
};

/** Behind LOCK_USER, so that no membership can appear meanwhile. Values: journal. */
export const DELETE_USER: Command = {
  name: "scim_delete_user",
  text: `
  WITH ${entries()},
  left_groups AS (
    DELETE FROM directory_group_members WHERE user_id = (SELECT resource_id FROM entry) RETURNING group_id),
  regrouped AS (
    UPDATE directory_groups SET version = version + 1, last_modified = ${NOW}
    WHERE id IN (SELECT group_id FROM left_groups) AND deleted_at IS NULL),
  changed AS (
    UPDATE directory_users u
    SET deleted_at = at, user_name_key = NULL, version = u.version + 1, last_modified = at
    FROM entry WHERE u.id = (SELECT resource_id FROM entry) AND u.directory_id = ${DIRECTORY}
    RETURNING entry.*, u.user_name),
  ${MARKED},
  ${journal({
    event: "directory_user.deleted",
    before: "jsonb_build_object('userName', user_name)",
    changed: USERS_CHANGED,
  })}
  SELECT n FROM changed`,
};
