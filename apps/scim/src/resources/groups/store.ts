import { isId, type Sql } from "@sallyport/database";
import { difference } from "@sallyport/events";
import { retryDeadlock } from "../../admission/retry.ts";
import type { Directory } from "../../directory/directory.ts";
import type { Answer } from "../../log/row.ts";
import { notFound, ScimError } from "../../protocol/error.ts";
import { requireMatch, versionsIn } from "../../protocol/etag.ts";
import type { ScimRequest, Services } from "../../protocol/exchange.ts";
import { journalValues } from "../../storage/journal.ts";
import { ended, liveValues, requireLive } from "../../storage/live.ts";
import { columnsOf, documentOf, type GroupColumns, type GroupRow, type Member } from "./document.ts";
import type { MemberChange } from "./members.ts";
import * as SQL from "./sql.ts";

/** 404 for an unknown, a deleted and a foreign id alike. */
export async function findGroup(
  { database, inLane }: Services,
  directory: Directory,
  id: string,
  withMembers: boolean,
): Promise<GroupRow> {
  const [text, name] = withMembers
    ? [SQL.FIND_GROUP, "scim_find_group"]
    : [SQL.FIND_GROUP_WITHOUT_MEMBERS, "scim_find_group_plain"];
  const values = [id, directory.id, ...liveValues(directory)];
  const find = () => database.sql.query<GroupRow>(text, values, name);
  const row = isId(id) ? (await inLane(directory.id, find)).rows[0] : undefined;
  if (row === undefined) {
    throw notFound("Group", id);
  }
  return row;
}

/** The first users of these ids, in the order of ids: 404 when one of all is no user of the directory. */
export async function findMembers(
  { database, inLane }: Services,
  directory: Directory,
  ids: ReadonlySet<string>,
): Promise<Member[]> {
  if (ids.size === 0) {
    return [];
  }
  const { sql } = database;
  const rows = await inLane(directory.id, async () => {
    const values = [arrayOf(ids), directory.id];
    const found = await sql.query<{ id: string; display: string }>(
      SQL.FIND_MEMBERS,
      values,
      "scim_find_members",
    );
    if (found.rows.length < ids.size) {
      await requireMembers(sql, directory, ids);
    }
    return found.rows;
  });
  return rows.map(({ id, display }): Member => [id, display]);
}

export async function insertGroup(
  { write }: Services,
  request: ScimRequest,
  id: string,
  columns: GroupColumns,
  members: ReadonlySet<string>,
  answer: Answer,
): Promise<void> {
  const own = { joining: [...members], ...ownOf(columns) };
  if ((await write(SQL.CREATE_GROUP, { request, answer, resourceId: id, own })) === undefined) {
    throw ended();
  }
}

/** Adds and removes members by one statement. 404 for an unknown group or member, 412 against If-Match. */
export async function changeMembers(
  services: Services,
  request: ScimRequest,
  id: string,
  change: MemberChange,
): Promise<{ readonly version: number; readonly changed: boolean }> {
  if (!isId(id)) {
    throw notFound("Group", id);
  }
  const own = {
    joining: [...change.add],
    leaving: ids(change.remove),
    versions: versionsIn(request.ifMatch),
  };
  const entry = { request, answer: { status: 204 }, resourceId: id, own };
  const made = await services.write<{ version: number; changed: boolean }>(SQL.CHANGE_MEMBERS, entry);
  return made ?? whyNot(services, request, id, change.add);
}

export interface GroupUpdate {
  readonly columns: GroupColumns;
  /** The names of the attributes that change, but for `members`. */
  readonly names: readonly string[];
  readonly members: MemberChange;
  readonly answer: Answer;
}

/** Holds a group's row and changes it as `decide` says of it; whether anything changed. 404, 412 as above. */
export async function updateGroup(
  { database, inTurn, inLane }: Services,
  request: ScimRequest,
  id: string,
  decide: (row: GroupRow) => Promise<GroupUpdate>,
): Promise<{ readonly row: GroupRow; readonly changed: boolean }> {
  if (!isId(id)) {
    throw notFound("Group", id);
  }
  const { directory } = request;
  const update = () =>
    database.transaction(async (sql) => {
      const values = [id, directory.id, ...liveValues(directory)];
      const row = (await sql.query<GroupRow>(SQL.LOCK_GROUP, values, "scim_lock_group")).rows[0];
      if (row === undefined) {
        await requireLive(sql, directory);
        throw notFound("Group", id);
      }
      requireMatch(request.ifMatch, row.version);
      const { columns, names, members, answer } = await decide(row);
      await requireMembers(sql, directory, members.add);
      const own = {
        joining: [...members.add],
        leaving: ids(members.remove),
        clear: members.clear,
        names: [...names],
        ...(difference(toldOf(columnsOf(documentOf(row))), toldOf(columns)) ?? UNTOLD),
        ...ownOf(columns),
      };
      const changes = journalValues(directory, [{ request, answer, resourceId: id, own }]);
      const { rowCount } = await sql.query(SQL.UPDATE_GROUP, changes, "scim_update_group");
      return { row, changed: rowCount === 1 };
    });
  return inTurn(id, () => inLane(directory.id, () => retryDeadlock(update)));
}

/** Marks a group as deleted. 404 when there is none, 412 against If-Match. */
export async function deleteGroup(services: Services, request: ScimRequest, id: string): Promise<void> {
  if (!isId(id)) {
    throw notFound("Group", id);
  }
  const own = { versions: versionsIn(request.ifMatch) };
  const entry = { request, answer: { status: 204 }, resourceId: id, own };
  if ((await services.write(SQL.DELETE_GROUP, entry)) === undefined) {
    await whyNot(services, request, id, new Set());
  }
}

/** 404 unless all of these are users of the directory. */
async function requireMembers(sql: Sql, directory: Directory, wanted: ReadonlySet<string>): Promise<void> {
  if (wanted.size === 0) {
    return;
  }
  const values = [arrayOf(wanted), directory.id];
  const { rows } = await sql.query<{ id: string }>(SQL.FIND_STRANGER, values, "scim_find_stranger");
  if (rows[0] !== undefined) {
    throw notFound("The member, User", rows[0].id);
  }
}

// A statement with conditions has not taken an entry: says which of them did not hold.
async function whyNot(
  services: Services,
  request: ScimRequest,
  id: string,
  wanted: ReadonlySet<string>,
): Promise<never> {
  const { directory } = request;
  const row = await findGroup(services, directory, id, false);
  requireMatch(request.ifMatch, row.version);
  await services.inLane(directory.id, () => requireMembers(services.database.sql, directory, wanted));
  // Whatever it was, it holds now: only a change between the two statements comes here.
  throw new ScimError(503, "The group was changed by another request at the same moment. Retry.", {
    headers: { "Retry-After": "1" },
  });
}

/** An array of ids in PostgreSQL's own words: an id needs no quotes, and the driver would look at each for those. */
function arrayOf(values: ReadonlySet<string>): string {
  return `{${[...values].join(",")}}`;
}

function ids(values: ReadonlySet<string>): string[] {
  return [...values].filter(isId);
}

/** All that changed is beyond what events tell. */
const UNTOLD = { before: {}, after: {} };

/** What events tell of a group. */
function toldOf({ displayName, externalId }: GroupColumns) {
  return { displayName, externalId };
}

function ownOf(columns: GroupColumns) {
  return {
    display_name: columns.displayName,
    display_name_key: columns.displayName.toLowerCase(),
    external_id: columns.externalId,
    resource: columns.resource,
  };
}
