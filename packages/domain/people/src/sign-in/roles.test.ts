import { expect, it } from "vitest";
import type { MappedRole, SignInBinding } from "./look-up.ts";
import { decideRoles } from "./roles.ts";

const member: MappedRole = { roleId: "member", role: "member", groupKey: "" };
const admin: MappedRole = { roleId: "admin", role: "admin", groupKey: "ops" };
const has = (role: MappedRole, mapped = true): SignInBinding => ({ ...role, id: role.roleId, mapped });

const jit = { source: "jit", directory: null } as const;
const manual = { source: "manual", directory: null } as const;
const managed = { source: "directory", directory: "active" } as const;
const managedByHand = { source: "manual", directory: "active" } as const;

it.each([
  [
    "a newcomer gets `member`, and what is mapped",
    jit,
    [],
    [member, admin],
    true,
    "directory",
    [member, admin],
    [],
  ],
  ["what stands stays", jit, [has(member), has(admin)], [member, admin], true, "directory", [], []],
  [
    "a group that is asserted no longer takes its role with it",
    jit,
    [has(member), has(admin)],
    [member],
    true,
    "directory",
    [],
    [admin],
  ],
  [
    "what could not be told takes nothing",
    jit,
    [has(member), has(admin)],
    [member],
    false,
    "directory",
    [],
    [],
  ],
  ["and gives nothing", jit, [has(member)], [member, admin], false, "directory", [], []],
  [
    "but keeps none whose mapping is gone",
    jit,
    [has(member), has(admin, false)],
    [member],
    false,
    "directory",
    [],
    [admin],
  ],
  ["a member by hand has `member` by hand", manual, [], [member, admin], true, "directory", [admin], []],
  [
    "for somebody managed the directory's groups alone decide",
    managed,
    [],
    [member, admin],
    true,
    "directory",
    [],
    [],
  ],
  ["and take back what a sign-in gave", managed, [has(admin)], [admin], true, "directory", [], [admin]],
  ["also where it could not tell", managed, [has(admin)], [], false, "directory", [], [admin]],
  ["also a member by hand", managedByHand, [], [member, admin], true, "directory", [], []],
  [
    "unless the organization takes roles from both",
    managed,
    [],
    [member, admin],
    true,
    "directoryAndSignIn",
    [admin],
    [],
  ],
] as const)("%s", (_what, membership, bindings, roles, groupsComplete, rolesFrom, added, removed) => {
  const changes = decideRoles(membership, bindings, { roles, rolesFrom }, groupsComplete);
  expect(changes.added).toEqual(added);
  expect(changes.removed.map(({ roleId }) => roleId)).toEqual(removed.map(({ roleId }) => roleId));
});
