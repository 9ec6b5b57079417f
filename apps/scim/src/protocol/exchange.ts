import type { Database } from "@sallyport/database";
import type { InLane } from "../admission/lanes.ts";
import type { Directory } from "../directory/directory.ts";
import type { Read } from "../storage/read.ts";
import type { Write } from "../storage/write.ts";
import type { JsonObject } from "./json.ts";

/** One SCIM request as the resources see it: no HTTP library in sight, the directory known, the body parsed. */
export interface ScimRequest {
  readonly directory: Directory;
  /** The id under which logs and audit events know the request. */
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly method: string;
  /** Below the directory, with the query: `/Users?filter=…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly body: unknown;
  readonly receivedAt: Date;
  /** `performance.now()` at receipt. */
  readonly startedAt: number;
}

export interface ScimResponse {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** A statement that saw the directory and the token live has found or changed what this tells. */
  readonly proven?: boolean;
  /** A server was away: nothing can be told, and the same may be sent again later. */
  readonly unavailable?: boolean;
  /** The change's own transaction has written the row of the request log. */
  readonly logged?: boolean;
}

/** What the resources work with. */
export interface Services {
  readonly database: Database;
  readonly now: () => Date;
  /** `https://host/scim/v2`: `meta.location` and `$ref` stand below it. */
  readonly baseUrl: string;
  requestReconcile(organizationId: string): void;
  /** Answers a query together with those that wait. */
  readonly read: Read;
  /** Changes something together with what waits. */
  readonly write: Write;
  /** For all other work of a directory, by its id. */
  readonly inLane: InLane;
  /** Behind earlier works on the same group. */
  readonly inTurn: InLane;
}

/** The URI of a resource. */
export function locationOf(services: Services, directory: Directory, endpoint: string, id: string): string {
  return `${services.baseUrl}/${directory.id}/${endpoint}/${id}`;
}
