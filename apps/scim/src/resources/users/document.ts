import { emailValues } from "@sallyport/directories";
import { canonicalAddress, type Identifier, identifiersOf as identifiersOfUser } from "@sallyport/people";
import type { Directory } from "../../directory/directory.ts";
import { etagOf } from "../../protocol/etag.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { ENTERPRISE_SCHEMA } from "../../schema/user.ts";
import { locationOf, type Services } from "../services.ts";

/** A row of directory_users, as the SCIM server reads it. */
export interface UserRow {
  readonly id: string;
  readonly user_name: string;
  readonly external_id: string | null;
  readonly active: boolean;
  readonly resource: JsonObject;
  readonly version: number;
  readonly created_at: Date;
  readonly last_modified: Date;
  /** The user that the manager attribute refers to; null for none. */
  readonly manager_id?: string | null | undefined;
  /** [id, displayName, whether the user is a member itself] of each group; null for none, absent when they were not asked for. */
  readonly groups?: readonly (readonly [id: string, display: string, direct: boolean])[] | null;
}

/** What a document becomes in the columns of directory_users. */
export interface UserColumns {
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** The primary, or else the first email, canonical; null when it is no address. */
  readonly email: string | null;
  readonly resource: JsonObject;
}

/** The part of a user that a client can write: what PATCH works on. */
export function documentOf(row: UserRow): JsonObject {
  const document: JsonObject = { userName: row.user_name, ...row.resource, active: row.active };
  if (row.external_id !== null) {
    document.externalId = row.external_id;
  }
  return document;
}

/** @param whether a user is active of whom the document does not say so */
export function columnsOf(document: JsonObject, activeByDefault: boolean): UserColumns {
  const { userName, externalId, active, ...resource } = document;
  return {
    userName: String(userName),
    externalId: typeof externalId === "string" ? externalId : null,
    active: typeof active === "boolean" ? active : activeByDefault,
    email: emailOf(resource.emails),
    resource,
  };
}

/** The identifiers by which the directory knows the user of a row, or of its new state: a login must not bypass a deactivation. */
export function identifiersOf(user: {
  readonly userName: string;
  readonly externalId: string | null;
  readonly resource: JsonObject;
}): Identifier[] {
  const { userName, externalId, resource } = user;
  return identifiersOfUser({ userName, externalId, emails: emailValues(resource.emails) });
}

/** The SCIM resource of a row: RFC 7643 §4.1. */
export function renderUser(row: UserRow, directory: Directory, services: Services): JsonObject {
  const location = locationOf(services, directory, "Users", row.id);
  const extensions = directory.users.extensions.filter((schema) => Object.hasOwn(row.resource, schema.id));
  const result: JsonObject = {
    schemas: [directory.users.schema.id, ...extensions.map((schema) => schema.id)],
    id: row.id,
    ...documentOf(row),
  };
  const enterprise = row.resource[ENTERPRISE_SCHEMA.id];
  if (isJsonObject(enterprise)) {
    result[ENTERPRISE_SCHEMA.id] = withManagerRef(enterprise, row, directory, services);
  }
  if (row.groups !== undefined && row.groups !== null && row.groups.length > 0) {
    result.groups = row.groups.map(([id, display, direct]) => ({
      value: id,
      $ref: locationOf(services, directory, "Groups", id),
      display,
      type: direct ? "direct" : "indirect",
    }));
  }
  result.meta = {
    resourceType: "User",
    created: row.created_at.toISOString(),
    lastModified: row.last_modified.toISOString(),
    location,
    version: etagOf(row.version),
  };
  return result;
}

function withManagerRef(
  enterprise: JsonObject,
  { manager_id: id }: UserRow,
  directory: Directory,
  services: Services,
): JsonObject {
  const { manager } = enterprise;
  if (!isJsonObject(manager) || id === null || id === undefined) {
    return enterprise;
  }
  return { ...enterprise, manager: { ...manager, $ref: locationOf(services, directory, "Users", id) } };
}

function emailOf(emails: Json | undefined): string | null {
  if (!Array.isArray(emails)) {
    return null;
  }
  const objects = emails.filter(isJsonObject);
  const email = objects.find((element) => element.primary === true)?.value ?? objects[0]?.value;
  return typeof email === "string" ? canonicalAddress(email) : null;
}
