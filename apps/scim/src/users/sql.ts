import { checked } from "@sallyport/database";
import { live, whileLive } from "../directory/live.ts";
import { ROW } from "../filter/field.ts";
import { DIRECTORY, journal, NOW, ORGANIZATION } from "../log/journal.ts";

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
  .join(", ");

/** The groups of the user `r`, by the index of memberships: read only where the answer shows them. */
export const USER_GROUPS = `(
  SELECT json_agg(json_build_array(g.id, g.display_name) ORDER BY g.id)
  FROM directory_group_members m JOIN directory_groups g ON g.id = m.group_id AND g.deleted_at IS NULL
  WHERE m.user_id = ${ROW}.id) AS groups`;

/** Values of each: id, directory, liveValues. */
export const FIND_USER = `
  SELECT ${USER_COLUMNS}, ${USER_GROUPS}
  FROM directory_users ${ROW} WHERE ${ROW}.id = $1 AND ${checked(`${ROW}.directory_id = $2`)} AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$2", 3)}`;

export const FIND_USER_WITHOUT_GROUPS = `
  SELECT ${USER_COLUMNS}
  FROM directory_users ${ROW} WHERE ${ROW}.id = $1 AND ${checked(`${ROW}.directory_id = $2`)} AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$2", 3)}`;

export const FIND_USER_BY_NAME = `
  SELECT ${USER_COLUMNS}, ${USER_GROUPS}
  FROM directory_users ${ROW} WHERE ${ROW}.directory_id = $1 AND ${ROW}.user_name_key = $2 AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$1", 3)}`;

export const USER_EXISTS = `SELECT 1 FROM directory_users WHERE id = $1 AND ${checked("directory_id = $2")} AND deleted_at IS NULL`;

/**
 * No row: the userName is taken, or the directory is not live. Values: journal, then id, userName, key, externalId,
 * active, email, resource, liveValues.
 */
export const CREATE_USER = `
  WITH ${live(DIRECTORY, 21)},
  changed AS (
    INSERT INTO directory_users (organization_id, directory_id, created_at, last_modified,
                                 id, user_name, user_name_key, external_id, active, email, resource)
    SELECT ${ORGANIZATION}, live.id, ${NOW}, ${NOW}, $14, $15, $16, $17, $18, $19, $20::jsonb FROM live
    ON CONFLICT (directory_id, user_name_key) DO NOTHING
    RETURNING id),
  ${journal({ from: "changed", event: "directory_user.created", resourceType: "directoryUser", resourceId: "changed.id", data: "'{}'::jsonb", changed: usersChanged("changed.id") })}
  SELECT id FROM changed`;

/**
 * No row: gone, no longer of that version, or the directory is not live. Values as above up to resource, then the
 * version, the changed names, liveValues.
 */
export const UPDATE_USER = `
  WITH ${live(DIRECTORY, 23)},
  changed AS (
    UPDATE directory_users u
    SET user_name = $15, user_name_key = $16, external_id = $17, active = $18, email = $19, resource = $20::jsonb,
        version = u.version + 1, generation = u.generation + 1, last_modified = ${NOW}
    FROM live WHERE u.id = $14 AND ${checked("u.directory_id = live.id")} AND u.version = $21 AND u.deleted_at IS NULL
    RETURNING u.id),
  ${journal({ from: "changed", event: "directory_user.updated", resourceType: "directoryUser", resourceId: "changed.id", data: "jsonb_build_object('attributes', $22::jsonb)", changed: usersChanged("changed.id") })}
  SELECT id FROM changed`;

/**
 * Holds a user for its deletion, and its groups before it, each in the order of ids: as a PATCH of a group holds the
 * group before its members. No row: gone, or the directory is not live. Values: id, directory, liveValues.
 */
export const LOCK_USER = `
  WITH ${live("$2", 3)},
  held AS MATERIALIZED (
    SELECT g.id FROM directory_groups g, live
    WHERE g.id IN (SELECT m.group_id FROM directory_group_members m WHERE m.user_id = $1) AND ${checked("g.directory_id = live.id")}
    ORDER BY g.id FOR NO KEY UPDATE OF g)
  SELECT u.version FROM directory_users u, live
  WHERE u.id = $1 AND ${checked("u.directory_id = live.id")} AND u.deleted_at IS NULL AND (SELECT count(*) FROM held) >= 0
  FOR UPDATE OF u`;

/** Behind LOCK_USER, so that no membership can appear meanwhile. Values: journal, then id. */
export const DELETE_USER = `
  WITH left_groups AS (
    DELETE FROM directory_group_members WHERE user_id = $14 RETURNING group_id),
  regrouped AS (
    UPDATE directory_groups SET version = version + 1, last_modified = ${NOW}
    WHERE id IN (SELECT group_id FROM left_groups) AND deleted_at IS NULL),
  changed AS (
    UPDATE directory_users
    SET deleted_at = ${NOW}, user_name_key = NULL, version = version + 1, generation = generation + 1, last_modified = ${NOW}
    WHERE id = $14 AND ${checked(`directory_id = ${DIRECTORY}`)}
    RETURNING id),
  ${journal({ from: "changed", event: "directory_user.deleted", resourceType: "directoryUser", resourceId: "changed.id", data: "'{}'::jsonb", changed: usersChanged("changed.id") })}
  SELECT id FROM changed`;

function usersChanged(id: string): string {
  return `jsonb_build_object('users', jsonb_build_array(${id}))`;
}
