import { checked, elementsOf } from "@sallyport/database";
import { live, whileLive } from "../directory/live.ts";
import { ROW } from "../filter/field.ts";
import { DIRECTORY, entries, journal, NOW, ORGANIZATION } from "../log/journal.ts";

export const GROUP_COLUMNS = [
  "id",
  "display_name",
  "external_id",
  "resource",
  "version",
  "created_at",
  "last_modified",
]
  .map((column) => `${ROW}.${column}`)
  .join(", ");

/** The members of the group `r`: read only where the answer shows them. */
export const GROUP_MEMBERS = `(
  SELECT json_agg(json_build_array(u.id, coalesce(u.resource->>'displayName', u.user_name)) ORDER BY u.id)
  FROM directory_group_members m JOIN directory_users u ON u.id = m.user_id AND u.deleted_at IS NULL
  WHERE m.group_id = ${ROW}.id) AS members`;

/** Values of each: id, directory, liveValues. */
export const FIND_GROUP = `
  SELECT ${GROUP_COLUMNS}, ${GROUP_MEMBERS}
  FROM directory_groups ${ROW} WHERE ${ROW}.id = $1 AND ${checked(`${ROW}.directory_id = $2`)} AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$2", 3)}`;

export const FIND_GROUP_WITHOUT_MEMBERS = `
  SELECT ${GROUP_COLUMNS}
  FROM directory_groups ${ROW} WHERE ${ROW}.id = $1 AND ${checked(`${ROW}.directory_id = $2`)} AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$2", 3)}`;

// Users are looked up one by one, by OFFSET 0 and LATERAL, or by an array whose length the planner does not know: left
// alone, it reads the whole directory, or the whole group, for one member, as long as it knows nothing of the tables or
// found them small.

/** Of these ids, the users of the directory, with their names. */
export const FIND_MEMBERS = `
  SELECT u.id, u.display FROM ${elementsOf("$1::uuid[]")} AS w(id) CROSS JOIN LATERAL (
    SELECT u.id, coalesce(u.resource->>'displayName', u.user_name) AS display
    FROM directory_users u WHERE u.id = w.id AND ${checked("u.directory_id = $2")} AND u.deleted_at IS NULL
    OFFSET 0) u
  ORDER BY u.id`;

const strangers = (ids: string, directory: string) => `
    SELECT w.id FROM ${ids} AS w(id)
    WHERE NOT EXISTS (
      SELECT 1 FROM directory_users u
      WHERE u.id = w.id AND ${checked(`u.directory_id = ${directory}`)} AND u.deleted_at IS NULL OFFSET 0)`;

/** Of these ids, one that is no user of the directory. */
export const FIND_STRANGER = `${strangers(elementsOf("$1::uuid[]"), "$2")} LIMIT 1`;

/** No row: gone, or the directory is not live. Values: id, directory, liveValues. */
export const LOCK_GROUP = `
  WITH ${live("$2", 3)}
  SELECT ${GROUP_COLUMNS}
  FROM directory_groups ${ROW}, live
  WHERE ${ROW}.id = $1 AND ${checked(`${ROW}.directory_id = live.id`)} AND ${ROW}.deleted_at IS NULL
  FOR NO KEY UPDATE OF ${ROW}`;

const COLUMNS = ", display_name text, display_name_key text, external_id text, resource jsonb";
const MEMBERS = ", joining uuid[], leaving uuid[]";
const JOINING = elementsOf("SELECT joining FROM entry");
const LEAVING = elementsOf("SELECT leaving FROM entry");
/** As a value of its own, so that its row is found by the index. */
const GROUP = "(SELECT resource_id FROM entry)";

// Every user that joins or leaves is locked before anything is written, in the order of ids and always behind the
// group: pushes to groups with the same members take turns and never wait for each other in a circle. One that is
// being deleted meanwhile is left out, since its deletion comes later. `candidates` are rows of (id, joins).
const touched = (candidates: string) => `
  touched AS MATERIALIZED (
    SELECT u.id, w.joins
    FROM (SELECT c.id, c.joins FROM (${candidates}) c ORDER BY c.id) w CROSS JOIN LATERAL (
      SELECT u.id FROM directory_users u
      WHERE u.id = w.id AND ${checked(`u.directory_id = ${DIRECTORY}`)} AND u.deleted_at IS NULL
      FOR NO KEY UPDATE) u)`;

const added = (group: string) => `
  added AS (
    INSERT INTO directory_group_members (organization_id, group_id, user_id, created_at)
    SELECT ${ORGANIZATION}, ${group}.id, touched.id, ${NOW} FROM touched, ${group} WHERE touched.joins
    ON CONFLICT DO NOTHING RETURNING user_id)`;

const REMOVED = `
  removed AS (
    DELETE FROM directory_group_members m
    WHERE m.group_id = ${GROUP} AND m.user_id = ANY(ARRAY(SELECT id FROM touched WHERE NOT joins))
    RETURNING m.user_id)`;

// The reconciler must look at each user that joined or left, and at nobody else.
const raised = (from: string) => `
  raised AS (
    UPDATE directory_users u SET generation = u.generation + 1
    WHERE u.id = ANY(ARRAY(${from})))`;

/** `versions` is null where the request asks for none. */
const VERSION_IS_ASKED_FOR =
  "((SELECT versions FROM entry) IS NULL OR g.version = ANY((SELECT versions FROM entry)::int[]))";
const CLEARS = "(SELECT clear FROM entry)";

/** Up to this many ids are named in the journal; of more, their number. */
const NAMED = 200;
const named = (cte: string) =>
  `(SELECT coalesce(jsonb_agg(user_id), '[]') FROM (SELECT user_id FROM ${cte} LIMIT ${NAMED}) n)`;
const counted = (cte: string) => `(SELECT count(*) FROM ${cte})`;

const membersData = `jsonb_build_object(
      'added', ${named("added")}, 'addedCount', ${counted("added")},
      'removed', ${named("removed")}, 'removedCount', ${counted("removed")})`;
const membersChanged = `jsonb_build_object('groups', jsonb_build_array(resource_id),
      'users', ${named("added")} || ${named("removed")})`;

/** No row: the directory is not live. Values: journal, liveValues. */
export const CREATE_GROUP = `
  WITH ${live(DIRECTORY, 4)},
  ${entries(`${COLUMNS}, joining uuid[]`)},
  created AS (
    INSERT INTO directory_groups (organization_id, directory_id, created_at, last_modified,
                                  id, display_name, display_name_key, external_id, resource)
    SELECT ${ORGANIZATION}, live.id, at, at, resource_id, display_name, display_name_key, external_id, resource
    FROM live, entry
    RETURNING id),
  ${touched(`SELECT a.id, true AS joins FROM ${JOINING} AS a(id), created`)},
  ${added("created")},
  ${raised("SELECT user_id FROM added")},
  changed AS (SELECT entry.* FROM entry, created),
  ${journal({ event: "directory_group.created", resourceType: "directoryGroup", data: `jsonb_build_object('added', ${named("added")}, 'addedCount', ${counted("added")})`, changed: `jsonb_build_object('groups', jsonb_build_array(resource_id), 'users', ${named("added")})` })}
  SELECT n FROM changed`;

/**
 * Changes members and nothing else of a group: one statement, whose cost follows the change and not the group. The
 * group's row is locked first, so concurrent pushes to one group take turns and lose nothing. It does nothing when an
 * id to add is no user of the directory, or the version is not among those asked for: then the caller finds out why.
 * Values: journal, liveValues. One row: whether the group was there, and the version that it now has.
 */
export const CHANGE_MEMBERS = `
  WITH ${live(DIRECTORY, 4)},
  ${entries(`${MEMBERS}, versions int[]`)},
  target AS MATERIALIZED (
    SELECT g.id, g.version FROM directory_groups g, live
    WHERE g.id = ${GROUP} AND ${checked("g.directory_id = live.id")} AND g.deleted_at IS NULL
      AND ${VERSION_IS_ASKED_FOR}
      AND NOT EXISTS (${strangers(JOINING, DIRECTORY)})
    FOR NO KEY UPDATE OF g),
  ${touched(`
      SELECT a.id, true AS joins FROM ${JOINING} AS a(id), target
      UNION ALL SELECT l.id, false FROM ${LEAVING} AS l(id), target`)},
  ${added("target")},
  ${REMOVED},
  ${raised("SELECT user_id FROM added UNION ALL SELECT user_id FROM removed")},
  changed AS (
    UPDATE directory_groups g SET version = g.version + 1, last_modified = entry.at FROM target, entry
    WHERE g.id = target.id AND (EXISTS (SELECT 1 FROM added) OR EXISTS (SELECT 1 FROM removed))
    RETURNING g.version, entry.*),
  ${journal({ event: "directory_group.members_changed", resourceType: "directoryGroup", data: membersData, changed: membersChanged })}
  SELECT coalesce(changed.version, target.version) AS version, changed.n IS NOT NULL AS changed
  FROM target LEFT JOIN changed ON true`;

/**
 * Changes a group that LOCK_GROUP holds: its attributes, and members as CHANGE_MEMBERS does, also all of them. Only a
 * change of its attributes raises the group's own generation. No row: nothing changes. Values: journal.
 */
export const UPDATE_GROUP = `
  WITH ${entries(`${COLUMNS}${MEMBERS}, clear boolean, names jsonb`)},
  target AS (SELECT resource_id AS id FROM entry),
  ${touched(`
      SELECT a.id, true AS joins FROM ${JOINING} AS a(id)
      WHERE NOT EXISTS (SELECT 1 FROM directory_group_members m WHERE m.group_id = ${GROUP} AND m.user_id = a.id OFFSET 0)
      UNION ALL
      SELECT l.id, false FROM ${LEAVING} AS l(id) WHERE NOT ${CLEARS}
      UNION ALL
      SELECT m.user_id, false FROM directory_group_members m WHERE ${CLEARS} AND m.group_id = ${GROUP}
        AND NOT EXISTS (SELECT 1 FROM ${JOINING} AS a(id) WHERE a.id = m.user_id)`)},
  ${added("target")},
  ${REMOVED},
  ${raised("SELECT user_id FROM added UNION ALL SELECT user_id FROM removed")},
  changed AS (
    UPDATE directory_groups g
    SET display_name = entry.display_name, display_name_key = entry.display_name_key,
        external_id = entry.external_id, resource = entry.resource, version = g.version + 1, last_modified = entry.at,
        generation = g.generation + (entry.names <> '[]')::int
    FROM entry WHERE g.id = ${GROUP} AND ${checked(`g.directory_id = ${DIRECTORY}`)}
      AND (entry.names <> '[]' OR EXISTS (SELECT 1 FROM added) OR EXISTS (SELECT 1 FROM removed))
    RETURNING entry.*),
  ${journal({ event: "directory_group.updated", resourceType: "directoryGroup", data: `${membersData} || jsonb_build_object('attributes', names)`, changed: membersChanged })}
  SELECT n FROM changed`;

/**
 * No row: gone, another version, or the directory is not live. Its memberships stay until the reconciler has seen the
 * group. Values: journal, liveValues.
 */
export const DELETE_GROUP = `
  WITH ${live(DIRECTORY, 4)},
  ${entries(", versions int[]")},
  changed AS (
    UPDATE directory_groups g
    SET deleted_at = at, version = g.version + 1, generation = g.generation + 1, last_modified = at
    FROM live, entry
    WHERE g.id = ${GROUP} AND ${checked("g.directory_id = live.id")} AND g.deleted_at IS NULL AND ${VERSION_IS_ASKED_FOR}
    RETURNING entry.*),
  ${journal({ event: "directory_group.deleted", resourceType: "directoryGroup", data: "'{}'::jsonb", changed: "jsonb_build_object('groups', jsonb_build_array(resource_id))" })}
  SELECT n FROM changed`;
