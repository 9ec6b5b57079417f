import type { WorkerServices } from "../../services.ts";
import { findDirtyOrganizations } from "./dirty-organizations.ts";

/** Requests a reconciliation of every organization that has been waiting, and the logouts and the metadata that are due. */
export async function sweep(services: WorkerServices): Promise<void> {
  const { database, now, requestReconcile, requestLogout, requestMetadata } = services;
  for (const organizationId of await findDirtyOrganizations(database.sql, now())) {
    requestReconcile(organizationId);
  }
  requestLogout();
  requestMetadata();
}
