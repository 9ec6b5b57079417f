import { refuse } from "../errors/refusal.ts";
import type { XmlElement } from "./canonical-reader.ts";

/** Strict reading of elements: each helper refuses rather than guesses. */

export function is(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespace === namespace;
}

export function childrenNamed(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return parent.children.filter((child) => is(child, namespace, name));
}

/** The one child of that name, or undefined; two are refused. */
export function optionalChild(parent: XmlElement, namespace: string, name: string): XmlElement | undefined {
  const [first, second] = childrenNamed(parent, namespace, name);
  if (second !== undefined) {
    refuse("element_unexpected", `a second ${name} in ${parent.name}`);
  }
  return first;
}

export function requiredChild(parent: XmlElement, namespace: string, name: string): XmlElement {
  return optionalChild(parent, namespace, name) ?? refuse("element_missing", `${name} in ${parent.name}`);
}

/**
 * White space as XML Schema collapses it (Datatypes §4.3.6) in every type but xs:string: URIs, names, times and
 * enumerations, which IdPs indent or wrap.
 */
export function collapse(text: string): string {
  return text.replace(/[\t\n\r ]+/g, " ").replace(/^ | $/g, "");
}

/** The value of an unprefixed attribute, exactly as it stands there: for those of type xs:string. */
export function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((each) => each.name === name && each.namespace === "")?.value;
}

export function requiredAttribute(element: XmlElement, name: string): string {
  return attribute(element, name) ?? refuse("element_missing", `attribute ${name} of ${element.name}`);
}

/** The collapsed value of an unprefixed attribute: for those of any other type. */
export function token(element: XmlElement, name: string): string | undefined {
  const value = attribute(element, name);
  return value === undefined ? undefined : collapse(value);
}

export function requiredToken(element: XmlElement, name: string): string {
  return token(element, name) ?? refuse("element_missing", `attribute ${name} of ${element.name}`);
}

const MAX_ID_CHARACTERS = 256;

/** The ID of a message or an assertion, of a bounded length, so that it can be stored. */
export function idOf(element: XmlElement): string {
  const id = requiredAttribute(element, "ID");
  if (id.length > MAX_ID_CHARACTERS) {
    refuse("id_too_long", `${id.length} characters in ${element.name}`);
  }
  return id;
}

/** The text of an element that may hold nothing else, exactly as it stands there. */
export function textOf(element: XmlElement): string {
  const [child] = element.children;
  if (child !== undefined) {
    refuse("element_unexpected", `${child.name} in ${element.name}`);
  }
  return element.text;
}

/** The collapsed text of an element that may hold nothing else. */
export function tokenOf(element: XmlElement): string {
  return collapse(textOf(element));
}

/** Refuses children other than the listed `namespace local-name` pairs, and loose text among them. */
export function allowOnly(element: XmlElement, namespace: string, names: readonly string[]): void {
  const stranger = element.children.find(
    (child) => child.namespace !== namespace || !names.includes(child.name),
  );
  if (stranger !== undefined) {
    refuse("element_unexpected", `${stranger.name} in ${element.name}`);
  }
  if (element.text.trim() !== "") {
    refuse("element_unexpected", `text in ${element.name}`);
  }
}

/** `element` and everything below it, in document order. */
export function descendants(element: XmlElement, found: XmlElement[] = []): XmlElement[] {
  found.push(element);
  for (const child of element.children) {
    descendants(child, found);
  }
  return found;
}

const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))?$/;

/**
 * An xs:dateTime. SAML 2.0 wants UTC (Core §1.3.3); an offset says which UTC is meant, and a missing zone is read as UTC.
 * Fractions are cut to milliseconds: Entra and AD FS send seven digits, others nine.
 */
export function dateTime(text: string): Date {
  const [, seconds = "", fraction = "", sign, hours, minutes] =
    DATE_TIME.exec(collapse(text)) ?? refuse("time_malformed", text);
  const local = new Date(`${seconds}${fraction.slice(0, 4)}Z`);
  // JavaScript takes February 31 for March 3.
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(seconds)) {
    refuse("time_malformed", text);
  }
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return new Date(local.getTime() - (sign === "-" ? -offset : offset));
}
