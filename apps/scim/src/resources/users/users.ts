import { isDeepStrictEqual } from "node:util";
import { newId } from "@sallyport/database";
import { applyOperations } from "../../patch/apply.ts";
import { parseOperations } from "../../patch/operation.ts";
import { ScimError } from "../../protocol/error.ts";
import { etagOf, namesVersion, requireMatch } from "../../protocol/etag.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { parseAttributes, parseListQuery, parseSearch } from "../../protocol/list-query.ts";
import { type Projection, projectionOf } from "../../protocol/projection.ts";
import { inSlices } from "../../protocol/slices.ts";
import { Reading } from "../../quirks/reading.ts";
import { bounded, requireReadable } from "../../schema/bounds.ts";
import { normalizeResource } from "../../schema/normalize.ts";
import { listOf } from "../list/list.ts";
import { locationOf, type Services } from "../services.ts";
import { columnsOf, documentOf, renderUser, type UserColumns, type UserRow } from "./document.ts";
import { findManager, isSameManager } from "./manager.ts";
import { deleteUser, findUser, findUserByName, insertUser, updateUser, userNameTaken } from "./store.ts";
import { USERS } from "./table.ts";

/** POST /Users (RFC 7644 §3.3). */
export async function create(services: Services, request: ScimRequest): Promise<ScimResponse> {
  const { directory } = request;
  const reading = new Reading(directory.quirks);
  const document = normalizeResource(directory.users, request.body, reading);
  const columns = boundedColumns(columnsOf(document, true), {}, reading);
  const id = newId();
  const row: UserRow = {
    id,
    ...rowOf(columns),
    version: 1,
    created_at: request.receivedAt,
    last_modified: request.receivedAt,
    manager_id: await findManager(services, directory, columns.resource),
  };
  const response = { ...respond(services, request, row, 201), notes: reading.notes };
  if (await insertUser(services, request, id, columns, response)) {
    services.requestReconcile(directory.organizationId);
    return response;
  }
  return revive(services, request, document, reading);
}

/** GET /Users (RFC 7644 §3.4.2). */
export function list(services: Services, request: ScimRequest): Promise<ScimResponse> {
  return listOf(services, request, USERS, parseListQuery(request.query));
}

/** POST /Users/.search (RFC 7644 §3.4.3). */
export function search(services: Services, request: ScimRequest): Promise<ScimResponse> {
  return listOf(services, request, USERS, parseSearch(request.body));
}

/** GET /Users/{id} (RFC 7644 §3.4.1). */
export async function get(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const projection = projectionFor(request);
  const row = await findUser(services, request.directory, id, projection.wants("groups"));
  if (request.ifNoneMatch !== undefined && namesVersion(request.ifNoneMatch, row.version)) {
    return { status: 304, headers: { ETag: etagOf(row.version) } };
  }
  return respond(services, request, row, 200);
}

/** PUT /Users/{id} (RFC 7644 §3.5.1). */
export async function replace(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const { directory } = request;
  const reading = new Reading(directory.quirks);
  const given = normalizeResource(directory.users, request.body, reading);
  return change(services, request, id, reading, (row) => replaced(row, given, request));
}

/** PATCH /Users/{id} (RFC 7644 §3.5.2). */
export async function patch(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const { directory } = request;
  const reading = new Reading(directory.quirks);
  const operations = await inSlices(parseOperations(request.body, reading));
  requireReadable(operations);
  return change(services, request, id, reading, (row, attempt) =>
    inSlices(applyOperations(directory.users, documentOf(row), operations, attempt)),
  );
}

/** DELETE /Users/{id} (RFC 7644 §3.6). */
export async function remove(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  await deleteUser(services, request, id);
  services.requestReconcile(request.directory.organizationId);
  return { status: 204 };
}

/**
 * Reads, changes and stores: again and again while others store between. Each such round means that another write
 * got through, so it ends; the bound is against what we have not thought of.
 */
async function change(
  services: Services,
  request: ScimRequest,
  id: string,
  reading: Reading,
  changed: (row: UserRow, reading: Reading) => JsonObject | Promise<JsonObject>,
): Promise<ScimResponse> {
  const withGroups = projectionFor(request).wants("groups");
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const row = await findUser(services, request.directory, id, withGroups);
    requireMatch(request.ifMatch, row.version);
    const attempt = reading.copy();
    const response = await store(services, request, row, await changed(row, attempt), attempt, 200);
    if (response !== undefined) {
      return response;
    }
  }
  throw new ScimError(503, "The user is being changed by too many requests at once. Retry.", {
    headers: { "Retry-After": "1" },
  });
}

const MAX_ROUNDS = 200;

/** Stores what differs from the row; undefined when the row is no longer what it was. */
async function store(
  services: Services,
  request: ScimRequest,
  row: UserRow,
  document: JsonObject,
  reading: Reading,
  status: number,
): Promise<ScimResponse | undefined> {
  const columns = boundedColumns(columnsOf(document, row.active), row.resource, reading);
  const after = { ...row, ...rowOf(columns) };
  const names = changedNames(documentOf(row), documentOf(after));
  // RFC 7644 §3.5.2.1: what changes nothing does not change lastModified either.
  if (names.length === 0) {
    return { ...respond(services, request, row, status), notes: reading.notes };
  }
  const stored = {
    ...after,
    version: row.version + 1,
    last_modified: request.receivedAt,
    manager_id: isSameManager(row.resource, columns.resource)
      ? row.manager_id
      : await findManager(services, request.directory, columns.resource),
  };
  const response = { ...respond(services, request, stored, status), notes: reading.notes };
  if (!(await updateUser(services, request, row, names, columns, response))) {
    return undefined;
  }
  services.requestReconcile(request.directory.organizationId);
  return response;
}

/** What a POST finds whose userName is taken: 409, or the deactivated user of that name where its client means that. */
async function revive(
  services: Services,
  request: ScimRequest,
  document: JsonObject,
  reading: Reading,
): Promise<ScimResponse> {
  const { directory } = request;
  const userName = String(document.userName);
  if (!directory.quirks.has("postRevivesDeactivated")) {
    throw userNameTaken(userName);
  }
  const row = await findUserByName(services, directory, userName);
  if (row === undefined || row.active) {
    throw userNameTaken(userName);
  }
  const { externalId } = document;
  if (row.external_id !== null && externalId !== undefined && externalId !== row.external_id) {
    throw userNameTaken(userName);
  }
  const given = { ...document, active: document.active ?? true };
  const response = await store(services, request, row, replaced(row, given, request), reading, 201);
  if (response === undefined) {
    throw userNameTaken(userName);
  }
  return response;
}

function replaced(row: UserRow, given: JsonObject, { directory }: ScimRequest): JsonObject {
  const kept: JsonObject = {};
  // A PUT that does not speak of `active` never lets a suspended user in again.
  if (given.active === undefined) {
    kept.active = row.active;
  }
  if (
    given.externalId === undefined &&
    row.external_id !== null &&
    directory.quirks.has("putKeepsExternalId")
  ) {
    kept.externalId = row.external_id;
  }
  return { ...given, ...kept };
}

function respond(services: Services, request: ScimRequest, row: UserRow, status: number): ScimResponse {
  const { directory } = request;
  return {
    status,
    body: projectionFor(request).apply(renderUser(row, directory, services)),
    headers: {
      ETag: etagOf(row.version),
      Location: locationOf(services, directory, "Users", row.id),
    },
  };
}

function projectionFor({ directory, query }: ScimRequest): Projection {
  const { attributes, excludedAttributes } = parseAttributes(query);
  return projectionOf(directory.users, attributes, excludedAttributes, directory.quirks);
}

function rowOf({ userName, externalId, active, resource }: UserColumns) {
  return { user_name: userName, external_id: externalId, active, resource };
}

function boundedColumns(columns: UserColumns, before: JsonObject, reading: Reading): UserColumns {
  return { ...columns, resource: bounded(columns.resource, before, reading) };
}

function changedNames(before: JsonObject, after: JsonObject): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
