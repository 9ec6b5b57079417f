import { refuse } from "../errors/refusal.ts";
import type { SamlLimits } from "../types.ts";
import { NS } from "./names.ts";

/** One attribute; `namespace` is "" for the unprefixed ones, which is what SAML uses. */
export interface XmlAttribute {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

/** One element: all that the validator reads. `text` is the element's own character data. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/**
 * Reads canonical XML, the form that libxml2 writes and signatures cover, and nothing else: no comment,
 * declaration, single quote, empty-element tag, default entity or stray space is understood, so there is
 * nothing left to read in two ways. Refuses duplicate IDs, relative namespaces and too deep nesting.
 */
export function readCanonical(bytes: Buffer, limits: SamlLimits, allowDuplicateIds = false): XmlElement {
  const ids = allowDuplicateIds ? undefined : new Set<string>();
  const reader: Reader = { xml: bytes.toString("utf8"), at: 0, ids, limits };
  const root = readElement(reader, undefined, 1);
  if (reader.at !== reader.xml.length) {
    refuse("xml_malformed", "content behind the root");
  }
  return root;
}

interface Reader {
  readonly xml: string;
  readonly limits: SamlLimits;
  /** Those seen so far; undefined where they may be shared. */
  readonly ids: Set<string> | undefined;
  at: number;
}

/** Namespaces in scope, innermost first. */
interface Scope {
  readonly prefix: string;
  readonly uri: string;
  readonly outer: Scope | undefined;
}

const START_TAG = /<([^\s<>/="'&!?]+)((?: [^\s<>/="'&]+="[^"<]*")*)>/y;

function readElement(reader: Reader, outer: Scope | undefined, depth: number): XmlElement {
  const { xml, limits } = reader;
  if (depth > limits.maxDepth) {
    refuse("xml_too_deep", `limit ${limits.maxDepth} levels`);
  }
  START_TAG.lastIndex = reader.at;
  const [tag, qualifiedName = "", list = ""] =
    START_TAG.exec(xml) ?? refuse("xml_malformed", "not canonical");
  reader.at += tag.length;
  const scope = list === "" ? outer : readDeclarations(list, outer);
  const attributes = list === "" ? NONE : readAttributes(list, scope, reader);

  const children: XmlElement[] = [];
  let text = "";
  for (;;) {
    const next = xml.indexOf("<", reader.at);
    if (next === -1) {
      refuse("xml_malformed", "unclosed element");
    }
    if (next > reader.at) {
      text += decode(xml.slice(reader.at, next));
    }
    reader.at = next;
    if (xml.charCodeAt(next + 1) === SLASH) {
      break;
    }
    children.push(readElement(reader, scope, depth + 1));
  }
  const end = `</${qualifiedName}>`;
  if (!xml.startsWith(end, reader.at)) {
    refuse("xml_malformed", "end tag");
  }
  reader.at += end.length;
  const prefix = prefixOf(qualifiedName);
  return {
    name: localName(qualifiedName),
    namespace: namespaceOf(prefix, scope),
    attributes,
    children,
    text,
  };
}

const SLASH = 0x2f;
const NONE: readonly XmlAttribute[] = [];

function readDeclarations(list: string, outer: Scope | undefined): Scope | undefined {
  if (!list.includes(" xmlns")) {
    return outer;
  }
  let scope = outer;
  eachAttribute(list, (name, value) => {
    if (!isDeclaration(name)) {
      return;
    }
    scope = { prefix: name.slice("xmlns:".length), uri: absolute(decode(value)), outer: scope };
  });
  return scope;
}

function readAttributes(list: string, scope: Scope | undefined, reader: Reader): XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  eachAttribute(list, (qualifiedName, raw) => {
    if (isDeclaration(qualifiedName)) {
      return;
    }
    const prefix = prefixOf(qualifiedName);
    const attribute = {
      name: localName(qualifiedName),
      // An unprefixed attribute is in no namespace, whatever the default one is.
      namespace: prefix === "" ? "" : namespaceOf(prefix, scope),
      value: decode(raw),
    };
    requireUniqueId(attribute, reader.ids);
    attributes.push(attribute);
  });
  return attributes;
}

/** `list` is what START_TAG matched: each attribute is a space, a name, an equals sign and a quoted value. */
function eachAttribute(list: string, visit: (qualifiedName: string, raw: string) => void): void {
  for (let at = 0; at < list.length; ) {
    const equals = list.indexOf('="', at);
    const end = list.indexOf('"', equals + 2);
    visit(list.slice(at + 1, equals), list.slice(equals + 2, end));
    at = end + 1;
  }
}

/** In any spelling: which of ID, Id, id and xml:id is an ID depends on the library (CVE-2025-25291 family). */
function requireUniqueId({ name, namespace, value }: XmlAttribute, ids: Set<string> | undefined): void {
  if (name.length !== 2 || name.toLowerCase() !== "id" || (namespace !== "" && namespace !== NS.xml)) {
    return;
  }
  if (ids?.has(value)) {
    refuse("xml_duplicate_id", value);
  }
  ids?.add(value);
}

function isDeclaration(qualifiedName: string): boolean {
  return qualifiedName.startsWith("xmlns") && (qualifiedName.length === 5 || qualifiedName[5] === ":");
}

function prefixOf(qualifiedName: string): string {
  return qualifiedName.slice(0, Math.max(0, qualifiedName.indexOf(":")));
}

function localName(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.indexOf(":") + 1);
}

function namespaceOf(prefix: string, scope: Scope | undefined): string {
  for (let each = scope; each !== undefined; each = each.outer) {
    if (each.prefix === prefix) {
      return each.uri;
    }
  }
  if (prefix === "xml") {
    return NS.xml;
  }
  return prefix === "" ? "" : refuse("xml_malformed", `undeclared prefix ${prefix}`);
}

/** A relative namespace makes C14N fail, and a digest of nothing then matches (CVE-2025-66475, -66568). */
export function absolute(uri: string): string {
  return uri === "" || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri) ? uri : refuse("xml_relative_namespace", uri);
}

/** The only references that canonical XML has (C14N §2.3). */
const REFERENCES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x9;": "\t",
  "&#xA;": "\n",
  "&#xD;": "\r",
};

function decode(text: string): string {
  if (!text.includes("&")) {
    return text;
  }
  return text.replace(
    /&[^;]*;?/g,
    (found) => REFERENCES[found] ?? refuse("xml_malformed", `reference ${found}`),
  );
}
