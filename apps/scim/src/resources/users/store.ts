import { isId, isUniqueViolation } from "@sallyport/database";
import { difference } from "@sallyport/events";
import { retryDeadlock } from "../../admission/retry.ts";
import type { Directory } from "../../directory/directory.ts";
import type { Answer } from "../../log/row.ts";
import { notFound, quoted, ScimError } from "../../protocol/error.ts";
import { requireMatch } from "../../protocol/etag.ts";
import type { ScimRequest, Services } from "../../protocol/exchange.ts";
import { journalValues } from "../../storage/journal.ts";
import { liveValues, requireLive } from "../../storage/live.ts";
import { columnsOf, documentOf, identifiersOf, type UserColumns, type UserRow } from "./document.ts";
import * as SQL from "./sql.ts";

/** 404 for an unknown, a deleted and a foreign id alike. */
export async function findUser(
  { read }: Services,
  directory: Directory,
  id: string,
  withGroups: boolean,
): Promise<UserRow> {
  const query = withGroups ? SQL.FIND_USER : SQL.FIND_USER_WITHOUT_GROUPS;
  const row = isId(id) ? (await read<UserRow>(directory, query, [id]))[0] : undefined;
  if (row === undefined) {
    throw notFound("User", id);
  }
  return row;
}

export async function findUserByName({ read }: Services, directory: Directory, userName: string) {
  const rows = await read<UserRow>(directory, SQL.FIND_USER_BY_NAME, [userName.toLowerCase()]);
  return rows[0];
}

/** Whether the id is that of a user of this directory. */
export async function userExists({ read }: Services, directory: Directory, id: string): Promise<boolean> {
  return isId(id) && (await read(directory, SQL.USER_EXISTS, [id])).length === 1;
}

/** Stores a new user; false when its userName is taken in this directory, and then nothing has changed. */
export async function insertUser(
  { write }: Services,
  request: ScimRequest,
  id: string,
  columns: UserColumns,
  answer: Answer,
): Promise<boolean> {
  const own = { ...ownOf(columns), gained: identifiersOf(columns) };
  const entry = { request, answer, resourceId: id, own };
  return (await write(SQL.CREATE_USERS, entry)) !== undefined;
}

/**
 * Stores a user as changed from `row`; false when it is no longer of that version, and then nothing has changed.
 * 409 uniqueness when the new userName is another user's.
 */
export async function updateUser(
  { write }: Services,
  request: ScimRequest,
  row: UserRow,
  /** The names of the attributes that differ. */
  names: readonly string[],
  columns: UserColumns,
  answer: Answer,
): Promise<boolean> {
  const before = columnsOf(documentOf(row), row.active);
  const told = difference(toldOf(before), toldOf(columns));
  const own = {
    version: row.version,
    names: [...names],
    ...(told ?? UNTOLD),
    ...identification(before, columns, names),
    ...ownOf(columns),
  };
  try {
    return (await write(SQL.UPDATE_USERS, { request, answer, resourceId: row.id, own })) !== undefined;
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
export async function deleteUser(services: Services, request: ScimRequest, id: string): Promise<void> {
  if (!isId(id)) {
    throw notFound("User", id);
  }
  const { directory } = request;
  const deletion = () =>
    services.database.transaction(async (sql) => {
      const values = [id, directory.id, ...liveValues(directory)];
      const locked = await sql.query<{ version: number }>(SQL.LOCK_USER, values, "scim_lock_user");
      const version = locked.rows[0]?.version;
      if (version === undefined) {
        await requireLive(sql, directory);
        throw notFound("User", id);
      }
      requireMatch(request.ifMatch, version);
      const entry = { request, answer: { status: 204 }, resourceId: id };
      await sql.query(SQL.DELETE_USER, journalValues(directory, [entry]), "scim_delete_user");
    });
  await services.inLane(directory.id, () => retryDeadlock(deletion));
}

export function userNameTaken(userName: string): ScimError {
  return new ScimError(409, `A user with the userName ${quoted(userName)} exists in this directory.`, {
    scimType: "uniqueness",
  });
}

/** All that changed is beyond what events tell. */
const UNTOLD = { before: {}, after: {} };

/** What events tell of a user. */
function toldOf({ userName, externalId, active, email }: UserColumns) {
  return { userName, externalId, active, email };
}

function ownOf(columns: UserColumns) {
  return {
    user_name: columns.userName,
    user_name_key: columns.userName.toLowerCase(),
    external_id: columns.externalId,
    active: columns.active,
    email: columns.email,
    resource: columns.resource,
  };
}
