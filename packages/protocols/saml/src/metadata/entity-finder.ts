import { refuse } from "../errors/refusal.ts";
import { collapse } from "../xml/element.ts";

/** How much of the document is kept beside what is cut out. */
const MAX_PENDING = 256 * 1024;
const MAX_DEPTH = 256;
const MAX_NAMED = 10;

/** A start tag to its end, quoted values and all. */
const START_TAG = /<([^\s<>/="'&!?]+)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/y;
const ENTITY_ID = /\sentityID\s*=\s*(?:"([^"]*)"|'([^']*)')/;

/**
 * Cuts one entity out of federation metadata, piece by piece as it comes: the EntityDescriptor with that ID, inside the
 * start tags of the EntitiesDescriptors around it, which declare its namespaces and limit its life. What else the
 * federation holds is passed over, be it as wrong as it may. Nothing is read here but where elements begin and end: what
 * comes out is parsed, and held to every rule, like a document of its own.
 */
export class EntityFinder {
  readonly #wanted: string;
  readonly #maxLength: number;
  /** Names of the open elements. */
  readonly #open: string[] = [];
  /** Start tags of the EntitiesDescriptors from the root to here. */
  readonly #groups: string[] = [];
  readonly #found: string[] = [];
  /** The first of the entities that are described. */
  readonly #named: string[] = [];
  #entities = 0;
  #pending = "";
  /** What ends the comment, section or instruction that is open. */
  #skippingTo: string | undefined;
  /** The piece that is being cut out. */
  #cut: { readonly depth: number; readonly parts: string[]; length: number } | undefined;
  #ended = false;

  constructor(wanted: string, maxLength: number) {
    this.#wanted = wanted;
    this.#maxLength = maxLength;
  }

  /** The next piece of the document. */
  push(text: string): void {
    this.#pending += text;
    let at = 0;
    for (let next = this.#step(at); next !== undefined; next = this.#step(at)) {
      at = next;
    }
    this.#pending = this.#pending.slice(at);
    if (this.#pending.length > MAX_PENDING) {
      refuse("xml_malformed", "a tag without end");
    }
  }

  /** The document has ended: what was cut out of it. */
  end(): string {
    if (this.#open.length > 0 || this.#pending.trim() !== "" || !this.#ended) {
      refuse("xml_malformed", "the document is cut off");
    }
    const [found, ...more] = this.#found;
    if (found === undefined) {
      const others = this.#entities > MAX_NAMED ? ` and ${this.#entities - MAX_NAMED} others` : "";
      return refuse(
        "metadata_entity_unknown",
        `expected ${this.#wanted}, found ${this.#named.join(", ")}${others}`,
      );
    }
    if (more.length > 0) {
      refuse("metadata_ambiguous", `${this.#wanted} ${more.length + 1} times`);
    }
    return found;
  }

  /** Goes past the next piece of markup; undefined where more has to come first. */
  #step(at: number): number | undefined {
    if (this.#skippingTo !== undefined) {
      return this.#skip(at, this.#skippingTo);
    }
    const start = this.#pending.indexOf("<", at);
    if (this.#open.length === 0 && start !== at) {
      this.#requireSpace(this.#pending.slice(at, start === -1 ? undefined : start));
    }
    if (start === -1) {
      this.#keep(at, this.#pending.length);
      return at === this.#pending.length ? undefined : this.#pending.length;
    }
    if (start > at) {
      this.#keep(at, start);
      return start;
    }
    const rest = this.#pending.slice(at, at + 9);
    for (const [open, close] of SKIPPED) {
      if (rest.startsWith(open)) {
        this.#skippingTo = close;
        this.#keep(at, at + open.length);
        return at + open.length;
      }
      if (open.startsWith(rest)) {
        return undefined;
      }
    }
    if (rest.startsWith("<!")) {
      refuse("xml_doctype");
    }
    return rest.startsWith("</") ? this.#endTag(at) : this.#startTag(at);
  }

  /** Around the root there is no text. */
  #requireSpace(text: string): void {
    if (text.trim() !== "") {
      refuse(this.#ended ? "xml_malformed" : "not_metadata", `text: ${text.trim().slice(0, 40)}`);
    }
  }

  #skip(at: number, close: string): number | undefined {
    const found = this.#pending.indexOf(close, at);
    // The end itself may be torn in two.
    const end = found === -1 ? Math.max(at, this.#pending.length - close.length + 1) : found + close.length;
    this.#keep(at, end);
    if (found !== -1) {
      this.#skippingTo = undefined;
    }
    return end === at ? undefined : end;
  }

  #startTag(at: number): number | undefined {
    START_TAG.lastIndex = at;
    const match = START_TAG.exec(this.#pending);
    if (match === null) {
      return this.#pending.indexOf("<", at + 1) === -1 ? undefined : refuse("xml_malformed", "a torn tag");
    }
    const [tag, name = ""] = match;
    const end = at + tag.length;
    const isEmpty = tag.endsWith("/>");
    const local = name.slice(name.indexOf(":") + 1);
    const among = this.#open.length === this.#groups.length;
    if (this.#open.length === 0 && (this.#ended || !/^Entit(?:y|ies)Descriptor$/.test(local))) {
      refuse(this.#ended ? "xml_malformed" : "not_metadata", `root is ${name}`);
    }
    if (among && local === "EntitiesDescriptor" && !isEmpty) {
      this.#groups.push(tag);
    } else if (among && local === "EntityDescriptor") {
      this.#entity(tag);
    }
    this.#keep(at, end);
    if (isEmpty) {
      this.#close();
    } else {
      this.#open.push(name);
      if (this.#open.length > MAX_DEPTH) {
        refuse("xml_too_deep");
      }
    }
    return end;
  }

  #entity(tag: string): void {
    const [, double, single] = ENTITY_ID.exec(tag) ?? [];
    const entityId = collapse(unescapeXml(double ?? single ?? ""));
    this.#entities += 1;
    if (this.#named.length < MAX_NAMED) {
      this.#named.push(entityId);
    }
    if (entityId === this.#wanted) {
      this.#cut = { depth: this.#open.length, parts: [], length: 0 };
    }
  }

  #endTag(at: number): number | undefined {
    const end = this.#pending.indexOf(">", at);
    if (end === -1) {
      return undefined;
    }
    const name = this.#pending.slice(at + 2, end).trimEnd();
    if (this.#open.pop() !== name) {
      refuse("xml_malformed", `end tag ${name}`);
    }
    this.#keep(at, end + 1);
    if (this.#groups.length > this.#open.length) {
      this.#groups.pop();
    }
    this.#close();
    return end + 1;
  }

  /** An element has ended. */
  #close(): void {
    this.#ended ||= this.#open.length === 0;
    if (this.#cut !== undefined && this.#cut.depth === this.#open.length) {
      const ends = this.#open.toReversed().map((name) => `</${name}>`);
      this.#found.push([...this.#groups, ...this.#cut.parts, ...ends].join(""));
      this.#cut = undefined;
    }
  }

  #keep(from: number, to: number): void {
    if (this.#cut === undefined || from === to) {
      return;
    }
    this.#cut.length += to - from;
    if (this.#cut.length > this.#maxLength) {
      refuse("xml_too_large", `${this.#wanted} alone has more than ${this.#maxLength} characters`);
    }
    this.#cut.parts.push(this.#pending.slice(from, to));
  }
}

/** What may hold anything that looks like a tag, and what ends it. */
const SKIPPED = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** An attribute's value as it is meant; a reference that is none stays as it is, and then equals no entity ID. */
function unescapeXml(value: string): string {
  return value.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));/g, (found, decimal, hex, name) => {
    if (name !== undefined) {
      return ENTITIES[name] ?? found;
    }
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : found;
  });
}
