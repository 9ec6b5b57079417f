import { cutText } from "@sallyport/database";

/** Longest profile value that is kept, in characters. */
const MAX_TEXT = 1024;
/** Longest identifier, in bytes of UTF-8: it stands in an index, where PostgreSQL takes no more than 2,704. */
const MAX_IDENTIFIER_BYTES = 1024;
/** A person with more groups than this is no person. */
export const MAX_GROUPS = 2000;

// Control characters break logs and headers; lone surrogates would all be stored as the same character.
const UNFIT = /[\p{Cc}\p{Cs}]/u;

/** An identifier as it is, or null: never trimmed or changed, for two people must not become one. */
export function identifierOf(value: unknown): string | null {
  if (typeof value !== "string" || value.trim() === "" || UNFIT.test(value)) {
    return null;
  }
  return Buffer.byteLength(value) > MAX_IDENTIFIER_BYTES ? null : value;
}

/** A profile value, trimmed and without control characters; undefined when nothing is left. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") {
    return undefined;
  }
  const text = cutText(value.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim(), MAX_TEXT);
  return text === "" ? undefined : text;
}

/** Groups, each once: a value is one group, whatever its name holds. */
export function groupsOf(values: readonly unknown[]): string[] {
  const groups = new Set<string>();
  for (const value of values) {
    const group = textOf(value);
    if (group !== undefined && groups.size < MAX_GROUPS) {
      groups.add(group);
    }
  }
  return [...groups];
}

/**
 * Keycloak sends a group by its full path unless told otherwise. Its name without the slash in front is the same group;
 * a group below another is not the one of the same name at the top.
 */
export function withoutLeadingSlash(groups: readonly string[]): string[] {
  return groupsOf(groups.flatMap((group) => (/^\/./.test(group) ? [group, group.slice(1)] : [group])));
}

/**
 * The groups of an IdP that sends all of them as one string. Whoever may name a group there can put the delimiter into
 * its name, and so name others, too: only where it is known that the IdP sends its lists in this way.
 */
export function delimitedGroupsOf(list: string, delimiter: string): string[] {
  return groupsOf(list.split(delimiter));
}

/** The names of a person; a whole name that the IdP does not send is put together. */
export function namesOf(
  name: string | undefined,
  givenName: string | undefined,
  familyName: string | undefined,
): { name?: string; givenName?: string; familyName?: string } {
  const parts = [givenName, familyName].filter((part) => part !== undefined);
  return {
    ...optional("name", name ?? textOf(parts.join(" "))),
    ...optional("givenName", givenName),
    ...optional("familyName", familyName),
  };
}

/** `{[key]: value}`, or nothing at all where there is no value, as exact optional properties want it. */
export function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { [P in Key]?: Value } {
  const result: { [P in Key]?: Value } = {};
  if (value !== undefined) {
    result[key] = value;
  }
  return result;
}
