import { parseBoundedJson } from "@sallyport/bounded-json";
import { badRequest, quoted, ScimError } from "../protocol/error.ts";
import { isObject, member, members } from "../protocol/json.ts";
import { MAX_BODY_DEPTH, MAX_BODY_VALUES, MAX_NAMES } from "../protocol/limits.ts";
import { Slice, type Sliced } from "../protocol/slices.ts";
import type { Reading } from "../quirks/reading.ts";
import { requireSchema } from "../schema/normalize.ts";

const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const MAX_OPERATIONS = 10_000;

/** RFC 7644 §3.5.2. `value` is as sent: the engine checks it against the attribute that it is for. */
export interface Operation {
  readonly op: "add" | "replace" | "remove";
  readonly path: string | undefined;
  readonly value: unknown;
}

/** The operations of a PATCH body, in order. `op` is read in any case: Entra capitalizes it, and no other reading exists. */
export function* parseOperations(body: unknown, reading: Reading): Sliced<Operation[]> {
  if (!isObject(body)) {
    throw badRequest("invalidSyntax", "The body must be a JSON object.");
  }
  requireSchema(body, PATCH_SCHEMA, reading);
  const operations = member(body, "Operations");
  if (!Array.isArray(operations)) {
    throw badRequest("invalidSyntax", "Operations must be an array.");
  }
  if (operations.length === 0 && !reading.has("emptyPatch")) {
    throw badRequest("invalidSyntax", "Operations must hold at least one operation.");
  }
  if (operations.length > MAX_OPERATIONS) {
    throw badRequest("tooMany", `Operations must hold at most ${MAX_OPERATIONS} operations.`);
  }
  const slice = new Slice();
  const parsed: Operation[] = [];
  let refused: ScimError | undefined;
  for (const [index, operation] of operations.entries()) {
    const read = readOperation(operation, `Operations[${index}]`, reading);
    if (read instanceof ScimError) {
      refused ??= read;
    } else {
      parsed.push(read);
    }
    if (slice.isFull(1 + (isObject(operation) ? Object.keys(operation).length : 0))) {
      yield;
    }
  }
  if (parsed.length === 0 && refused !== undefined) {
    throw refused;
  }
  return parsed;
}

/** An operation, or why it is ignored: never one that may be about `active`. */
function readOperation(input: unknown, where: string, reading: Reading): Operation | ScimError {
  try {
    return parseOperation(input, where, reading);
  } catch (error) {
    const mayBeIgnored = error instanceof ScimError && reading.has("ignoresWhatItCannotSet");
    if (!mayBeIgnored || /active/i.test(JSON.stringify(input) ?? "")) {
      throw error;
    }
    reading.note(`Ignored: ${error.message}`);
    return error;
  }
}

function parseOperation(input: unknown, where: string, reading: Reading): Operation {
  if (!isObject(input)) {
    throw badRequest("invalidSyntax", `${where} must be an object.`);
  }
  const read = members(input);
  const op = parseOp(read("op"), where);
  const path = parsePath(read("path"), where);
  const value = path === undefined ? unwrapped(read("value"), reading) : read("value");
  if (op === "remove" && path === undefined) {
    throw badRequest("noTarget", `${where}: a remove needs a path.`);
  }
  if (path === undefined && !isObject(value)) {
    throw badRequest("invalidValue", `${where}: without a path, value must be an object of attributes.`);
  }
  return { op, path, value };
}

/** Longest value as JSON in a string, in characters: more takes long to parse. */
const MAX_WRAPPED = 65_536;
const WRAPPED_BOUNDS = { values: MAX_BODY_VALUES, depth: MAX_BODY_DEPTH, names: MAX_NAMES };

function unwrapped(value: unknown, reading: Reading): unknown {
  if (typeof value !== "string" || value.length > MAX_WRAPPED || !reading.has("valueAsJsonString")) {
    return value;
  }
  const parsed = parseBoundedJson(value, WRAPPED_BOUNDS);
  return parsed.ok ? parsed.value : value;
}

function parseOp(input: unknown, where: string): Operation["op"] {
  const op = typeof input === "string" ? input.toLowerCase() : undefined;
  if (op === "add" || op === "replace" || op === "remove") {
    return op;
  }
  throw badRequest(
    "invalidSyntax",
    `${where}.op must be add, replace or remove${typeof input === "string" ? `, not ${quoted(input)}` : ""}.`,
  );
}

function parsePath(input: unknown, where: string): string | undefined {
  if (input === undefined || input === null || input === "") {
    return undefined;
  }
  if (typeof input !== "string") {
    throw badRequest("invalidPath", `${where}.path must be a string.`);
  }
  return input;
}
