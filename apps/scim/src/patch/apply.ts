// Our own engine: scim-patch up to 0.8.3 pollutes prototypes (CVE-2026-48170), knows no schema, and changes its input.
// Here a name from outside is only ever looked up among the attributes of the schema.
import { parseValuePath, type ValuePath } from "../filter/parse.ts";
import { badRequest, quoted, ScimError } from "../protocol/error.ts";
import { isObject, type JsonObject } from "../protocol/json.ts";
import type { Sliced } from "../protocol/slices.ts";
import type { Reading } from "../quirks/reading.ts";
import { findAttribute, type Schema } from "../schema/attribute.ts";
import { elementsOf, isCleared, missing, requireAttributes } from "../schema/normalize.ts";
import {
  findExtension,
  isCoreSchema,
  type ResourceType,
  resolveTarget,
  type Target,
} from "../schema/resource-type.ts";
import { changedValue, selectsElements } from "./changed-value.ts";
import { Draft } from "./draft.ts";
import type { Operation } from "./operation.ts";

/**
 * The document that the operations make of `document`, in their order: all of them, or an error and nothing
 * (RFC 7644 §3.5.2); where the client's quirks say so, those that can be applied. `document` itself is not changed. Takes
 * a time that grows with the operations; 413 where they select among too much.
 * @param alone whether nothing else of the request counts: then an error is thrown where none of them can be applied
 */
export function* applyOperations(
  type: ResourceType,
  document: JsonObject,
  operations: readonly Operation[],
  reading: Reading,
  alone = true,
): Sliced<JsonObject> {
  const patch = new Patch(type, new Draft(document), reading);
  for (const operation of operations) {
    patch.apply(operation);
    if (patch.draft.cost.takeSlice()) {
      yield;
    }
  }
  if (alone) {
    patch.requireAny();
  }
  const result = patch.draft.finish();
  requireAttributes(type, result);
  return result;
}

/** What applies operations to one draft. */
class Patch {
  readonly draft: Draft;
  readonly #type: ResourceType;
  readonly #reading: Reading;
  #applied = 0;
  #refused: ScimError | undefined;

  constructor(type: ResourceType, draft: Draft, reading: Reading) {
    this.draft = draft;
    this.#type = type;
    this.#reading = reading;
  }

  apply(operation: Operation): void {
    this.draft.cost.charge(1);
    if (operation.path === undefined) {
      this.#applyMembers(operation, operation.value);
    } else {
      const { path } = operation;
      this.#attempt(() => this.#applyPath(operation, path));
    }
  }

  /** Throws why nothing at all could be applied. */
  requireAny(): void {
    if (this.#applied === 0 && this.#refused !== undefined) {
      throw this.#refused;
    }
  }

  /** What cannot be applied is noted where the client's quirks say so; else nothing is applied. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      const ignored =
        error instanceof ScimError &&
        error.status === 400 &&
        !(error instanceof EssentialError) &&
        this.#reading.has("ignoresWhatItCannotSet");
      if (!ignored) {
        throw error;
      }
      this.#refused ??= error;
      this.#reading.note(`Ignored: ${error.message}`);
    }
  }

  /** An object of attributes: the value of a pathless operation, or what stands under the URN of the core schema. */
  #applyMembers(operation: Operation, members: unknown): void {
    if (!isObject(members)) {
      return; // the parser of operations has refused all else
    }
    for (const [key, value] of Object.entries(members)) {
      if (key.toLowerCase() === "schemas") {
        continue;
      }
      const inner = { ...operation, value };
      const extension = findExtension(this.#type, key, this.#reading);
      if (isCoreSchema(this.#type, key, this.#reading)) {
        this.#applyMembers(operation, value);
      } else if (extension !== undefined) {
        this.#attempt(() => this.#applyExtension(extension, inner));
      } else {
        this.#applyKey(inner, key);
      }
    }
  }

  #applyKey(operation: Operation, key: string): void {
    const reading = this.#reading;
    if (reading.has("pathsAsKeys") && key.includes("[")) {
      this.#attempt(() => this.#applyPath(operation, key));
      return;
    }
    const target = resolveTarget(this.#type, key, reading);
    // As in a PUT, which holds what a client has read.
    if (target !== undefined && isReadOnly(target) && reading.has("ignoresWhatItCannotSet")) {
      return;
    }
    if (target === undefined || (target.sub !== undefined && !reading.has("pathsAsKeys"))) {
      this.#leaveOut(key);
      return;
    }
    this.#attempt(() =>
      this.#applyTarget(target, { path: key, filter: undefined, sub: undefined }, operation),
    );
  }

  /** A whole extension, as a key of a pathless value or as the path itself. */
  #applyExtension(extension: Schema, operation: Operation): void {
    if (operation.op === "remove" || isCleared(operation.value, this.#reading)) {
      this.draft.removeExtension(extension);
      this.#applied += 1;
      return;
    }
    if (!isObject(operation.value)) {
      throw badRequest("invalidValue", `${extension.id} must be an object of attributes.`);
    }
    for (const [key, value] of Object.entries(operation.value)) {
      if (key.toLowerCase() === "schemas") {
        continue; // as scim2-client sends it
      }
      const attribute = findAttribute(extension.attributes, key);
      const path = `${extension.id}:${key}`;
      if (attribute === undefined) {
        this.#leaveOut(path);
      } else {
        const target = { extension, attribute, sub: undefined };
        const inner = { ...operation, value };
        this.#attempt(() => this.#applyTarget(target, { path, filter: undefined, sub: undefined }, inner));
      }
    }
  }

  /** An attribute that is unknown, named among others. */
  #leaveOut(name: string): void {
    const error = badRequest("invalidPath", `There is no attribute ${quoted(name)}.`);
    if (!this.#reading.has("ignoresWhatItCannotSet")) {
      throw error;
    }
    this.#reading.note(`Ignored: ${error.message}`);
  }

  #applyPath(operation: Operation, text: string): void {
    if (isCoreSchema(this.#type, text, this.#reading)) {
      if (operation.op === "remove" || !isObject(operation.value)) {
        throw badRequest("invalidValue", "At this path, value must be an object of attributes.");
      }
      this.#applyMembers(operation, operation.value);
      return;
    }
    const extension = findExtension(this.#type, text, this.#reading);
    if (extension !== undefined) {
      this.#applyExtension(extension, operation);
      return;
    }
    const path = parseValuePath(text);
    const target = resolveTarget(this.#type, path.path, this.#reading);
    if (target === undefined) {
      throw badRequest("invalidPath", `There is no attribute ${quoted(path.path)}.`);
    }
    this.#applyTarget(target, path, operation);
  }

  #applyTarget(target: Target, path: ValuePath, operation: Operation): void {
    const { attribute } = target;
    if (attribute.returned === "never") {
      this.#applied += 1;
      return; // password: accepted, and dropped
    }
    if (isReadOnly(target)) {
      throw badRequest("mutability", `${path.path} is read-only and cannot be changed.`);
    }
    try {
      this.#set(target, path, operation);
      this.#applied += 1;
    } catch (error) {
      throw attribute.name === "active" && error instanceof ScimError ? new EssentialError(error) : error;
    }
  }

  #set(target: Target, path: ValuePath, operation: Operation): void {
    const { attribute } = target;
    const { draft } = this;
    if (isAddition(target, path, operation, this.#reading)) {
      draft.listOf(target).add(elementsOf(attribute, operation.value, path.path, this.#reading));
      return;
    }
    const value = changedValue(draft.get(target), target, path, operation, draft.cost, this.#reading);
    if (attribute.required && (value === undefined || value === "")) {
      throw missing(attribute);
    }
    if (selectsElements(target, path)) {
      draft.setElements(target, value);
    } else {
      draft.set(target, value);
    }
  }
}

/** An error that no quirk ignores: whether somebody is active is never left as it was. */
class EssentialError extends ScimError {
  constructor(error: ScimError) {
    super(error.status, error.message, {
      ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
      headers: error.headers,
    });
  }
}

/** Whether elements are added to those that are there, whatever they are. */
function isAddition(
  { attribute, sub }: Target,
  { filter }: ValuePath,
  { op, value }: Operation,
  reading: Reading,
): boolean {
  const isPlain = attribute.multiValued && sub === undefined && filter === undefined;
  return isPlain && op === "add" && !isCleared(value, reading);
}

function isReadOnly({ attribute, sub }: Target): boolean {
  return attribute.mutability === "readOnly" || sub?.mutability === "readOnly";
}
