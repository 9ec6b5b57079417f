import type { Table } from "../list/table.ts";
import { renderUser, type UserRow } from "./document.ts";
import { USER_COLUMNS, USER_GROUPS } from "./queries.ts";

/** How lists read users. */
export const USERS: Table<UserRow> = {
  name: "directory_users",
  type: (directory) => directory.users,
  isSmall: () => true,
  columns: (projection) => (projection.wants("groups") ? `${USER_COLUMNS}, ${USER_GROUPS}` : USER_COLUMNS),
  render: renderUser,
};
