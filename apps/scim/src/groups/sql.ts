import { checked } from "@sallyport/database";
import { live, whileLive } from "../directory/live.ts";
import { ROW } from "../filter/field.ts";
import { DIRECTORY, journal, NOW, ORGANIZATION } from "../log/journal.ts";

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

// Users are looked up one by one, by OFFSET 0 and LATERAL: left alone, the planner reads the whole directory for one
// member, as long as it knows nothing of the tables or found them small.

/** Of these ids, the users of the directory, with their names. */
export const FIND_MEMBERS = `
  SELECT u.id, u.display FROM unnest($1::uuid[]) AS w(id) CROSS JOIN LATERAL (
    SELECT u.id, coalesce(u.resource->>'displayName', u.user_name) AS display
    FROM directory_users u WHERE u.id = w.id AND ${checked("u.directory_id = $2")} AND u.deleted_at IS NULL
    OFFSET 0) u
  ORDER BY u.id`;

const strangers = (ids: string, directory: string) => `
    SELECT w.id FROM unnest(${ids}::uuid[]) AS w(id)
    WHERE NOT EXISTS (
      SELECT 1 FROM directory_users u
      WHERE u.id = w.id AND ${checked(`u.directory_id = ${directory}`)} AND u.deleted_at IS NULL OFFSET 0)`;

/** Of these ids, one that is no user of the directory. */
export const FIND_STRANGER = `${strangers("$1", "$2")} LIMIT 1`;

/** No row: gone, or the directory is not live. Values: id, directory, liveValues. */
export const LOCK_GROUP = `
  WITH ${live("$2", 3)}
  SELECT ${GROUP_COLUMNS}
  FROM directory_groups ${ROW}, live
  WHERE ${ROW}.id = $1 AND ${checked(`${ROW}.directory_id = live.id`)} AND ${ROW}.deleted_at IS NULL
  FOR NO KEY UPDATE OF ${ROW}`;

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
    DELETE FROM directory_group_members m USING touched, target
    WHERE m.group_id = target.id AND m.user_id = touched.id AND NOT touched.joins
    RETURNING m.user_id)`;

// The reconciler must look at each user that joined or left, and at nobody else.
const raised = (from: string) => `
  raised AS (
    UPDATE directory_users u SET generation = u.generation + 1
    FROM (${from}) touched WHERE u.id = touched.user_id)`;

/** Up to this many ids are named in the journal; of more, their number. */
const NAMED = 200;
const named = (cte: string) =>
  `(SELECT coalesce(jsonb_agg(user_id), '[]') FROM (SELECT user_id FROM ${cte} LIMIT ${NAMED}) n)`;
const counted = (cte: string) => `(SELECT count(*) FROM ${cte})`;

const membersData = `jsonb_build_object(
      'added', ${named("added")}, 'addedCount', ${counted("added")},
      'removed', ${named("removed")}, 'removedCount', ${counted("removed")})`;
const membersChanged = `jsonb_build_object('groups', jsonb_build_array(changed.id),
      'users', ${named("added")} || ${named("removed")})`;

/**
 * No row: the directory is not live. Values: journal, then id, displayName, key, externalId, resource, member ids,
 * liveValues.
 */
export const CREATE_GROUP = `
  WITH ${live(DIRECTORY, 20)},
  changed AS (
    INSERT INTO directory_groups (organization_id, directory_id, created_at, last_modified,
                                  id, display_name, display_name_key, external_id, resource)
    SELECT ${ORGANIZATION}, live.id, ${NOW}, ${NOW}, $14, $15, $16, $17, $18::jsonb FROM live
    RETURNING id),
  ${touched("SELECT a.id, true AS joins FROM unnest($19::uuid[]) AS a(id), changed")},
  ${added("changed")},
  ${raised("SELECT user_id FROM added")},
  ${journal({ from: "changed", event: "directory_group.created", resourceType: "directoryGroup", resourceId: "changed.id", data: `jsonb_build_object('added', ${named("added")}, 'addedCount', ${counted("added")})`, changed: `jsonb_build_object('groups', jsonb_build_array(changed.id), 'users', ${named("added")})` })}
  SELECT id FROM changed`;

/**
 * Changes members and nothing else of a group: one statement, whose cost follows the change and not the group. The
 * group's row is locked first, so concurrent pushes to one group take turns and lose nothing. It does nothing when an
 * id to add is no user of the directory, or the version is not among those asked for: then the caller finds out why.
 * Values: journal, then id, ids to add, ids to remove, versions or null, liveValues. One row: whether the group was there,
 * and the version that it now has.
 */
export const CHANGE_MEMBERS = `
  WITH ${live(DIRECTORY, 18)},
  target AS MATERIALIZED (
    SELECT g.id, g.version FROM directory_groups g, live
    WHERE g.id = $14 AND ${checked("g.directory_id = live.id")} AND g.deleted_at IS NULL
      AND ($17::int[] IS NULL OR g.version = ANY($17::int[]))
      AND NOT EXISTS (${strangers("$15", DIRECTORY)})
    FOR NO KEY UPDATE OF g),
  ${touched(`
      SELECT a.id, true AS joins FROM unnest($15::uuid[]) AS a(id), target
      UNION ALL SELECT l.id, false FROM unnest($16::uuid[]) AS l(id), target`)},
  ${added("target")},
  ${REMOVED},
  ${raised("SELECT user_id FROM added UNION ALL SELECT user_id FROM removed")},
  changed AS (
    UPDATE directory_groups g SET version = g.version + 1, last_modified = ${NOW} FROM target
    WHERE g.id = target.id AND (EXISTS (SELECT 1 FROM added) OR EXISTS (SELECT 1 FROM removed))
    RETURNING g.id, g.version),
  ${journal({ from: "changed", event: "directory_group.members_changed", resourceType: "directoryGroup", resourceId: "changed.id", data: membersData, changed: membersChanged })}
  SELECT coalesce(changed.version, target.version) AS version, changed.id IS NOT NULL AS changed
  FROM target LEFT JOIN changed ON true`;

/**
 * Changes a group that LOCK_GROUP holds: its attributes, and members as CHANGE_MEMBERS does, also all of them. Only a
 * change of its attributes raises the group's own generation. Values: journal, then id, ids to add, ids to remove,
 * clear, displayName, key, externalId, resource, whether attributes change, the changed names.
 */
export const UPDATE_GROUP = `
  WITH target AS (SELECT $14::uuid AS id),
  ${touched(`
      SELECT a.id, true AS joins FROM unnest($15::uuid[]) AS a(id)
      WHERE NOT EXISTS (SELECT 1 FROM directory_group_members m WHERE m.group_id = $14 AND m.user_id = a.id)
      UNION ALL
      SELECT l.id, false FROM unnest($16::uuid[]) AS l(id) WHERE NOT $17::boolean
      UNION ALL
      SELECT m.user_id, false FROM directory_group_members m WHERE $17::boolean AND m.group_id = $14
        AND NOT EXISTS (SELECT 1 FROM unnest($15::uuid[]) AS a(id) WHERE a.id = m.user_id)`)},
  ${added("target")},
  ${REMOVED},
  ${raised("SELECT user_id FROM added UNION ALL SELECT user_id FROM removed")},
  changed AS (
    UPDATE directory_groups g
    SET display_name = $18, display_name_key = $19, external_id = $20, resource = $21::jsonb,
        version = g.version + 1, last_modified = ${NOW}, generation = g.generation + ($22::boolean)::int
    WHERE g.id = $14 AND ${checked(`g.directory_id = ${DIRECTORY}`)}
      AND ($22::boolean OR EXISTS (SELECT 1 FROM added) OR EXISTS (SELECT 1 FROM removed))
    RETURNING g.id, g.version),
  ${journal({ from: "changed", event: "directory_group.updated", resourceType: "directoryGroup", resourceId: "changed.id", data: `${membersData} || jsonb_build_object('attributes', $23::jsonb)`, changed: membersChanged })}
  SELECT id FROM changed`;

/**
 * No row: gone, another version, or the directory is not live. Its memberships stay until the reconciler has seen the
 * group. Values: journal, then id, versions, liveValues.
 */
export const DELETE_GROUP = `
  WITH ${live(DIRECTORY, 16)},
  changed AS (
    UPDATE directory_groups g
    SET deleted_at = ${NOW}, version = g.version + 1, generation = g.generation + 1, last_modified = ${NOW}
    FROM live WHERE g.id = $14 AND ${checked("g.directory_id = live.id")} AND g.deleted_at IS NULL
      AND ($15::int[] IS NULL OR g.version = ANY($15::int[]))
    RETURNING g.id),
  ${journal({ from: "changed", event: "directory_group.deleted", resourceType: "directoryGroup", resourceId: "changed.id", data: "'{}'::jsonb", changed: "jsonb_build_object('groups', jsonb_build_array(changed.id))" })}
  SELECT id FROM changed`;
