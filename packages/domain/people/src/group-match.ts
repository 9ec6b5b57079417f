/**
 * How a mapping names groups: by the whole name, by how a name begins, or by a pattern in which each `*` stands for any
 * characters, or none. In lower case throughout, as SCIM compares names (RFC 7643, section 4.2).
 */
export type GroupMatch = "exact" | "prefix" | "pattern";

/** Which groups a mapping names. */
export interface GroupNaming {
  readonly match: GroupMatch;
  /** Lower case: the name, how it begins, or the pattern. */
  readonly groupKey: string;
}

/** Groups, and a role that they give. */
export interface Mapping extends GroupNaming {
  readonly roleId: string;
  /** The only directory whose groups count; null: those of all, and those that are asserted at sign-in. */
  readonly directoryId: string | null;
}

/** The pattern by which SQL's LIKE finds the groups; null where the whole name counts. */
export function likeOf({ match, groupKey }: GroupNaming): string | null {
  if (match === "exact") {
    return null;
  }
  const literal = groupKey.replace(/[\\%_]/g, "\\$&");
  return match === "prefix" ? `${literal}%` : literal.replaceAll("*", "%");
}

/**
 * Whether a group's name, in lower case, is one that the mapping names; as LIKE has it. Looks at each character of the name
 * once for each `*` at most: nothing that a tenant writes makes it take long.
 */
export function names({ match, groupKey }: GroupNaming, group: string): boolean {
  if (match === "exact") {
    return group === groupKey;
  }
  const [start = "", ...rest] = match === "prefix" ? [groupKey, ""] : groupKey.split("*");
  if (!group.startsWith(start)) {
    return false;
  }
  const end = rest.pop();
  if (end === undefined) {
    return group === start;
  }
  let at = start.length;
  for (const part of rest) {
    const found = group.indexOf(part, at);
    if (found === -1) {
      return false;
    }
    at = found + part.length;
  }
  return group.length - end.length >= at && group.endsWith(end);
}

/** Whether groups that are asserted at sign-in count, too. */
export function countsAtSignIn({ directoryId }: Mapping): boolean {
  return directoryId === null;
}

/** The mappings as columns: of group keys, patterns for LIKE, directories and roles. */
export function mappingColumns(mappings: readonly Mapping[]) {
  return [
    mappings.map(({ groupKey }) => groupKey),
    mappings.map(likeOf),
    mappings.map(({ directoryId }) => directoryId),
    mappings.map(({ roleId }) => roleId),
  ] as const;
}

/**
 * SQL: whether groups of that name, asserted at sign-in, give the role.
 *
 * @param organization, @param role, @param key expressions: ids, and the name in lower case
 */
export function isMappedAtSignIn(organization: string, role: string, key: string): string {
  return `EXISTS (
    SELECT 1 FROM group_mappings map
    WHERE map.organization_id = ${organization} AND map.role_id = ${role} AND map.directory_id IS NULL
      AND CASE WHEN map.pattern IS NULL THEN map.group_key = ${key} ELSE ${key} LIKE map.pattern END)`;
}
