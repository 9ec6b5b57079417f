import type { Quirks } from "../quirks/quirks.ts";
import type { Attribute } from "../schema/attribute.ts";
import {
  attributesOf,
  findExtension,
  type ResourceType,
  resolveTarget,
  type Target,
} from "../schema/resource-type.ts";
import { isJsonObject, type Json, type JsonObject, LazyList } from "./json.ts";

/** RFC 7644 §3.9: which attributes an answer holds. Decided before anything is loaded. */
export interface Projection {
  /** Whether the answer holds the attribute of this name at the top of the document. */
  wants(name: string): boolean;
  apply(document: JsonObject): JsonObject;
}

const EVERYTHING: Projection = { wants: () => true, apply: (document) => document };

/** @param attributes, excluded names as sent; unknown ones choose nothing */
export function projectionOf(
  type: ResourceType,
  attributes: readonly string[],
  excluded: readonly string[],
  quirks: Quirks,
): Projection {
  if (attributes.length === 0 && excluded.length === 0) {
    return EVERYTHING;
  }
  const including = attributes.length > 0;
  const chosen = new Choice(type, including ? attributes : excluded, quirks);
  // A page asks the same of each of its rows.
  const decided = new Map<Attribute, Kept>();
  const keeps = (attribute: Attribute, extension: string | undefined) => {
    const known = decided.get(attribute);
    if (known !== undefined) {
      return known;
    }
    const kept = attribute.returned === "always" ? "all" : chosen.keeps(attribute, extension, including);
    decided.set(attribute, kept);
    return kept;
  };
  return {
    wants: (name) => {
      const attribute = type.attributes.find((candidate) => candidate.name === name);
      return attribute !== undefined && keeps(attribute, undefined) !== "none";
    },
    apply: (document) => {
      const result = project(type.attributes, document, (attribute) => keeps(attribute, undefined));
      for (const extension of type.extensions) {
        const inner = document[extension.id];
        if (!isJsonObject(inner)) {
          continue;
        }
        const kept = project(attributesOf(type, extension), inner, (attribute) =>
          keeps(attribute, extension.id),
        );
        if (Object.keys(kept).length > 0) {
          result[extension.id] = kept;
        }
      }
      return result;
    },
  };
}

type Kept = "all" | "none" | ((sub: Attribute) => boolean);

class Choice {
  readonly #targets: readonly Target[];
  readonly #extensions: ReadonlySet<string>;

  constructor(type: ResourceType, names: readonly string[], quirks: Quirks) {
    this.#targets = names.flatMap((name) => resolveTarget(type, name, quirks) ?? []);
    this.#extensions = new Set(names.flatMap((name) => findExtension(type, name, quirks)?.id ?? []));
  }

  keeps(attribute: Attribute, extension: string | undefined, including: boolean): Kept {
    const named = this.#targets.filter(
      (target) => target.attribute === attribute && target.extension?.id === extension,
    );
    const whole = named.some((target) => target.sub === undefined) || this.#extensions.has(extension ?? "");
    if (whole) {
      return including ? "all" : "none";
    }
    if (named.length === 0) {
      return including ? "none" : "all";
    }
    const subs = new Set(named.map((target) => target.sub));
    return (sub) => subs.has(sub) === including;
  }
}

function project(
  attributes: readonly Attribute[],
  document: JsonObject,
  keeps: (attribute: Attribute) => Kept,
): JsonObject {
  const result: JsonObject = {};
  for (const attribute of attributes) {
    const value = document[attribute.name];
    if (value === undefined) {
      continue;
    }
    const kept = keeps(attribute);
    if (kept === "none") {
      continue;
    }
    const projected = kept === "all" ? value : projectSubs(attribute, value, kept);
    if (projected !== undefined) {
      result[attribute.name] = projected;
    }
  }
  return result;
}

function projectSubs(
  attribute: Attribute,
  value: Json,
  keeps: (sub: Attribute) => boolean,
): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((element) => projectObject(attribute, element, keeps) ?? {});
  }
  if (value instanceof LazyList) {
    return value.map((element) => projectObject(attribute, element, keeps) ?? {});
  }
  return projectObject(attribute, value, keeps);
}

function projectObject(
  attribute: Attribute,
  value: Json,
  keeps: (sub: Attribute) => boolean,
): JsonObject | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const kept: JsonObject = {};
  for (const sub of attribute.subAttributes) {
    const inner = value[sub.name];
    if (inner !== undefined && keeps(sub)) {
      kept[sub.name] = inner;
    }
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}
