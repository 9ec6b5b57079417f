import { elementsOf } from "@sallyport/database";
import { live, notUsers, type Query, whileLive } from "@sallyport/directories/push";
import { ROW } from "../../filter/field.ts";

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

/** Members of one group that are read at once: the rest is read while these are written. */
export const MEMBERS_AT_ONCE = 2_000;

/** How a member is shown. A displayName may be as long as 65,536 characters, and the members are many. */
const SHOWN = "left(coalesce(u.resource->>'displayName', u.user_name), 128) AS display";

const somePage = (condition: string) => `
  SELECT u.id, ${SHOWN}
  FROM directory_group_members m JOIN directory_users u ON u.id = m.user_id AND u.deleted_at IS NULL
  WHERE ${condition} ORDER BY m.user_id LIMIT ${MEMBERS_AT_ONCE}`;

/** Groups of one group that are shown. */
const GROUPS_SHOWN = 1_000;

/** The first members of the group `r`, users and groups: read only where the answer shows them. */
export const GROUP_MEMBERS = `(
  SELECT json_agg(json_build_array(u.id, u.display) ORDER BY u.id)
  FROM (${somePage(`m.group_id = ${ROW}.id`)}) u) AS members, (
  SELECT json_agg(json_build_array(g.id, left(g.display_name, 128), 'Group') ORDER BY g.id)
  FROM (
    SELECT g.id, g.display_name
    FROM directory_group_nestings n JOIN directory_groups g ON g.id = n.member_group_id AND g.deleted_at IS NULL
    WHERE n.group_id = ${ROW}.id ORDER BY n.member_group_id LIMIT ${GROUPS_SHOWN}) g) AS member_groups`;

/** Values: group, organization, the member behind which they begin. */
export const MEMBERS_BEHIND: Query = {
  name: "scim_members_behind",
  live: false,
  text: somePage(`m.group_id = $1 AND m.organization_id = $2 AND m.user_id > $3`),
};

/** Values of each: id, directory, liveValues. */
export const FIND_GROUP: Query = {
  name: "scim_find_group",
  live: true,
  text: `
  SELECT ${GROUP_COLUMNS}, ${GROUP_MEMBERS}
  FROM directory_groups ${ROW} WHERE ${ROW}.id = $1 AND ${ROW}.directory_id = $2 AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$2", 3)}`,
};

export const FIND_GROUP_WITHOUT_MEMBERS: Query = {
  name: "scim_find_group_plain",
  live: true,
  text: `
  SELECT ${GROUP_COLUMNS}
  FROM directory_groups ${ROW} WHERE ${ROW}.id = $1 AND ${ROW}.directory_id = $2 AND ${ROW}.deleted_at IS NULL
    AND ${whileLive("$2", 3)}`,
};

/** Of these ids, the users of the directory, with their names: the first in the order of ids. */
export const FIND_MEMBERS: Query = {
  name: "scim_find_members",
  live: false,
  text: `
  SELECT u.id, ${SHOWN}
  FROM (SELECT id FROM ${elementsOf("$1::uuid[]")} AS w(id) ORDER BY id LIMIT ${MEMBERS_AT_ONCE}) w
  JOIN directory_users u ON u.id = w.id AND u.directory_id = $2 AND u.deleted_at IS NULL
  ORDER BY u.id`,
};

/** Of these ids, those that are no user of the directory, with the names of those that are a group of it. */
export const FIND_OTHERS: Query = {
  name: "scim_find_others",
  live: false,
  text: `
  SELECT other.id, left(g.display_name, 128) AS display
  FROM (${notUsers(elementsOf("$1::uuid[]"), "$2")}) other
  LEFT JOIN directory_groups g ON g.id = other.id AND g.directory_id = $2 AND g.deleted_at IS NULL`,
};

/** No row: gone, or the directory is not live. Values: id, directory, liveValues. */
export const LOCK_GROUP: Query = {
  name: "scim_lock_group",
  live: true,
  text: `
  WITH ${live("$2", 3)}
  SELECT ${GROUP_COLUMNS}
  FROM directory_groups ${ROW}, live
  WHERE ${ROW}.id = $1 AND ${ROW}.directory_id = live.id AND ${ROW}.deleted_at IS NULL
  FOR NO KEY UPDATE OF ${ROW}`,
};
