import type { Directory } from "../directory/directory.ts";
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
  /** Answered as it would be, and nothing changed. */
  readonly dryRun: boolean;
  readonly receivedAt: Date;
  /** `performance.now()` at receipt. */
  readonly startedAt: number;
}

export interface ScimResponse {
  readonly status: number;
  readonly body?: JsonObject;
  /** The body as text, in pieces: of a dry run, whose rows are gone when it is written. */
  readonly text?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What was left out of what the request asked for, and why: for the request log. */
  readonly notes?: readonly string[] | undefined;
  /** A server was away: nothing can be told, and the same may be sent again later. */
  readonly unavailable?: boolean;
}
