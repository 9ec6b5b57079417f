import { isJsonObject, type Json, type JsonObject, own } from "../protocol/json.ts";
import type { Attribute, Schema } from "../schema/attribute.ts";
import type { Target } from "../schema/resource-type.ts";
import { Cost, unitsOf } from "./cost.ts";
import { ElementList } from "./element-list.ts";
import { withoutBare } from "./elements.ts";

/** A document while operations change it: the one that it was made of stays as it is. */
export class Draft {
  readonly cost = new Cost();
  readonly #document: JsonObject;
  /** Attributes that were added to last: their elements are here, and not in the document. */
  readonly #lists = new Map<Attribute, { readonly target: Target; readonly list: ElementList }>();

  readonly #changedInside = new Set<Target>();

  constructor(document: JsonObject) {
    // Values are replaced, never mutated, except the objects of extensions.
    this.#document = Object.fromEntries(
      Object.entries(document).map(([name, value]) => [name, isJsonObject(value) ? { ...value } : value]),
    );
  }

  /** What the attribute holds. */
  get(target: Target): Json | undefined {
    this.#settle(target.attribute);
    return own(this.#holderOf(target.extension), target.attribute.name);
  }

  /** The same of a list whose elements were changed one by one, maybe not yet to their last. */
  setElements(target: Target, value: Json | undefined): void {
    this.set(target, value);
    this.#changedInside.add(target);
  }

  /** Gives the attribute another value, or none. */
  set({ attribute, extension }: Target, value: Json | undefined): void {
    this.#lists.delete(attribute);
    const holder = this.#holderOf(extension);
    if (value === undefined) {
      delete holder[attribute.name];
    } else {
      holder[attribute.name] = value;
    }
    if (extension === undefined) {
      return;
    }
    if (Object.keys(holder).length === 0) {
      delete this.#document[extension.id];
    } else {
      this.#document[extension.id] = holder;
    }
  }

  /** The elements of a multi-valued attribute, to add to. */
  listOf(target: Target): ElementList {
    const known = this.#lists.get(target.attribute);
    if (known !== undefined) {
      return known.list;
    }
    const before = this.get(target);
    const elements = Array.isArray(before) ? before : [];
    this.cost.charge(unitsOf(elements));
    const list = new ElementList(elements);
    this.#lists.set(target.attribute, { target, list });
    return list;
  }

  removeExtension(extension: Schema): void {
    for (const attribute of extension.attributes) {
      this.#lists.delete(attribute);
    }
    delete this.#document[extension.id];
  }

  finish(): JsonObject {
    for (const attribute of this.#lists.keys()) {
      this.#settle(attribute);
    }
    for (const target of this.#changedInside) {
      const value = this.get(target);
      if (Array.isArray(value)) {
        const elements = withoutBare(target.attribute, value);
        this.set(target, elements.length === 0 ? undefined : elements);
      }
    }
    return this.#document;
  }

  #settle(attribute: Attribute): void {
    const added = this.#lists.get(attribute);
    if (added !== undefined) {
      this.set(added.target, added.list.value);
    }
  }

  #holderOf(extension: Schema | undefined): JsonObject {
    if (extension === undefined) {
      return this.#document;
    }
    const holder = own(this.#document, extension.id);
    return isJsonObject(holder) ? holder : {};
  }
}
