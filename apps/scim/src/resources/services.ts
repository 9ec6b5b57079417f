import type { Directory } from "../directory/directory.ts";
import type { ScimRequest, ScimResponse } from "../protocol/exchange.ts";
import type { Statements } from "../storage/statements.ts";

/** What the resources work with. */
export interface Services {
  readonly statements: Statements;
  /** `https://host/scim/v2`: `meta.location` and `$ref` stand below it. */
  readonly baseUrl: string;
  /** Called behind each committed change. Never throws, never blocks. */
  requestReconcile(organizationId: string): void;
}

/** What one endpoint does with one method. `id` is the resource's, where the path has one. */
export type Action = (
  services: Services,
  request: ScimRequest,
  id: string,
) => Promise<ScimResponse> | ScimResponse;

/** The URI of a resource. */
export function locationOf(services: Services, directory: Directory, endpoint: string, id: string): string {
  return `${services.baseUrl}/${directory.id}/${endpoint}/${id}`;
}
