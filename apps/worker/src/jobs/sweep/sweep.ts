import { findFreeSeats, lockPeople, offerSeats } from "@sallyport/people";
import type { WorkerServices } from "../../services.ts";
import { findDirtyOrganizations } from "./dirty-organizations.ts";

/** Requests a reconciliation of every organization that has been waiting, and those with free seats for
 * whom somebody waits, the logouts and the metadata that are due. */
export async function sweep(services: WorkerServices): Promise<void> {
  const { database, now, requestReconcile, requestLogout, requestMetadata } = services;
  for (const organizationId of await findDirtyOrganizations(database.sql, now())) {
    requestReconcile(organizationId);
  }
  for (const organizationId of await findFreeSeats(database.sql)) {
    await database.transaction(async (sql) => {
      await lockPeople(sql, organizationId);
      await offerSeats(sql, organizationId, now());
    });
    requestReconcile(organizationId);
  }
  requestLogout();
  requestMetadata();
}
