import type { Directory } from "../../directory/directory.ts";
import { notFound } from "../../protocol/error.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import { ENTERPRISE_SCHEMA } from "../../schema/user.ts";
import type { Services } from "../services.ts";
import { userExists } from "./store.ts";

/**
 * 404 when the document names a manager who is no user of this directory (RFC 7643 §4.3: `manager.value` is an id):
 * an unknown and a foreign id alike. Of one that was there before it is not asked.
 */
export async function checkManager(
  services: Services,
  directory: Directory,
  document: JsonObject,
  before: JsonObject = {},
): Promise<void> {
  const id = managerOf(document);
  if (id === undefined || id === managerOf(before) || directory.quirks.has("managerIsFreeText")) {
    return;
  }
  if (!(await userExists(services, directory, id))) {
    throw notFound("The manager, User", id);
  }
}

function managerOf(document: JsonObject): string | undefined {
  const enterprise = document[ENTERPRISE_SCHEMA.id];
  const manager = isJsonObject(enterprise) ? enterprise.manager : undefined;
  const value = isJsonObject(manager) ? manager.value : undefined;
  return typeof value === "string" ? value : undefined;
}
