import { delimitedGroupsOf, groupsOf, textOf } from "../../identity/values.ts";

type Claims = Readonly<Record<string, unknown>>;

export interface ReadGroups {
  readonly groups: readonly string[];
  /** The claim that they came in; undefined where there is none. */
  readonly claim: string | undefined;
  /** What stood in the claim and is no name of a group. */
  readonly unreadable: readonly unknown[];
}

/** Where the name of a group stands that is sent as an object, the best first: SCIM has `display`, `value`. */
const NAMES = ["name", "displayName", "display", "path", "value", "id"];

/**
 * A person's groups, from the first of the named claims that tells any. A name may be a path into objects. An array is
 * taken as it is, also one of a single name: only a string can be a list of names.
 */
export function readGroups(claims: Claims, names: readonly string[], delimiter: string | null): ReadGroups {
  let empty: ReadGroups = { groups: [], claim: undefined, unreadable: [] };
  for (const name of names) {
    const claim = claimAt(claims, name);
    if (claim === undefined || claim === null) {
      continue;
    }
    const read = { ...groupsIn(claim, delimiter), claim: name };
    if (read.groups.length > 0 || read.unreadable.length > 0) {
      return read;
    }
    empty = empty.claim === undefined ? read : empty;
  }
  return empty;
}

/** The claim of this very name, or else what the name leads to as a path (`realm_access.roles`). */
export function claimAt(value: unknown, name: string): unknown {
  if (!isObject(value)) {
    return undefined;
  }
  if (Object.hasOwn(value, name)) {
    return value[name];
  }
  // A member's own name may have a dot, too: `resource_access.my.client.roles`.
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const first = name.slice(0, dot);
    const found = Object.hasOwn(value, first) ? claimAt(value[first], name.slice(dot + 1)) : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function groupsIn(claim: unknown, delimiter: string | null): Omit<ReadGroups, "claim"> {
  if (typeof claim === "string" && delimiter !== null) {
    return { groups: delimitedGroupsOf(claim, delimiter), unreadable: [] };
  }
  const named = (Array.isArray(claim) ? claim : membersOf(claim)).map((value) => [value, nameOf(value)]);
  const unreadable = named
    .filter(([value, name]) => name === undefined && value !== "")
    .map(([value]) => value);
  return { groups: groupsOf(named.map(([, name]) => name)), unreadable };
}

/** An object of objects has the groups for names, as ZITADEL sends a project's roles; any other is one group. */
function membersOf(claim: unknown): readonly unknown[] {
  const members = isObject(claim) ? Object.entries(claim) : [];
  return members.length > 0 && members.every(([, member]) => isObject(member))
    ? members.map(([name]) => name)
    : [claim];
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return String(value);
  }
  if (!isObject(value)) {
    return textOf(value);
  }
  const name = NAMES.find((each) => Object.hasOwn(value, each) && !isObject(value[each]));
  return name === undefined ? undefined : nameOf(value[name]);
}

function isObject(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
