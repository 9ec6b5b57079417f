import type { Directory } from "../../directory/directory.ts";
import { etagOf } from "../../protocol/etag.ts";
import { type JsonObject, LazyList } from "../../protocol/json.ts";
import { locationOf, type Services } from "../services.ts";
import { type Member, membersBehind } from "./member-pages.ts";
import { MEMBERS_AT_ONCE } from "./queries.ts";

/** A row of directory_groups, as the SCIM server reads it. */
export interface GroupRow {
  readonly id: string;
  readonly display_name: string;
  readonly external_id: string | null;
  readonly resource: JsonObject;
  readonly version: number;
  readonly created_at: Date;
  readonly last_modified: Date;
  /** The first MEMBERS_AT_ONCE; null for none, absent when they were not asked for. */
  readonly members?: readonly Member[] | null;
  /** The groups among the members; as `members`. */
  readonly member_groups?: readonly Member[] | null;
}

/** What a document becomes in the columns of directory_groups. */
export interface GroupColumns {
  readonly displayName: string;
  readonly externalId: string | null;
  readonly resource: JsonObject;
}

/** The part of a group that a client can write, except its members: those are never in memory with it. */
export function documentOf(row: GroupRow): JsonObject {
  const document: JsonObject = { displayName: row.display_name, ...row.resource };
  if (row.external_id !== null) {
    document.externalId = row.external_id;
  }
  return document;
}

export function columnsOf(document: JsonObject): GroupColumns {
  const { displayName, externalId, members: _members, ...resource } = document;
  return {
    displayName: String(displayName),
    externalId: typeof externalId === "string" ? externalId : null,
    resource,
  };
}

/** The SCIM resource of a row: RFC 7643 §4.2. */
export function renderGroup(row: GroupRow, directory: Directory, services: Services): JsonObject {
  const extensions = directory.groups.extensions.filter((schema) => Object.hasOwn(row.resource, schema.id));
  const result: JsonObject = {
    schemas: [directory.groups.schema.id, ...extensions.map((schema) => schema.id)],
    id: row.id,
    ...documentOf(row),
  };
  if (row.members !== undefined) {
    result.members = renderMembers(row, directory, services);
  }
  result.meta = {
    resourceType: "Group",
    created: row.created_at.toISOString(),
    lastModified: row.last_modified.toISOString(),
    location: locationOf(services, directory, "Groups", row.id),
    version: etagOf(row.version),
  };
  return result;
}

/** The groups among them come first: the users may go on for many pages. */
function renderMembers(row: GroupRow, directory: Directory, services: Services): LazyList {
  const users = row.members ?? [];
  const last = users.length < MEMBERS_AT_ONCE ? undefined : users.at(-1);
  return LazyList.of(
    row.member_groups === undefined || row.member_groups === null ? users : [...row.member_groups, ...users],
    ([id, display, type = "User"]) => ({
      value: id,
      $ref: locationOf(services, directory, `${type}s`, id),
      display,
      type,
    }),
    last === undefined ? undefined : () => membersBehind(services, directory, row.id, last[0]),
  );
}
