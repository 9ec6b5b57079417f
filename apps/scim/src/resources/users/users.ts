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
import { requireBounded, requireReadable } from "../../schema/bounds.ts";
import { normalizeResource } from "../../schema/normalize.ts";
import { listOf } from "../list/list.ts";
import { locationOf, type Services } from "../services.ts";
import { columnsOf, documentOf, renderUser, type UserRow } from "./document.ts";
import { checkManager } from "./manager.ts";
import { deleteUser, findUser, findUserByName, insertUser, updateUser, userNameTaken } from "./store.ts";
import { USERS } from "./table.ts";

/** POST /Users (RFC 7644 §3.3). */
export async function create(services: Services, request: ScimRequest): Promise<ScimResponse> {
  const { directory } = request;
  const document = normalizeResource(directory.users, request.body, directory.quirks);
  await checkManager(services, directory, document);
  const columns = columnsOf(document, true);
  requireBounded(columns.resource);
  const id = newId();
  const row: UserRow = {
    id,
    user_name: columns.userName,
    external_id: columns.externalId,
    active: columns.active,
    resource: columns.resource,
    version: 1,
    created_at: request.receivedAt,
    last_modified: request.receivedAt,
  };
  const response = respond(services, request, row, 201);
  if (await insertUser(services, request, id, columns, response)) {
    services.requestReconcile(directory.organizationId);
    return response;
  }
  return revive(services, request, document);
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
  const given = normalizeResource(directory.users, request.body, directory.quirks);
  await checkManager(services, directory, given);
  return change(services, request, id, (row) => replaced(row, given, request));
}

/** PATCH /Users/{id} (RFC 7644 §3.5.2). */
export async function patch(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const { directory } = request;
  const operations = await inSlices(parseOperations(request.body, directory.quirks));
  requireReadable(operations);
  return change(services, request, id, async (row) => {
    const before = documentOf(row);
    const after = await inSlices(applyOperations(directory.users, before, operations, directory.quirks));
    await checkManager(services, directory, after, before);
    return after;
  });
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
  changed: (row: UserRow) => JsonObject | Promise<JsonObject>,
): Promise<ScimResponse> {
  const withGroups = projectionFor(request).wants("groups");
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const row = await findUser(services, request.directory, id, withGroups);
    requireMatch(request.ifMatch, row.version);
    const response = await store(services, request, row, await changed(row), 200);
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
  status: number,
): Promise<ScimResponse | undefined> {
  const columns = columnsOf(document, row.active);
  const names = changedNames(documentOf(row), { ...document, active: columns.active });
  // RFC 7644 §3.5.2.1: what changes nothing does not change lastModified either.
  if (names.length === 0) {
    return respond(services, request, row, status);
  }
  requireBounded(columns.resource, row.resource);
  const response = respond(
    services,
    request,
    {
      ...row,
      user_name: columns.userName,
      external_id: columns.externalId,
      active: columns.active,
      resource: columns.resource,
      version: row.version + 1,
      last_modified: request.receivedAt,
    },
    status,
  );
  if (!(await updateUser(services, request, row, names, columns, response))) {
    return undefined;
  }
  services.requestReconcile(request.directory.organizationId);
  return response;
}

/** What a POST finds whose userName is taken: 409, or the deactivated user of that name where its client means that. */
async function revive(services: Services, request: ScimRequest, document: JsonObject): Promise<ScimResponse> {
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
  const response = await store(services, request, row, replaced(row, given, request), 201);
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

function changedNames(before: JsonObject, after: JsonObject): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
