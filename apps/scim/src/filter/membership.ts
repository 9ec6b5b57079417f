import { isId } from "@sallyport/database";
import { badRequest } from "../protocol/error.ts";
import type { Compare } from "./ast.ts";
import type { Compilation } from "./compilation.ts";
import { type Field, ROW } from "./field.ts";

type Membership = Extract<Field, { kind: "membership" }>;

// A deleted group keeps its rows until the reconciler has seen them: they are no membership any more.
const GROUPS_OF_USER =
  "SELECT m.user_id FROM directory_group_members m JOIN directory_groups g ON g.id = m.group_id AND g.deleted_at IS NULL";
const USERS_OF_GROUP = "SELECT m.group_id FROM directory_group_members m";
const GROUPS_OF_GROUP = "SELECT n.group_id FROM directory_group_nestings n";
const USERS_BELOW_GROUP = `SELECT m.user_id FROM directory_group_ancestors a
  JOIN directory_groups g ON g.id = a.ancestor_id AND g.deleted_at IS NULL
  JOIN directory_group_members m ON m.group_id = a.group_id`;

/** `members eq "id"` of a group, direct; `groups.value eq "id"` of a user, also by groups in groups: each by index. */
export function compileMembership(field: Membership, filter: Compare, { parameters }: Compilation): string {
  const { list } = field;
  if (filter.operator !== "eq" || typeof filter.value !== "string") {
    throw badRequest("invalidFilter", `${list.name} can only be compared by eq, with an id.`);
  }
  if (!isId(filter.value)) {
    return "FALSE";
  }
  const value = `${parameters.add(filter.value)}::uuid`;
  return list.name === "members"
    ? `(${ROW}.id IN (${USERS_OF_GROUP} WHERE m.user_id = ${value}
        UNION ALL ${GROUPS_OF_GROUP} WHERE n.member_group_id = ${value}))`
    : `(${ROW}.id IN (${GROUPS_OF_USER} WHERE m.group_id = ${value}
        UNION ALL ${USERS_BELOW_GROUP} WHERE a.ancestor_id = ${value}))`;
}

/** `members pr`, `groups pr`. */
export function isInAny({ list }: Membership): string {
  return list.name === "members"
    ? `(EXISTS (${USERS_OF_GROUP} WHERE m.group_id = ${ROW}.id) OR EXISTS (${GROUPS_OF_GROUP} WHERE n.group_id = ${ROW}.id))`
    : `EXISTS (${GROUPS_OF_USER} WHERE m.user_id = ${ROW}.id)`;
}
