import { newId } from "@sallyport/database";
import { journalValues, type PushedChange } from "@sallyport/directories/push";
import type { Directory } from "../directory/directory.ts";
import { rowText } from "../log/row.ts";
import type { ScimRequest, ScimResponse } from "../protocol/exchange.ts";
import type { JsonObject } from "../protocol/json.ts";

/** A request that writes, and what comes of it when it does. */
export interface Entry extends PushedChange {
  readonly request: ScimRequest;
  readonly response: ScimResponse;
  readonly columns?: JsonObject;
}

/**
 * The first values of a writing statement.
 * @param entries of the directory: at least one
 */
export function entryValues(directory: Directory, entries: readonly Entry[]): unknown[] {
  return journalValues(directory, entries.map(rowOf));
}

function rowOf({ request, response, resourceId, columns }: Entry, n: number): string {
  const more = {
    n,
    resource_id: resourceId,
    at: request.receivedAt,
    log_id: newId(),
    event_id: newId(),
    ip: request.ip,
    ...columns,
  };
  return rowText(request, response, more);
}
