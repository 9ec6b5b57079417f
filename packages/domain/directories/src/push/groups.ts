import { elementsOf } from "@sallyport/database";
import { markGroups, markUsers } from "../dirty/mark.ts";
import type { Command, PushedChange } from "./command.ts";
import { DIRECTORY, entries, journal, NOW, ORGANIZATION } from "./journal.ts";
import { live } from "./live.ts";

/**
 * A SELECT of those of these ids that are no user of the directory.
 * @param ids SQL of a set of rows, as of `elementsOf`
 * @param directory placeholder of its id
 */
export const notUsers = (ids: string, directory: string) => `
    SELECT w.id FROM ${ids} AS w(id)
    WHERE NOT EXISTS (
      SELECT 1 FROM directory_users u
      WHERE u.id = w.id AND u.directory_id = ${directory} AND u.deleted_at IS NULL)`;

const COLUMNS = ", display_name text, display_name_key text, external_id text, resource jsonb";
const MEMBERS = ", joining uuid[], leaving uuid[]";
const IDS_OF = { joining: elementsOf("entry.joining"), leaving: elementsOf("entry.leaving") };
/** All entries of a statement are of one group. As a value of its own, so that its row is found by the index. */
const GROUP = "(SELECT resource_id FROM entry LIMIT 1)";

// Every user that joins or leaves is held before anything is written, always behind the group and in the order of ids,
// as a deletion holds the groups of its user before the user: so nobody waits in a circle. Only the deletion of a user or
// a new name for it has to wait; one that is being deleted meanwhile is waited for and left out. `candidates` are rows of
// (n, id, joins).
const touched = (candidates: string) => `
  touched AS MATERIALIZED (
    SELECT w.n, u.id, w.joins
    FROM (SELECT c.n, c.id, c.joins FROM (${candidates}) c ORDER BY c.id) w CROSS JOIN LATERAL (
      SELECT u.id FROM directory_users u
      WHERE u.id = w.id AND u.directory_id = ${DIRECTORY} AND u.deleted_at IS NULL
      FOR KEY SHARE) u)`;

const ADDED = `
  added AS (
    INSERT INTO directory_group_members (organization_id, group_id, user_id, created_at)
    SELECT ${ORGANIZATION}, ${GROUP}, id, ${NOW} FROM touched WHERE joins
    ON CONFLICT DO NOTHING RETURNING user_id)`;

const REMOVED = `
  removed AS (
    DELETE FROM directory_group_members m
    WHERE m.group_id = ${GROUP} AND m.user_id = ANY(ARRAY(SELECT id FROM touched WHERE NOT joins))
    RETURNING m.user_id)`;

const EFFECTIVE_USERS = `
    SELECT t.n, t.id, t.joins, false AS is_group FROM touched t
    WHERE CASE WHEN t.joins THEN t.id IN (SELECT user_id FROM added) ELSE t.id IN (SELECT user_id FROM removed) END`;

/** Who joined and who left, by which entry: the reconciler must look at each of them, and at nobody else. */
const EFFECT = `
  effect AS MATERIALIZED (${EFFECTIVE_USERS}),
  marked AS (${markUsers(`SELECT ${ORGANIZATION}, id, ${NOW} FROM effect`)})`;

/** Members that are not here, of one directory: more are named in the request log, and not kept. */
const MAX_PENDING = 10_000;

/** Keeps members that are not here, and has the reconciler look for them once more: they may be coming just now. */
const PENDING = `
  pended AS (
    INSERT INTO directory_pending_members (organization_id, directory_id, group_id, value, created_at)
    SELECT ${ORGANIZATION}, ${DIRECTORY}, ${GROUP}, w.value, ${NOW}
    FROM entry CROSS JOIN LATERAL unnest(entry.pending) AS w(value)
    LIMIT CASE WHEN (SELECT cardinality(pending) FROM entry) = 0 THEN 0 ELSE greatest(0, ${MAX_PENDING} - (
      SELECT count(*) FROM directory_pending_members WHERE organization_id = ${ORGANIZATION} AND directory_id = ${DIRECTORY})) END
    ON CONFLICT DO NOTHING RETURNING group_id),
  pended_marked AS (${markGroups(`SELECT DISTINCT ${ORGANIZATION}::uuid, group_id, ${NOW} FROM pended`)})`;

const NO_LONGER_PENDING = `
  no_longer_pending AS (
    DELETE FROM directory_pending_members p USING entry
    WHERE p.group_id = ${GROUP} AND (entry.clear OR p.value = ANY(entry.unwanted)) AND NOT (p.value = ANY(entry.pending)))`;

/**
 * As `touched`, for ids of users and of groups. Groups need no lock: one that is being deleted meanwhile is left out by
 * whoever reads. They are looked up by an array, whose length the planner does not know: it takes the candidates for so
 * many that it would read all groups.
 */
const touchedOfAnyKind = (candidates: string) => `
  candidate AS MATERIALIZED (${candidates}),
  ${touched("SELECT n, id, joins FROM candidate")},
  touched_groups AS MATERIALIZED (
    SELECT c.n, g.id, c.joins
    FROM candidate c JOIN directory_groups g ON g.id = c.id AND g.directory_id = ${DIRECTORY} AND g.deleted_at IS NULL
    WHERE g.id = ANY(ARRAY(SELECT id FROM candidate EXCEPT SELECT id FROM touched)) AND g.id <> ${GROUP}),
  added_groups AS (
    INSERT INTO directory_group_nestings (organization_id, group_id, member_group_id, created_at)
    SELECT ${ORGANIZATION}, ${GROUP}, id, ${NOW} FROM touched_groups WHERE joins
    ON CONFLICT DO NOTHING RETURNING member_group_id),
  removed_groups AS (
    DELETE FROM directory_group_nestings n
    WHERE n.group_id = ${GROUP} AND n.member_group_id = ANY(ARRAY(SELECT id FROM touched_groups WHERE NOT joins))
    RETURNING n.member_group_id)`;

const EFFECT_OF_ANY_KIND = `
  effect AS MATERIALIZED (${EFFECTIVE_USERS}
    UNION ALL
    SELECT t.n, t.id, t.joins, true FROM touched_groups t
    WHERE t.id IN (SELECT member_group_id FROM added_groups UNION ALL SELECT member_group_id FROM removed_groups)),
  marked AS (${markUsers(`SELECT ${ORGANIZATION}, id, ${NOW} FROM effect WHERE NOT is_group`)}),
  marked_groups AS (${markGroups(`SELECT ${ORGANIZATION}, id, ${NOW} FROM effect WHERE is_group`)})`;

/** Has the reconciler look at the group itself: its name, its end, or its mapping. */
const groupMarked = (condition = "true") => `
  group_marked AS (${markGroups(`SELECT ${ORGANIZATION}, resource_id, at FROM changed WHERE ${condition}`)})`;

/** `versions` is null where the request asks for none. */
const isVersionAskedFor = (group: string) =>
  `(entry.versions IS NULL OR ${group}.version = ANY(entry.versions))`;

/** Up to this many ids are named in the journal; of more, their number. */
const NAMED = 200;
const who = (joins: boolean) => `FROM effect e WHERE e.n = changed.n AND ${joins ? "" : "NOT "}e.joins`;
const named = (joins: boolean, condition = "true") =>
  `(SELECT coalesce(jsonb_agg(id), '[]') FROM (SELECT e.id ${who(joins)} AND ${condition} LIMIT ${NAMED}) n)`;
const counted = (joins: boolean) => `(SELECT count(*) ${who(joins)})`;

const membersData = `jsonb_build_object(
      'added', ${named(true)}, 'addedCount', ${counted(true)},
      'removed', ${named(false)}, 'removedCount', ${counted(false)})`;
const changedOf = (condition: string) => `${named(true, condition)} || ${named(false, condition)}`;
const membersChanged = `jsonb_build_object('groups', jsonb_build_array(resource_id),
      'users', ${changedOf("true")})`;
const membersOfAnyKindChanged = `jsonb_build_object(
      'groups', jsonb_build_array(resource_id) || ${changedOf("e.is_group")},
      'users', ${changedOf("NOT e.is_group")})`;

const alone = () => false;

/** No row: the directory is not live. */
export const CREATE_GROUP: Command = {
  name: "scim_create_group",
  goesWith: alone,
  text: `
  WITH ${live(DIRECTORY, 4)},
  ${entries(`${COLUMNS}, joining uuid[], pending text[]`)},
  created AS (
    INSERT INTO directory_groups (organization_id, directory_id, created_at, last_modified,
                                  id, display_name, display_name_key, external_id, resource)
    SELECT ${ORGANIZATION}, live.id, at, at, resource_id, display_name, display_name_key, external_id, resource
    FROM live, entry
    RETURNING id),
  ${touchedOfAnyKind(`SELECT entry.n, j.id, true AS joins FROM entry CROSS JOIN created CROSS JOIN LATERAL ${IDS_OF.joining} AS j(id)`)},
  ${ADDED},
  removed AS (SELECT NULL::uuid AS user_id WHERE false),
  ${EFFECT_OF_ANY_KIND},
  ${PENDING.replace("FROM entry CROSS JOIN", "FROM created CROSS JOIN entry CROSS JOIN")},
  changed AS (SELECT entry.* FROM entry, created),
  ${groupMarked()},
  ${journal({
    event: "directory_group.created",
    after: "jsonb_build_object('displayName', display_name, 'externalId', external_id)",
    data: `jsonb_build_object('added', ${named(true)}, 'addedCount', ${counted(true)})`,
    changed: membersOfAnyKindChanged,
  })}
  SELECT n FROM changed`,
};

/** What names more users than this is changed by itself: others would wait for it. */
const FEW = 20;

const membersOf = ({ columns }: PushedChange) =>
  [columns?.joining, columns?.leaving].flatMap((ids) => ids ?? []);
/** The versions that others make between would not be asked for. */
const isSimple = (entry: PushedChange) => membersOf(entry).length <= FEW && entry.columns?.versions === null;

/**
 * Changes members and nothing else of a group: one statement, whose cost follows the change and not the group. The
 * group's row is locked first, so concurrent pushes to one group take turns and lose nothing. What adds or removes a few
 * is changed together with others, each of other users, as if one came after the other: each makes a version of its own.
 * No row for an entry: the group is gone, an id is no user of the directory, the version is not among those asked for, or
 * the directory is not live; then the caller finds out why. Else the version that it made, and whether it
 * changed anything.
 */
export const CHANGE_MEMBERS: Command = {
  name: "scim_change_members",
  byResource: true,
  goesWith: (entry, others) => {
    const taken = new Set(others.flatMap(membersOf));
    return [entry, ...others].every(isSimple) && !membersOf(entry).some((id) => taken.has(id));
  },
  text: `
  WITH ${live(DIRECTORY, 4)},
  ${entries(`${MEMBERS}, versions int[]`)},
  target AS MATERIALIZED (
    SELECT g.id, g.version FROM directory_groups g, live
    WHERE g.id = ${GROUP} AND g.directory_id = live.id AND g.deleted_at IS NULL
    FOR NO KEY UPDATE OF g),
  taken AS MATERIALIZED (
    SELECT entry.* FROM entry, target
    WHERE ${isVersionAskedFor("target")} AND NOT EXISTS (${notUsers(IDS_OF.joining, DIRECTORY)})
      AND NOT EXISTS (${notUsers(IDS_OF.leaving, DIRECTORY)})),
  ${touched(`
      SELECT entry.n, j.id, true AS joins FROM taken entry CROSS JOIN LATERAL ${IDS_OF.joining} AS j(id)
      UNION ALL SELECT entry.n, l.id, false FROM taken entry CROSS JOIN LATERAL ${IDS_OF.leaving} AS l(id)`)},
  ${ADDED},
  ${REMOVED},
  ${EFFECT},
  changed AS (SELECT * FROM taken WHERE n IN (SELECT n FROM effect)),
  updated AS (
    UPDATE directory_groups g SET version = g.version + (SELECT count(*) FROM changed), last_modified = ${NOW}
    WHERE g.id = ${GROUP} AND EXISTS (SELECT 1 FROM changed)),
  ${journal({ event: "directory_group.members_changed", data: membersData, changed: membersChanged })}
  SELECT taken.n, (target.version + (SELECT count(*) FROM changed WHERE changed.n <= taken.n))::int AS version,
         taken.n IN (SELECT n FROM changed) AS changed
  FROM taken, target`,
};

/**
 * Changes a group that LOCK_GROUP holds: its attributes, and members as CHANGE_MEMBERS does, also all of them, and groups
 * among them. Only a change of its attributes marks the group itself. No row: nothing changes. Values: journal.
 */
export const UPDATE_GROUP: Command = {
  name: "scim_update_group",
  text: `
  WITH ${entries(`${COLUMNS}${MEMBERS}, pending text[], unwanted text[], clear boolean, names jsonb, before jsonb, after jsonb`)},
  ${touchedOfAnyKind(`
      SELECT entry.n, j.id, true AS joins FROM entry CROSS JOIN LATERAL ${IDS_OF.joining} AS j(id)
      WHERE NOT EXISTS (SELECT 1 FROM directory_group_members m WHERE m.group_id = ${GROUP} AND m.user_id = j.id)
      UNION ALL
      SELECT entry.n, l.id, false FROM entry CROSS JOIN LATERAL ${IDS_OF.leaving} AS l(id) WHERE NOT entry.clear
      UNION ALL
      SELECT entry.n, m.user_id, false FROM entry JOIN directory_group_members m ON m.group_id = ${GROUP}
      WHERE entry.clear AND m.user_id NOT IN (SELECT unnest(joining) FROM entry)
      UNION ALL
      SELECT entry.n, g.member_group_id, false FROM entry JOIN directory_group_nestings g ON g.group_id = ${GROUP}
      WHERE entry.clear AND g.member_group_id NOT IN (SELECT unnest(joining) FROM entry)`)},
  ${ADDED},
  ${REMOVED},
  ${EFFECT_OF_ANY_KIND},
  ${PENDING},
  ${NO_LONGER_PENDING},
  changed AS (
    UPDATE directory_groups g
    SET display_name = entry.display_name, display_name_key = entry.display_name_key,
        external_id = entry.external_id, resource = entry.resource, version = g.version + 1, last_modified = entry.at
    FROM entry WHERE g.id = ${GROUP} AND g.directory_id = ${DIRECTORY}
      AND (entry.names <> '[]' OR EXISTS (SELECT 1 FROM effect))
    RETURNING entry.*),
  ${groupMarked("names <> '[]'")},
  ${journal({
    event: "directory_group.updated",
    before: "before",
    after: "after",
    data: `${membersData} || jsonb_build_object('attributes', names)`,
    changed: membersOfAnyKindChanged,
  })}
  SELECT n FROM changed`,
};

/**
 * No row: gone, another version, or the directory is not live. Its memberships stay until the reconciler has seen the
 * group.
 */
export const DELETE_GROUP: Command = {
  name: "scim_delete_group",
  goesWith: alone,
  text: `
  WITH ${live(DIRECTORY, 4)},
  ${entries(", versions int[]")},
  changed AS (
    UPDATE directory_groups g
    SET deleted_at = at, version = g.version + 1, last_modified = at
    FROM live, entry
    WHERE g.id = ${GROUP} AND g.directory_id = live.id AND g.deleted_at IS NULL AND ${isVersionAskedFor("g")}
    RETURNING entry.*, g.display_name),
  ${groupMarked()},
  ${journal({
    event: "directory_group.deleted",
    before: "jsonb_build_object('displayName', display_name)",
    changed: "jsonb_build_object('groups', jsonb_build_array(resource_id))",
  })}
  SELECT n FROM changed`,
};
