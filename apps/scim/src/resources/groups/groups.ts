import { isDeepStrictEqual } from "node:util";
import { newId } from "@sallyport/database";
import { applyOperations } from "../../patch/apply.ts";
import { type Operation, parseOperations } from "../../patch/operation.ts";
import { badRequest, quoted } from "../../protocol/error.ts";
import { etagOf, namesVersion } from "../../protocol/etag.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import { isObject, type JsonObject, member } from "../../protocol/json.ts";
import { parseAttributes, parseListQuery, parseSearch } from "../../protocol/list-query.ts";
import { type Projection, projectionOf } from "../../protocol/projection.ts";
import { inSlices } from "../../protocol/slices.ts";
import { Reading } from "../../quirks/reading.ts";
import { bounded, requireReadable } from "../../schema/bounds.ts";
import { normalizeResource } from "../../schema/normalize.ts";
import { withoutCoreContainer } from "../../schema/resource-type.ts";
import { listOf } from "../list/list.ts";
import { locationOf, type Services } from "../services.ts";
import { columnsOf, documentOf, type GroupColumns, type GroupRow, renderGroup } from "./document.ts";
import { type MemberChange, membersIn, splitMembers } from "./members.ts";
import { changeMembers, deleteGroup, findGroup, findMembers, insertGroup, updateGroup } from "./store.ts";
import { GROUPS } from "./table.ts";

/** POST /Groups (RFC 7644 §3.3). */
export async function create(services: Services, request: ScimRequest): Promise<ScimResponse> {
  const { directory } = request;
  const reading = new Reading(directory.quirks);
  const columns = boundedColumns(readColumns(request, reading), {}, reading);
  const memberIds = await readMembers(request);
  const { shown, missing } = await findMembers(services, directory, memberIds);
  noteMissing(missing, reading);
  const id = newId();
  const row: GroupRow = {
    id,
    ...rowOf(columns),
    version: 1,
    created_at: request.receivedAt,
    last_modified: request.receivedAt,
    ...shown,
  };
  const response = { ...respond(services, request, row, 201), notes: reading.notes };
  await insertGroup(services, request, id, columns, memberIds, missing, response);
  services.requestReconcile(directory.organizationId);
  return response;
}

/** GET /Groups (RFC 7644 §3.4.2). */
export function list(services: Services, request: ScimRequest): Promise<ScimResponse> {
  return listOf(services, request, GROUPS, parseListQuery(request.query));
}

/** POST /Groups/.search (RFC 7644 §3.4.3). */
export function search(services: Services, request: ScimRequest): Promise<ScimResponse> {
  return listOf(services, request, GROUPS, parseSearch(request.body));
}

/** GET /Groups/{id} (RFC 7644 §3.4.1). */
export async function get(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const row = await findGroup(services, request.directory, id, projectionFor(request).wants("members"));
  if (request.ifNoneMatch !== undefined && namesVersion(request.ifNoneMatch, row.version)) {
    return { status: 304, headers: { ETag: etagOf(row.version) } };
  }
  return respond(services, request, row, 200);
}

/** PUT /Groups/{id} (RFC 7644 §3.5.1). */
export async function replace(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const { directory } = request;
  const reading = new Reading(directory.quirks);
  const given = readColumns(request, reading);
  const memberIds = await readMembers(request);
  const { shown, missing } = await findMembers(services, directory, memberIds);
  noteMissing(missing, reading);
  requireNotItself(id, memberIds);
  const change = { clear: true, add: memberIds, remove: new Set<string>() };
  let response: ScimResponse | undefined;
  const { row, changed } = await updateGroup(services, request, id, memberIds, async (before) => {
    const attempt = reading.copy();
    const columns = boundedColumns(keepExternalId(given, before, request), before.resource, attempt);
    const after = {
      ...before,
      ...rowOf(columns),
      version: before.version + 1,
      last_modified: request.receivedAt,
    };
    response = { ...respond(services, request, { ...after, ...shown }, 200), notes: attempt.notes };
    return {
      columns,
      names: changedNames(before, columns),
      members: change,
      response,
    };
  });
  // A member that is not here by its id may be by its externalId: the reconciler looks.
  if (changed || missing.length > 0) {
    services.requestReconcile(directory.organizationId);
  }
  if (!changed || response === undefined) {
    return { ...respond(services, request, { ...row, ...shown }, 200), notes: reading.notes };
  }
  return response;
}

/**
 * PATCH /Groups/{id} (RFC 7644 §3.5.2). Answers 204, unless `attributes` ask for what to response (§3.5.2): a group of
 * 100,000 members is not read to add one.
 */
export async function patch(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  const { directory } = request;
  const reading = new Reading(directory.quirks);
  const operations = await inSlices(parseOperations(request.body, reading));
  const { members, others } = await inSlices(splitMembers(directory.groups, operations, directory.quirks));
  requireReadable(others);
  requireNotItself(id, members.add);
  // Adds alone, or removes alone, come to the same in whatever order concurrent requests take.
  const isSimple =
    others.length === 0 && !members.clear && (members.add.size === 0 || members.remove.size === 0);
  const simple = isSimple ? await changeMembers(services, request, id, members, reading) : undefined;
  const outcome =
    simple === undefined
      ? await patchLocked(services, request, id, members, others, reading)
      : { ...simple, notes: reading.notes, hasPending: false };
  if (outcome.changed || outcome.hasPending) {
    services.requestReconcile(directory.organizationId);
  }
  if (!request.query.has("attributes")) {
    return { status: 204, headers: { ETag: etagOf(outcome.version) }, notes: outcome.notes };
  }
  return { ...(await get(services, { ...request, ifNoneMatch: undefined }, id)), notes: outcome.notes };
}

/** DELETE /Groups/{id} (RFC 7644 §3.6). */
export async function remove(services: Services, request: ScimRequest, id: string): Promise<ScimResponse> {
  await deleteGroup(services, request, id);
  services.requestReconcile(request.directory.organizationId);
  return { status: 204 };
}

async function patchLocked(
  services: Services,
  request: ScimRequest,
  id: string,
  members: MemberChange,
  others: readonly Operation[],
  reading: Reading,
): Promise<Patched> {
  const { directory } = request;
  const alone = !members.clear && members.add.size === 0 && members.remove.size === 0;
  let notes: Patched["notes"];
  let hasPending = false;
  const { row, changed } = await updateGroup(services, request, id, members.add, async (before, missing) => {
    const attempt = reading.copy();
    noteMissing(missing, attempt);
    hasPending = missing.length > 0;
    const operations = applyOperations(directory.groups, documentOf(before), others, attempt, alone);
    const columns = boundedColumns(columnsOf(await inSlices(operations)), before.resource, attempt);
    notes = attempt.notes;
    return { columns, names: changedNames(before, columns), members, response: { status: 204, notes } };
  });
  return { version: changed ? row.version + 1 : row.version, changed, hasPending, notes };
}

interface Patched {
  readonly version: number;
  readonly changed: boolean;
  /** Members were named that are not here by their id. They may be by their externalId: the reconciler looks. */
  readonly hasPending: boolean;
  readonly notes: readonly string[] | undefined;
}

function boundedColumns(columns: GroupColumns, before: JsonObject, reading: Reading): GroupColumns {
  return { ...columns, resource: bounded(columns.resource, before, reading) };
}

function readColumns(request: ScimRequest, reading: Reading): GroupColumns {
  const { directory } = request;
  const body = bodyOf(request);
  // Members are ids for SQL, not part of the document.
  const input = isObject(body)
    ? Object.fromEntries(Object.entries(body).filter(([key]) => key.toLowerCase() !== "members"))
    : body;
  return columnsOf(normalizeResource(directory.groups, input, reading));
}

function readMembers(request: ScimRequest): Promise<ReadonlySet<string>> {
  const body = bodyOf(request);
  return inSlices(membersIn(isObject(body) ? member(body, "members") : undefined));
}

function bodyOf({ directory, body }: ScimRequest): unknown {
  return isObject(body) ? withoutCoreContainer(directory.groups, body, directory.quirks) : body;
}

/** Members that are not here are kept until they come, and named in the request log; to the letter they are an error. */
function noteMissing(missing: readonly string[], reading: Reading): void {
  const [first] = missing;
  if (first === undefined) {
    return;
  }
  if (!reading.has("missingMembersArePending")) {
    throw badRequest("invalidValue", `members: the directory has no user and no group ${quoted(first)}.`);
  }
  for (const value of missing) {
    reading.note(`members: ${quoted(value)} is not here; it becomes a member when it comes.`);
  }
}

function requireNotItself(id: string, memberIds: ReadonlySet<string>): void {
  if (memberIds.has(id)) {
    throw badRequest("invalidValue", "A group cannot be a member of itself.");
  }
}

function keepExternalId(given: GroupColumns, before: GroupRow, { directory }: ScimRequest): GroupColumns {
  return given.externalId === null && directory.quirks.has("putKeepsExternalId")
    ? { ...given, externalId: before.external_id }
    : given;
}

function rowOf(columns: GroupColumns) {
  return {
    display_name: columns.displayName,
    external_id: columns.externalId,
    resource: columns.resource,
  };
}

function changedNames(before: GroupRow, columns: GroupColumns): string[] {
  const { displayName, externalId, resource } = columns;
  const after: JsonObject = { ...(externalId === null ? {} : { externalId }), displayName, ...resource };
  const old = documentOf(before);
  return [...new Set([...Object.keys(old), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(old[name], after[name]),
  );
}

function respond(services: Services, request: ScimRequest, row: GroupRow, status: number): ScimResponse {
  const { directory } = request;
  return {
    status,
    body: projectionFor(request).apply(renderGroup(row, directory, services)),
    headers: { ETag: etagOf(row.version), Location: locationOf(services, directory, "Groups", row.id) },
  };
}

function projectionFor({ directory, query }: ScimRequest): Projection {
  const { attributes, excludedAttributes } = parseAttributes(query);
  return projectionOf(directory.groups, attributes, excludedAttributes, directory.quirks);
}
