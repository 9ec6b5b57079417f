import { whileLive } from "@sallyport/directories/push";
import { ROW } from "../../filter/field.ts";
import { ENTERPRISE_SCHEMA } from "../../schema/user.ts";
import type { SharedQuery } from "../../storage/statements.ts";

/** Finds the user with this id, externalId or userName: each is looked up by its index, the next only if the previous finds none. */
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

/** Groups of one user that are shown, direct ones first. */
const GROUPS_SHOWN = 2_000;

/**
 * The groups of the user `r`, and those that they are in. Read only where the answer shows them, and no more than the first
 * thousand of them with those that they are in: a client can put a user into any number of groups, and nothing reads them
 * all from here. One pass over few steps: every look-up sets them up, also for a user without groups.
 */
export const USER_GROUPS = `(
  SELECT json_agg(json_build_array(g.id, g.display_name, reached.direct) ORDER BY g.id)
  FROM (
    SELECT way.group_id, bool_or(way.direct) AS direct
    FROM (SELECT m.group_id FROM directory_group_members m WHERE m.user_id = ${ROW}.id ORDER BY m.group_id LIMIT 1000) m
    CROSS JOIN LATERAL (
      SELECT m.group_id, true AS direct
      UNION ALL
      SELECT a.ancestor_id, false FROM directory_group_ancestors a WHERE a.group_id = m.group_id) way
    GROUP BY way.group_id ORDER BY 2 DESC LIMIT ${GROUPS_SHOWN}) reached
  JOIN directory_groups g ON g.id = reached.group_id AND g.deleted_at IS NULL) AS groups`;

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
