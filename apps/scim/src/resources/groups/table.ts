import type { Table } from "../list/table.ts";
import { type GroupRow, renderGroup } from "./document.ts";
import { GROUP_COLUMNS, GROUP_MEMBERS } from "./queries.ts";

/** How lists read groups. */
export const GROUPS: Table<GroupRow> = {
  name: "directory_groups",
  type: (directory) => directory.groups,
  isSmall: (projection) => !projection.wants("members"),
  columns: (projection) =>
    projection.wants("members") ? `${GROUP_COLUMNS}, ${GROUP_MEMBERS}` : GROUP_COLUMNS,
  render: renderGroup,
};
