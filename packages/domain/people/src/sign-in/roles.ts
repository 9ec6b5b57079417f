import type { DirectoryWord, Source } from "../membership.ts";
import type { Lookup, MappedRole, SignInBinding } from "./look-up.ts";

export interface RoleChanges {
  readonly added: readonly MappedRole[];
  readonly removed: readonly SignInBinding[];
}

/**
 * What a login changes of the roles that sign-ins give (invariant 10).
 *
 * - For somebody whom a directory manages its groups alone decide, unless the organization says otherwise.
 * - What the IdP could not tell takes no role away and gives none; but one whose mapping is gone goes in any case.
 * - `member` comes from the membership's own source, and so does the default role, where no group gives one.
 */
export function decideRoles(
  membership: { readonly source: Source; readonly directory: DirectoryWord | null },
  bindings: readonly SignInBinding[],
  { roles, rolesFrom }: Pick<Lookup, "roles" | "rolesFrom">,
  groupsComplete: boolean,
): RoleChanges {
  const managed = membership.source === "directory" || membership.directory === "active";
  const directoryAlone = managed && rolesFrom === "directory";
  const gives = (role: MappedRole) =>
    role.groupKey === "" ? membership.source === "jit" : groupsComplete && !directoryAlone;
  const present = new Set(bindings.map(reasonOf));
  const couldNotTell = (binding: SignInBinding) =>
    binding.groupKey !== "" && binding.mapped && !groupsComplete && !directoryAlone;
  const given = roles.filter(gives);
  const byGroup = given.some(({ groupKey }) => groupKey !== "") || bindings.some(couldNotTell);
  const wanted = new Map(
    given.filter(({ byDefault }) => !(byDefault && byGroup)).map((role) => [reasonOf(role), role]),
  );
  return {
    added: [...wanted].flatMap(([reason, role]) => (present.has(reason) ? [] : [role])),
    removed: bindings.filter((binding) => !wanted.has(reasonOf(binding)) && !couldNotTell(binding)),
  };
}

function reasonOf({ roleId, groupKey }: MappedRole): string {
  return `${roleId} ${groupKey}`;
}
