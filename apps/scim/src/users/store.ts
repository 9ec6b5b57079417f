import { isId, isUniqueViolation } from "@sallyport/database";
import type { Directory } from "../directory/directory.ts";
import { liveValues, requireLive } from "../directory/live.ts";
import { journalValues } from "../log/journal.ts";
import { notFound, quoted, ScimError } from "../protocol/error.ts";
import { requireMatch } from "../protocol/etag.ts";
import type { ScimRequest, Services } from "../protocol/exchange.ts";
import type { JsonObject } from "../protocol/json.ts";
import { retryDeadlock } from "../protocol/retry.ts";
import type { UserColumns, UserRow } from "./document.ts";
import * as SQL from "./sql.ts";

/** The answer that a write will get when it succeeds: the request log keeps it with the change. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
}

/** 404 for an unknown, a deleted and a foreign id alike. */
export async function findUser(
  { database }: Services,
  directory: Directory,
  id: string,
  withGroups: boolean,
): Promise<UserRow> {
  const [text, name] = withGroups
    ? [SQL.FIND_USER, "scim_find_user"]
    : [SQL.FIND_USER_WITHOUT_GROUPS, "scim_find_user_plain"];
  const row = isId(id)
    ? (await database.sql.query<UserRow>(text, [id, directory.id, ...liveValues(directory)], name)).rows[0]
    : undefined;
  if (row === undefined) throw notFound("User", id);
  return row;
}

export async function findUserByName({ database }: Services, directory: Directory, userName: string) {
  const values = [directory.id, userName.toLowerCase(), ...liveValues(directory)];
  const { rows } = await database.sql.query<UserRow>(SQL.FIND_USER_BY_NAME, values, "scim_find_user_by_name");
  return rows[0];
}

/** Whether the id is that of a user of this directory. */
export async function userExists({ database }: Services, directory: Directory, id: string): Promise<boolean> {
  if (!isId(id)) return false;
  return (await database.sql.query(SQL.USER_EXISTS, [id, directory.id], "scim_user_exists")).rowCount === 1;
}

/** Stores a new user; false when its userName is taken in this directory, and then nothing has changed. */
export async function insertUser(
  { database }: Services,
  request: ScimRequest,
  id: string,
  columns: UserColumns,
  answer: Answer,
): Promise<boolean> {
  const values = [
    ...journalValues(request, answer),
    id,
    ...valuesOf(columns),
    ...liveValues(request.directory),
  ];
  if ((await database.sql.query(SQL.CREATE_USER, values, "scim_create_user")).rowCount === 1) return true;
  await requireLive(database.sql, request.directory);
  return false;
}

/**
 * Stores a user as changed from `version`; false when it is no longer of that version, and then nothing has changed.
 * 409 uniqueness when the new userName is another user's.
 */
export async function updateUser(
  { database }: Services,
  request: ScimRequest,
  user: { readonly id: string; readonly version: number; readonly changed: readonly string[] },
  columns: UserColumns,
  answer: Answer,
): Promise<boolean> {
  const values = [
    ...journalValues(request, answer),
    user.id,
    ...valuesOf(columns),
    user.version,
    JSON.stringify(user.changed),
    ...liveValues(request.directory),
  ];
  try {
    if ((await database.sql.query(SQL.UPDATE_USER, values, "scim_update_user")).rowCount === 1) return true;
  } catch (error) {
    throw isUniqueViolation(error) ? userNameTaken(columns.userName) : error;
  }
  await requireLive(database.sql, request.directory);
  return false;
}

/** Marks a user as deleted, free of its name and its groups. 404 when there is none, 412 against If-Match. */
export async function deleteUser({ database }: Services, request: ScimRequest, id: string): Promise<void> {
  if (!isId(id)) throw notFound("User", id);
  await retryDeadlock(() =>
    database.transaction(async (sql) => {
      const locked = await sql.query<{ version: number }>(
        SQL.LOCK_USER,
        [id, request.directory.id, ...liveValues(request.directory)],
        "scim_lock_user",
      );
      const version = locked.rows[0]?.version;
      if (version === undefined) {
        await requireLive(sql, request.directory);
        throw notFound("User", id);
      }
      requireMatch(request.ifMatch, version);
      await sql.query(SQL.DELETE_USER, [...journalValues(request, { status: 204 }), id], "scim_delete_user");
    }),
  );
}

export function userNameTaken(userName: string): ScimError {
  return new ScimError(409, `A user with the userName ${quoted(userName)} exists in this directory.`, {
    scimType: "uniqueness",
  });
}

function valuesOf(columns: UserColumns): unknown[] {
  return [
    columns.userName,
    columns.userName.toLowerCase(),
    columns.externalId,
    columns.active,
    columns.email,
    JSON.stringify(columns.resource),
  ];
}
