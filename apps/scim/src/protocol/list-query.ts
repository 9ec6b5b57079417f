import { badRequest, quoted } from "./error.ts";
import { isObject, isStorable, member } from "./json.ts";
import { MAX_PROJECTED_NAMES } from "./limits.ts";

export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1000;
// What PostgreSQL takes as an OFFSET is more; no directory is.
const MAX_START = 2 ** 31;
const SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** RFC 7644 §3.4.2 and RFC 9865 §2: what a list or a search asks for. */
export interface ListQuery {
  readonly filter: string | undefined;
  readonly sortBy: string | undefined;
  readonly descending: boolean;
  readonly startIndex: number;
  readonly count: number;
  /** "" asks for the first page by cursor; undefined for paging by index. */
  readonly cursor: string | undefined;
  readonly attributes: readonly string[];
  readonly excludedAttributes: readonly string[];
}

export function parseListQuery(parameters: URLSearchParams): ListQuery {
  const get = (name: string) => textParameter(parameters, name);
  const cursor = get("cursor");
  const { attributes, excludedAttributes } = parseAttributes(parameters);
  return build({
    filter: get("filter"),
    sortBy: get("sortBy"),
    sortOrder: get("sortOrder"),
    startIndex: integer(get("startIndex"), "startIndex", "invalidValue"),
    count: integer(get("count"), "count", cursor === undefined ? "invalidValue" : "invalidCount"),
    cursor,
    attributes,
    excludedAttributes,
  });
}

/** The body of POST /.search (RFC 7644 §3.4.3). */
export function parseSearch(body: unknown): ListQuery {
  if (!isObject(body)) {
    throw badRequest("invalidSyntax", "The body must be a JSON object.");
  }
  const schemas = member(body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(SEARCH_SCHEMA)) {
    throw badRequest(
      "invalidSyntax",
      `schemas must be an array that holds ${JSON.stringify(SEARCH_SCHEMA)}.`,
    );
  }
  return build({
    filter: textMember(body, "filter"),
    sortBy: textMember(body, "sortBy"),
    sortOrder: textMember(body, "sortOrder"),
    startIndex: integerMember(body, "startIndex"),
    count: integerMember(body, "count"),
    cursor: textMember(body, "cursor"),
    attributes: listMember(body, "attributes"),
    excludedAttributes: listMember(body, "excludedAttributes"),
  });
}

/** `attributes` and `excludedAttributes`, which every method takes (RFC 7644 §3.9). */
export function parseAttributes(parameters: URLSearchParams) {
  const get = (name: string) => atMost(names(textParameter(parameters, name)), name);
  return { attributes: get("attributes"), excludedAttributes: get("excludedAttributes") };
}

interface Raw {
  readonly filter: string | undefined;
  readonly sortBy: string | undefined;
  readonly sortOrder: string | undefined;
  readonly startIndex: number | undefined;
  readonly count: number | undefined;
  readonly cursor: string | undefined;
  readonly attributes: readonly string[];
  readonly excludedAttributes: readonly string[];
}

function build(raw: Raw): ListQuery {
  const { sortOrder, startIndex, count } = raw;
  const cursor = raw.cursor === "" && startIndex !== undefined ? undefined : raw.cursor;
  if (cursor !== undefined && startIndex !== undefined) {
    throw badRequest("invalidValue", "startIndex and cursor cannot be combined: page by one of them.");
  }
  const order = sortOrder?.toLowerCase() ?? "ascending";
  if (order !== "ascending" && order !== "descending") {
    throw badRequest("invalidValue", "sortOrder must be ascending or descending.");
  }
  return {
    filter: raw.filter,
    sortBy: raw.sortBy,
    cursor,
    attributes: raw.attributes,
    excludedAttributes: raw.excludedAttributes,
    descending: order === "descending",
    // RFC 7644 §3.4.2.4: below 1 means 1, a negative count means 0.
    startIndex: Math.min(Math.max(startIndex ?? 1, 1), MAX_START),
    count: Math.min(Math.max(count ?? DEFAULT_PAGE, 0), MAX_PAGE),
  };
}

function textParameter(parameters: URLSearchParams, name: string): string | undefined {
  const values = new Set(parameters.getAll(name));
  if (values.size > 1) {
    throw badRequest("invalidValue", `${name} is sent twice, with other values. Send it once.`);
  }
  return checked(values.values().next().value, name);
}

function textMember(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = member(body, name);
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== "string") {
    throw badRequest("invalidValue", `${name} must be a string.`);
  }
  return name !== "cursor" && value.trim() === "" ? undefined : checked(value, name);
}

function checked(value: string | undefined, name: string): string | undefined {
  if (value !== undefined && !isStorable(value)) {
    throw badRequest("invalidValue", `${name} holds NUL or half of a surrogate pair.`);
  }
  return value;
}

function integerMember(body: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = member(body, name);
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === "string") {
    return value.trim() === "" ? undefined : integer(value, name, "invalidValue");
  }
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return value;
  }
  throw badRequest("invalidValue", `${name} must be an integer.`);
}

function integer(text: string | undefined, name: string, type: "invalidValue" | "invalidCount") {
  if (text === undefined) {
    return undefined;
  }
  if (!/^\s*-?\d{1,15}\s*$/.test(text)) {
    throw badRequest(type, `${name} must be an integer, not ${quoted(text)}.`);
  }
  return Number(text);
}

function listMember(body: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = member(body, name);
  if (value === undefined || value === null) {
    return [];
  }
  const list = typeof value === "string" ? names(value) : value;
  if (!Array.isArray(list) || !list.every((item): item is string => typeof item === "string")) {
    throw badRequest("invalidValue", `${name} must be an array of strings.`);
  }
  return atMost(list, name);
}

function atMost(list: string[], name: string): string[] {
  if (list.length <= MAX_PROJECTED_NAMES) {
    return list;
  }
  throw badRequest("invalidValue", `${name} must not hold more than ${MAX_PROJECTED_NAMES} names.`);
}

function names(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
