import { z } from "zod";
import { badRequest, ScimError } from "../../protocol/error.ts";
import { isObject, member } from "../../protocol/json.ts";
import { MAX_BULK_OPERATIONS } from "../../protocol/limits.ts";

const BULK_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATH = /^\/(Users|Groups)(?:\/([^/?#]+))?$/;

const shape = z.object({
  method: z.string().max(20),
  path: z.string().max(500),
  bulkId: z.string().min(1).max(200).optional(),
  version: z.string().max(2_000).optional(),
  data: z.unknown().optional(),
});

/** One operation of a bulk request: RFC 7644 §3.7. */
export interface BulkOperation {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly endpoint: "Users" | "Groups";
  /** The resource's id, or `bulkId:…`; undefined for a POST. */
  readonly id: string | undefined;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: unknown;
}

export interface BulkRequest {
  /** An operation that could not be read is its error: it fails alone. */
  readonly operations: readonly (BulkOperation | ScimError)[];
  /** After so many errors the rest is not attempted. */
  readonly failOnErrors: number;
}

export function parseBulk(body: unknown): BulkRequest {
  if (!isObject(body)) {
    throw badRequest("invalidSyntax", "The body must be a JSON object.");
  }
  const schemas = member(body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(BULK_SCHEMA)) {
    throw badRequest("invalidSyntax", `schemas must be an array that holds ${JSON.stringify(BULK_SCHEMA)}.`);
  }
  const operations = member(body, "Operations");
  if (!Array.isArray(operations)) {
    throw badRequest("invalidSyntax", "Operations must be an array.");
  }
  if (operations.length > MAX_BULK_OPERATIONS) {
    throw new ScimError(413, `A bulk request holds at most ${MAX_BULK_OPERATIONS} operations.`);
  }
  return {
    operations: operations.map((operation, index) => parseOperation(operation, `Operations[${index}]`)),
    failOnErrors: parseLimit(member(body, "failOnErrors")),
  };
}

function parseLimit(value: unknown): number {
  if (value === undefined || value === null) {
    return Number.POSITIVE_INFINITY;
  }
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) {
    return value;
  }
  throw badRequest("invalidValue", "failOnErrors must be an integer of at least 1.");
}

function parseOperation(input: unknown, where: string): BulkOperation | ScimError {
  const parsed = shape.safeParse(input);
  if (!parsed.success) {
    return badRequest("invalidSyntax", `${where} must have a method and a path, as strings, and short ones.`);
  }
  const { bulkId, version, data, path } = parsed.data;
  const method = methodOf(parsed.data.method);
  if (method === undefined) {
    return badRequest("invalidSyntax", `${where}.method must be POST, PUT, PATCH or DELETE.`);
  }
  const [, endpoint, id] = PATH.exec(path) ?? [];
  if (endpoint !== "Users" && endpoint !== "Groups") {
    return badRequest(
      "invalidPath",
      `${where}.path must be /Users or /Groups, with an id behind it but for POST.`,
    );
  }
  if ((method === "POST") !== (id === undefined)) {
    return badRequest("invalidPath", `${where}.path: a POST has no id, all others have one.`);
  }
  if (method === "POST" && bulkId === undefined) {
    return badRequest("invalidSyntax", `${where}.bulkId is required for POST.`);
  }
  return { method, endpoint, id, bulkId, version, data };
}

function methodOf(text: string): BulkOperation["method"] | undefined {
  const method = text.toUpperCase();
  return method === "POST" || method === "PUT" || method === "PATCH" || method === "DELETE"
    ? method
    : undefined;
}
