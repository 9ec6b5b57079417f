import type { FoundRequest, RequestContent } from "@sallyport/directories";
import { ERASED, type ErasableContent, type FoundEvent, PERSONAL_FIELDS } from "@sallyport/events";
import { base64Fragments } from "./patterns.ts";
import type { PersonValues } from "./values.ts";

/** By what a person is known: ids of what is theirs, and values that name them. */
export interface KnownBy {
  readonly userId: string;
  /** Of the user, membership, identities, directory users, sessions, conflicts, login records. */
  readonly ids: ReadonlySet<string>;
  readonly values: PersonValues;
}

// Fields that hold who somebody is: an object that has the person there is about them.
const NAMING = "userName|externalId|subject|sub|nameId|preferred_username|username|upn|email|login_hint";
/** There a short value counts, too. */
const NAMING_FIELD = new RegExp(`^(?:${NAMING})$`, "i");
const NAMING_FIELD_OR_VALUE = new RegExp(`^(?:${NAMING}|value|filter)$`, "i");
const QUOTED_NAME = new RegExp(
  `(?:(?:userName|externalId|value)\\s+eq\\s+|"(?:${NAMING})"\\s*:\\s*)"([^"]*)"|<[^<>]*NameID\\b[^<>]*>([^<]*)<`,
  "gi",
);
/** Fields of events that administrators type into. */
const TYPED = new Set(["name", "description"]);
// Of a SCIM message, what says how and not whom. It goes, too, where it names the person.
const STRUCTURE =
  /^(?:schemas|op|method|path|status|scimType|resourceType|bulkId|version|totalResults|itemsPerPage|startIndex|truncated|characters)$/i;

/**
 * Says of texts and JSON whether a person is in it, and what is left when they are taken out.
 *
 * A user name or an external id is whatever a SCIM client makes of it, also a word that stands in others' rows. So nobody
 * empties the audit trail, or loses the login records of others, by having somebody erased who is called like that: there
 * such a value counts only where it names somebody. An address counts wherever it stands.
 */
export class Traces {
  readonly #knownBy: KnownBy;
  readonly #anywhere: Finder;
  readonly #addresses: Finder;
  /** In lower case. */
  readonly #names: ReadonlySet<string>;
  readonly #weak: ReadonlySet<string>;

  constructor(knownBy: KnownBy) {
    this.#knownBy = knownBy;
    const { addresses, strong, weak } = knownBy.values;
    this.#anywhere = finderOf(strong);
    this.#addresses = finderOf(addresses);
    this.#weak = new Set([...weak].map((value) => value.toLowerCase()));
    this.#names = new Set([...strong, ...weak].map((value) => value.toLowerCase()));
  }

  /** A text has one of the person's values, in whatever way it is written. */
  mentions(text: string): boolean {
    return this.#anywhere(text) || readings(text).some((reading) => this.#quotes(reading, this.#weak));
  }

  /** A text has one of their addresses, or another value where it says of whom it is: `"sub":"anna"`, a NameID. */
  isAbout(text: string): boolean {
    return this.#addresses(text) || readings(text).some((reading) => this.#quotes(reading, this.#names));
  }

  #quotes(text: string, values: ReadonlySet<string>): boolean {
    if (values.size === 0) {
      return false;
    }
    for (const [, json, xml] of text.matchAll(QUOTED_NAME)) {
      if (values.has((json ?? xml ?? "").toLowerCase())) {
        return true;
      }
    }
    return false;
  }

  #isId(text: string): boolean {
    return this.#knownBy.ids.has(text.toLowerCase());
  }

  #namesId(text: string): boolean {
    return (text.toLowerCase().match(UUID) ?? []).some((id) => this.#knownBy.ids.has(id));
  }

  #isNamedBy(key: string, text: string): boolean {
    return (
      this.#namesId(text) ||
      (NAMING_FIELD_OR_VALUE.test(key) && this.mentions(text)) ||
      (NAMING_FIELD.test(key) && this.#weak.has(text.trim().toLowerCase()))
    );
  }

  /**
   * What is left of an event; null where it stays as it is. Of what is the person's, by an id, the personal fields go; else
   * each text that has one of their addresses, and each name that somebody made of one of their values. Ids stay: they are
   * pseudonyms.
   */
  leftOfEvent(event: FoundEvent): ErasableContent | null {
    let theirs = this.#isId(event.resourceId);
    const part = (value: unknown) => {
      const { left, own } = this.#leftOfPart(value, this.#isId(event.resourceId));
      theirs ||= own;
      return left;
    };
    const [before, after, data] = [event.before, event.after, event.data].map(part);
    const acts = event.actorType === "user" && event.actorId === this.#knownBy.userId;
    // The gateway's own act within the request of a browser: a sign-in.
    const ip = event.ip !== null && (acts || (theirs && event.actorType === "system")) ? ERASED : event.ip;
    const left = { ip, before, after, data };
    return isSame(left, { ip: event.ip, before: event.before, after: event.after, data: event.data })
      ? null
      : left;
  }

  /** The person's values in an event of theirs: also those that they have no longer. */
  valuesIn(event: FoundEvent): string[] {
    const found: string[] = [];
    const look = (value: unknown, theirs: boolean) => {
      if (typeof value !== "object" || value === null) {
        return;
      }
      const entries = Object.entries(value);
      const own = theirs || entries.some(([, inner]) => typeof inner === "string" && this.#isId(inner));
      for (const [key, inner] of entries) {
        if (typeof inner === "string" && own && PERSONAL_FIELDS.has(key) && inner !== ERASED) {
          found.push(inner);
        }
        look(inner, own);
      }
    };
    for (const content of [event.before, event.after, event.data]) {
      look(content, this.#isId(event.resourceId));
    }
    return found;
  }

  #leftOfPart(value: unknown, theirs: boolean): { readonly left: unknown; readonly own: boolean } {
    let anyOwn = false;
    const walk = (inner: unknown, key: string, mine: boolean): unknown => {
      if (typeof inner === "string") {
        const typed = TYPED.has(key) && this.mentions(inner);
        return (mine && PERSONAL_FIELDS.has(key)) || typed || this.#addresses(inner) ? ERASED : inner;
      }
      if (Array.isArray(inner)) {
        return inner.map((each) => walk(each, key, mine));
      }
      if (typeof inner !== "object" || inner === null) {
        return inner;
      }
      const entries = Object.entries(inner);
      const own = entries.some(([, each]) => typeof each === "string" && this.#isId(each));
      anyOwn ||= own;
      return Object.fromEntries(entries.map(([name, each]) => [name, walk(each, name, mine || own)]));
    };
    return { left: walk(value, "", theirs), own: anyOwn };
  }

  /**
   * What is left of a logged SCIM request; null where it stays as it is. Of one that is about this person alone nothing but
   * its structure; else whatever object names them, by an id or a value, is emptied: an operation of Bulk, a resource of a
   * list, a member of a group. What it says of others stays.
   */
  leftOfRequest(request: FoundRequest): RequestContent | null {
    const { path, requestBody, responseBody, notes, changed } = request;
    const users = changed?.users ?? [];
    const alone =
      this.#namesId(path.split("?", 1)[0] ?? "") ||
      (users.length > 0 && users.every((id) => this.#isId(id)) && (changed?.groups ?? []).length === 0);
    const bulk = /^\/?(?:[^?]*\/)?Bulk(?:\?|$)/i.test(path);
    const whole = alone && !bulk;
    const left = {
      path: this.mentions(path) ? pathWithout(path, (text) => this.mentions(text)) : path,
      requestBody: this.leftOfJson(requestBody, whole),
      responseBody: this.leftOfJson(responseBody, whole),
      notes: this.leftOfJson(notes, false),
    };
    return isSame(left, { path, requestBody, responseBody, notes }) ? null : left;
  }

  /**
   * What is left of JSON: each object that names the person is emptied, to its ids and its structure.
   * @param theirs all of it is about them
   */
  leftOfJson(value: unknown, theirs = false): unknown {
    if (Array.isArray(value)) {
      return value.map((each) =>
        typeof each === "string" ? this.#leftOfText("", each, theirs) : this.leftOfJson(each, theirs),
      );
    }
    if (typeof value !== "object" || value === null) {
      return typeof value === "string" ? this.#leftOfText("", value, theirs) : value;
    }
    const entries = Object.entries(value);
    const own =
      theirs || entries.some(([key, inner]) => typeof inner === "string" && this.#isNamedBy(key, inner));
    return Object.fromEntries(entries.map(([key, inner]) => [key, this.#leftOfField(key, inner, own)]));
  }

  #leftOfField(key: string, inner: unknown, own: boolean): unknown {
    if (typeof inner === "string") {
      return this.#leftOfText(key, inner, own);
    }
    if (typeof inner === "number") {
      return own && !STRUCTURE.test(key) ? ERASED : inner;
    }
    const structural = STRUCTURE.test(key) && Array.isArray(inner);
    return structural ? this.leftOfJson(inner, false) : this.leftOfJson(inner, own);
  }

  #leftOfText(key: string, text: string, own: boolean): string {
    if (this.mentions(text)) {
      return ERASED;
    }
    if (!own || this.#isId(text)) {
      return text;
    }
    // A PATCH selects by what stands between quotes: an address, a phone number.
    return STRUCTURE.test(key) ? text.replace(/"[^"]*"/g, `"${ERASED}"`) : ERASED;
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Whether a text has one of some values. */
type Finder = (text: string) => boolean;

function finderOf(values: ReadonlySet<string>): Finder {
  if (values.size === 0) {
    return () => false;
  }
  const any = [...values].map(escaped).join("|");
  // Not within a longer name or address: `lee@acme.com` is not in `anna-lee@acme.com`.
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}._+-])(?:${any})(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`, "iu");
  const fragments = [...values].flatMap(base64Fragments);
  return (text) =>
    fragments.some((fragment) => text.includes(fragment)) ||
    readings(text).some((reading) => pattern.test(reading));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** A text as it is, and as it reads once out of a URL, JSON or XML. */
function readings(text: string): string[] {
  const all = new Set([text]);
  if (/%[0-9a-f]{2}|\+/i.test(text)) {
    all.add(fromUrl(text));
  }
  if (text.includes("\\")) {
    all.add(fromJson(text)).add(fromJson(fromJson(text)));
  }
  if (/&(?:#|amp|lt|gt|quot|apos)/.test(text)) {
    all.add(fromXml(text));
  }
  return [...all];
}

function fromUrl(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll("%", ""), "hex").toString());
}

function fromJson(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(["\\/])/g, "$1");
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function fromXml(text: string): string {
  return text
    .replace(
      /&#(?:x([0-9a-f]+)|([0-9]+));/gi,
      (all, hex: string | undefined, decimal: string | undefined) => {
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return code <= 0x10_ff_ff ? String.fromCodePoint(code) : all;
      },
    )
    .replace(/&(lt|gt|quot|apos|amp);/g, (_all, name: string) => ENTITIES[name] ?? "");
}

/** A path without its query, where that alone names the person. */
function pathWithout(path: string, mentions: (text: string) => boolean): string {
  const [route = "", ...query] = path.split("?");
  if (mentions(route)) {
    return ERASED;
  }
  return query.length === 0 ? route : `${route}?${ERASED}`;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
