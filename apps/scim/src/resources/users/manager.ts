import type { Directory } from "../../directory/directory.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import { ENTERPRISE_SCHEMA } from "../../schema/user.ts";
import type { Services } from "../services.ts";
import { findUserBy } from "./store.ts";

/**
 * The id of the user whom a resource names as the manager: by id, as RFC 7643 §4.3 has it, or by externalId or userName,
 * as clients send who do not know the id. Null where it names nobody, or nobody yet: it is stored as it was given, and
 * found by every later read.
 */
export async function findManager(
  services: Services,
  directory: Directory,
  resource: JsonObject,
): Promise<string | null> {
  const given = managerIn(resource);
  return given === undefined ? null : findUserBy(services, directory, given);
}

export function isSameManager(one: JsonObject, other: JsonObject): boolean {
  return managerIn(one) === managerIn(other);
}

function managerIn(resource: JsonObject): string | undefined {
  const enterprise = resource[ENTERPRISE_SCHEMA.id];
  const manager = isJsonObject(enterprise) ? enterprise.manager : undefined;
  const value = isJsonObject(manager) ? manager.value : undefined;
  return typeof value === "string" ? value : undefined;
}
