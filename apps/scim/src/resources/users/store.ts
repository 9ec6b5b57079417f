import { isId, isUniqueViolation } from "@sallyport/database";
import { CREATE_USERS, DELETE_USER, LOCK_USER, liveValues, UPDATE_USERS } from "@sallyport/directories/push";
import { difference } from "@sallyport/events";
import type { Directory } from "../../directory/directory.ts";
import { notFound, quoted, ScimError } from "../../protocol/error.ts";
import { requireMatch } from "../../protocol/etag.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { Services } from "../services.ts";
import { columnsOf, documentOf, identifiersOf, type UserColumns, type UserRow } from "./document.ts";
import { FIND_USER, FIND_USER_BY, FIND_USER_BY_NAME, FIND_USER_WITHOUT_GROUPS } from "./queries.ts";

/** 404 for an unknown, a deleted and a foreign id alike. */
export async function findUser(
  { statements }: Services,
  directory: Directory,
  id: string,
  withGroups: boolean,
): Promise<UserRow> {
  const query = withGroups ? FIND_USER : FIND_USER_WITHOUT_GROUPS;
  const row = isId(id) ? (await statements.read<UserRow>(directory, query, [id]))[0] : undefined;
  if (row === undefined) {
    throw notFound("User", id);
  }
  return row;
}

export async function findUserByName({ statements }: Services, directory: Directory, userName: string) {
  const rows = await statements.read<UserRow>(directory, FIND_USER_BY_NAME, [userName.toLowerCase()]);
  return rows[0];
}

/** The id of the user of this directory who has this id, externalId or userName; null for nobody. */
export async function findUserBy(
  { statements }: Services,
  directory: Directory,
  given: string,
): Promise<string | null> {
  const [row] = await statements.read<{ id: string }>(directory, FIND_USER_BY, [given]);
  return row?.id ?? null;
}

/** Stores a new user; false when its userName is taken in this directory, and then nothing has changed. */
export async function insertUser(
  { statements }: Services,
  request: ScimRequest,
  id: string,
  columns: UserColumns,
  response: ScimResponse,
): Promise<boolean> {
  const values = { ...valuesOf(columns), gained: identifiersOf(columns) };
  const entry = { request, response, resourceId: id, columns: values };
  return (await statements.write(CREATE_USERS, entry)) !== undefined;
}

/**
 * Stores a user as changed from `row`; false when it is no longer of that version, and then nothing has changed.
 * 409 uniqueness when the new userName is another user's.
 */
export async function updateUser(
  { statements }: Services,
  request: ScimRequest,
  row: UserRow,
  /** The names of the attributes that differ. */
  names: readonly string[],
  columns: UserColumns,
  response: ScimResponse,
): Promise<boolean> {
  const before = columnsOf(documentOf(row), row.active);
  const changes = difference(eventFieldsOf(before), eventFieldsOf(columns));
  const values = {
    version: row.version,
    names: [...names],
    ...(changes ?? NO_EVENT_FIELDS),
    ...identification(before, columns, names),
    ...valuesOf(columns),
  };
  try {
    const entry = { request, response, resourceId: row.id, columns: values };
    return (await statements.write(UPDATE_USERS, entry)) !== undefined;
  } catch (error) {
    throw isUniqueViolation(error) ? userNameTaken(columns.userName) : error;
  }
}

const IDENTIFYING = ["userName", "externalId", "emails"];

/** What a change of a user changes about what the directory knows it by. */
function identification(before: UserColumns, after: UserColumns, changed: readonly string[]) {
  if (!changed.some((name) => IDENTIFYING.includes(name))) {
    return { gained: [], lost: [] };
  }
  const old = new Set(identifiersOf(before));
  const now = new Set(identifiersOf(after));
  return {
    gained: [...now].filter((identifier) => !old.has(identifier)),
    lost: [...old].filter((identifier) => !now.has(identifier)),
  };
}

/** Marks a user as deleted, free of its name and its groups. 404 when there is none, 412 against If-Match. */
export async function deleteUser({ statements }: Services, request: ScimRequest, id: string): Promise<void> {
  if (!isId(id)) {
    throw notFound("User", id);
  }
  const { directory } = request;
  await statements.transaction(directory, async (transaction) => {
    const values = [id, directory.id, ...liveValues(directory)];
    const [row] = await transaction.query<{ version: number }>(LOCK_USER, values);
    if (row === undefined) {
      await transaction.requireLive();
      throw notFound("User", id);
    }
    requireMatch(request.ifMatch, row.version);
    await transaction.write(DELETE_USER, { request, response: { status: 204 }, resourceId: id });
  });
}

export function userNameTaken(userName: string): ScimError {
  return new ScimError(409, `A user with the userName ${quoted(userName)} exists in this directory.`, {
    scimType: "uniqueness",
  });
}

/** Nothing that changed is part of the event. */
const NO_EVENT_FIELDS = { before: {}, after: {} };

/** The fields of a user that events carry. */
function eventFieldsOf({ userName, externalId, active, email }: UserColumns) {
  return { userName, externalId, active, email };
}

function valuesOf(columns: UserColumns) {
  return {
    user_name: columns.userName,
    user_name_key: columns.userName.toLowerCase(),
    external_id: columns.externalId,
    active: columns.active,
    email: columns.email,
    resource: columns.resource,
  };
}
