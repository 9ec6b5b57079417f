import { isId } from "@sallyport/database";
import {
  CHANGE_MEMBERS,
  CREATE_GROUP,
  DELETE_GROUP,
  liveValues,
  type Query,
  type Taken,
  UPDATE_GROUP,
} from "@sallyport/directories/push";
import { difference } from "@sallyport/events";
import type { Directory } from "../../directory/directory.ts";
import { notFound, ScimError } from "../../protocol/error.ts";
import { requireMatch, versionsIn } from "../../protocol/etag.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { Reading } from "../../quirks/reading.ts";
import { ended } from "../../storage/live.ts";
import type { Transaction } from "../../storage/statements.ts";
import type { Services } from "../services.ts";
import { columnsOf, documentOf, type GroupColumns, type GroupRow } from "./document.ts";
import type { Member } from "./member-pages.ts";
import type { MemberChange } from "./members.ts";
import { FIND_GROUP, FIND_GROUP_WITHOUT_MEMBERS, FIND_MEMBERS, FIND_OTHERS, LOCK_GROUP } from "./queries.ts";

/** 404 for an unknown, a deleted and a foreign id alike. */
export async function findGroup(
  { statements }: Services,
  directory: Directory,
  id: string,
  withMembers: boolean,
): Promise<GroupRow> {
  const query = withMembers ? FIND_GROUP : FIND_GROUP_WITHOUT_MEMBERS;
  const values = [id, directory.id, ...liveValues(directory)];
  const row = isId(id) ? (await statements.query<GroupRow>(directory, query, values))[0] : undefined;
  if (row === undefined) {
    throw notFound("Group", id);
  }
  return row;
}

/** Members of a group, as answers show them: the first users, and all groups. */
export interface FoundMembers {
  readonly shown: Required<Pick<GroupRow, "members" | "member_groups">>;
  /** Those that are not here. */
  readonly missing: readonly string[];
}

/** The users and groups that these members are, each in the order of ids. */
export async function findMembers(
  { statements }: Services,
  directory: Directory,
  wanted: ReadonlySet<string>,
): Promise<FoundMembers> {
  if (wanted.size === 0) {
    return { shown: { members: [], member_groups: [] }, missing: [] };
  }
  const find = <Row extends object>(query: Query, values: readonly unknown[]) =>
    statements.query<Row>(directory, query, values);
  const values = [arrayOf(ids(wanted)), directory.id];
  const rows = await find<{ id: string; display: string }>(FIND_MEMBERS, values);
  const { groups, missing } =
    rows.length < wanted.size ? await findOthers(find, directory, wanted) : NO_OTHERS;
  return {
    shown: {
      members: rows.map(({ id, display }): Member => [id, display]),
      member_groups: groups.toSorted(([one], [other]) => (one < other ? -1 : 1)),
    },
    missing,
  };
}

export async function insertGroup(
  { statements }: Services,
  request: ScimRequest,
  id: string,
  columns: GroupColumns,
  members: ReadonlySet<string>,
  missing: readonly string[],
  response: ScimResponse,
): Promise<void> {
  const values = { joining: ids(members), pending: keepable(missing), ...valuesOf(columns) };
  const entry = { request, response, resourceId: id, columns: values };
  if ((await statements.write(CREATE_GROUP, entry)) === undefined) {
    throw ended();
  }
}

/**
 * Adds and removes users by one statement. Undefined when there are others among the members, for `updateGroup` to change.
 * 404 for an unknown group, 412 against If-Match.
 */
export async function changeMembers(
  services: Services,
  request: ScimRequest,
  id: string,
  change: MemberChange,
  { notes }: Reading,
): Promise<{ readonly version: number; readonly changed: boolean } | undefined> {
  if (!isId(id)) {
    throw notFound("Group", id);
  }
  if (![...change.add, ...change.remove].every(isId)) {
    return undefined;
  }
  const columns = {
    joining: [...change.add],
    leaving: ids(change.remove),
    versions: versionsIn(request.ifMatch),
  };
  const entry = { request, response: { status: 204, notes }, resourceId: id, columns };
  const taken = await services.statements.write<TakenChange>(CHANGE_MEMBERS, entry);
  return taken ?? whyNot(services, request, id, change);
}

interface TakenChange extends Taken {
  readonly version: number;
  readonly changed: boolean;
}

export interface GroupUpdate {
  readonly columns: GroupColumns;
  /** The names of the attributes that change, except `members`. */
  readonly names: readonly string[];
  readonly members: MemberChange;
  readonly response: ScimResponse;
}

/**
 * Holds a group's row and changes it as `decide` says of it; whether anything changed. 404, 412 as above.
 * @param add the members that join
 * @param decide is told also which of them are not here
 */
export async function updateGroup(
  { statements }: Services,
  request: ScimRequest,
  id: string,
  add: ReadonlySet<string>,
  decide: (row: GroupRow, missing: readonly string[]) => Promise<GroupUpdate>,
): Promise<{ readonly row: GroupRow; readonly changed: boolean }> {
  if (!isId(id)) {
    throw notFound("Group", id);
  }
  const { directory } = request;
  const update = async (transaction: Transaction) => {
    const values = [id, directory.id, ...liveValues(directory)];
    const [row] = await transaction.query<GroupRow>(LOCK_GROUP, values);
    if (row === undefined) {
      await transaction.requireLive();
      throw notFound("Group", id);
    }
    requireMatch(request.ifMatch, row.version);
    const { missing } = await findOthers(transaction.query, directory, add);
    const { columns: after, names, members, response } = await decide(row, missing);
    const columns = {
      joining: ids(members.add),
      leaving: ids(members.remove),
      pending: keepable(missing),
      unwanted: keepable(members.remove),
      clear: members.clear,
      names: [...names],
      ...(difference(eventFieldsOf(columnsOf(documentOf(row))), eventFieldsOf(after)) ?? NO_EVENT_FIELDS),
      ...valuesOf(after),
    };
    const entry = { request, response, resourceId: id, columns };
    return { row, changed: await transaction.write(UPDATE_GROUP, entry) };
  };
  return statements.transaction(directory, update, id);
}

/** Marks a group as deleted. 404 when there is none, 412 against If-Match. */
export async function deleteGroup(services: Services, request: ScimRequest, id: string): Promise<void> {
  if (!isId(id)) {
    throw notFound("Group", id);
  }
  const columns = { versions: versionsIn(request.ifMatch) };
  const entry = { request, response: { status: 204 }, resourceId: id, columns };
  if ((await services.statements.write(DELETE_GROUP, entry)) === undefined) {
    await whyNot(services, request, id, { add: new Set(), remove: new Set() });
  }
}

type Find = <Row extends object>(query: Query, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Members that are no user of the directory: its groups, and those that are not here. */
interface Others {
  readonly groups: readonly Member[];
  readonly missing: readonly string[];
}

const NO_OTHERS: Others = { groups: [], missing: [] };

async function findOthers(find: Find, directory: Directory, wanted: ReadonlySet<string>): Promise<Others> {
  if (wanted.size === 0) {
    return NO_OTHERS;
  }
  const values = [arrayOf(ids(wanted)), directory.id];
  const rows = await find<{ id: string; display: string | null }>(FIND_OTHERS, values);
  return {
    groups: rows.flatMap(({ id, display }): Member[] => (display === null ? [] : [[id, display, "Group"]])),
    missing: [
      ...rows.flatMap(({ id, display }) => (display === null ? [id] : [])),
      ...[...wanted].filter((value) => !isId(value)),
    ],
  };
}

// A statement with conditions has not taken an entry: says which of them did not hold.
async function whyNot(
  services: Services,
  request: ScimRequest,
  id: string,
  { add, remove }: Pick<MemberChange, "add" | "remove">,
): Promise<undefined> {
  const { directory } = request;
  const row = await findGroup(services, directory, id, false);
  requireMatch(request.ifMatch, row.version);
  const find: Find = (query, values) => services.statements.query(directory, query, values);
  for (const members of [add, remove]) {
    const { groups, missing } = await findOthers(find, directory, members);
    if (groups.length + missing.length > 0) {
      return undefined;
    }
  }
  // Whatever it was, it holds now: only a change between the two statements comes here.
  throw new ScimError(503, "The group was changed by another request at the same moment. Retry.", {
    headers: { "Retry-After": "1" },
  });
}

/** An array of ids in PostgreSQL's own words: an id needs no quotes, and the driver would look at each for those. */
function arrayOf(values: readonly string[]): string {
  return `{${values.join(",")}}`;
}

/** Longer than any id or externalId that a client would tell twice. */
const MAX_PENDING_LENGTH = 256;

/** PostgreSQL stores neither NUL nor half of a character, so nothing that has one can ever come. */
const STORABLE = /^[^\0\p{Cs}]*$/u;

function keepable(values: Iterable<string>): string[] {
  return [...values].filter((value) => value.length <= MAX_PENDING_LENGTH && STORABLE.test(value));
}

function ids(values: ReadonlySet<string>): string[] {
  return [...values].filter(isId);
}

/** Nothing that changed is part of the event. */
const NO_EVENT_FIELDS = { before: {}, after: {} };

/** The fields of a group that events carry. */
function eventFieldsOf({ displayName, externalId }: GroupColumns) {
  return { displayName, externalId };
}

function valuesOf(columns: GroupColumns) {
  return {
    display_name: columns.displayName,
    display_name_key: columns.displayName.toLowerCase(),
    external_id: columns.externalId,
    resource: columns.resource,
  };
}
