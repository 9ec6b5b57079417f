import { markIdentifiedUsers, markUsers } from "../dirty/mark.ts";
import type { Command, Query } from "./command.ts";
import { DIRECTORY, entries, journal, NOW, ORGANIZATION } from "./journal.ts";
import { live } from "./live.ts";

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
