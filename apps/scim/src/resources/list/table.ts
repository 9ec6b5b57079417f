import type { Directory } from "../../directory/directory.ts";
import type { Services } from "../../protocol/exchange.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Projection } from "../../protocol/projection.ts";
import type { ResourceType } from "../../schema/resource-type.ts";
import { type GroupRow, renderGroup } from "../groups/document.ts";
import { GROUP_COLUMNS, GROUP_MEMBERS } from "../groups/sql.ts";
import { renderUser, type UserRow } from "../users/document.ts";
import { USER_COLUMNS, USER_GROUPS } from "../users/sql.ts";

/** What every row has, whichever resource it holds. */
export interface KeyedRow {
  readonly id: string;
  readonly created_at: Date;
}

/** How a list reads one type of resource. */
export interface Table<Row extends KeyedRow> {
  readonly name: string;
  type(directory: Directory): ResourceType;
  /** Whether what a row then holds is small: a group with all its members is too much to wait for, and to hold, with others. */
  isSmall(projection: Projection): boolean;
  /** The select list for what the projection wants, and nothing more. */
  columns(projection: Projection): string;
  render(row: Row, directory: Directory, services: Services): JsonObject;
}

export const USERS: Table<UserRow> = {
  name: "directory_users",
  type: (directory) => directory.users,
  isSmall: () => true,
  columns: (projection) => (projection.wants("groups") ? `${USER_COLUMNS}, ${USER_GROUPS}` : USER_COLUMNS),
  render: renderUser,
};

export const GROUPS: Table<GroupRow> = {
  name: "directory_groups",
  type: (directory) => directory.groups,
  isSmall: (projection) => !projection.wants("members"),
  columns: (projection) =>
    projection.wants("members") ? `${GROUP_COLUMNS}, ${GROUP_MEMBERS}` : GROUP_COLUMNS,
  render: renderGroup,
};
