import { defined } from "@sallyport/defined";
import type { Actor } from "@sallyport/events";
import { problem } from "../errors.ts";
import { isGatewayPermission, type Permission } from "./permissions.ts";
import { ROLES, type RoleName } from "./roles.ts";

interface RootKey {
  readonly type: "rootKey";
  readonly organizationId: null;
}

interface ApiKey {
  readonly type: "apiKey";
  readonly id: string;
  /** The one organization that the key reaches; null: all of them, and what belongs to none. */
  readonly organizationId: string | null;
  /** What it is limited to; null: all that it reaches. */
  readonly permissions: readonly Permission[] | null;
}

/** Whoever holds a setup link: a customer's IdP admin. */
export interface SetupLinkCaller {
  readonly type: "setupLink";
  readonly id: string;
  readonly organizationId: string;
  /** The id of the connection that it makes, if it makes one. */
  readonly connectionId: string;
  /** What its intents need. */
  readonly permissions: readonly Permission[];
}

interface Operator {
  readonly type: "person";
  readonly userId: string;
  readonly role: "operator";
  readonly organizationId: null;
}

interface OrganizationPerson {
  readonly type: "person";
  readonly userId: string;
  readonly role: "organizationAdmin" | "organizationViewer";
  readonly organizationId: string;
}

/** Who calls the management API: a key, a setup link, or a person in a role. */
export type Caller = RootKey | ApiKey | SetupLinkCaller | Operator | OrganizationPerson;

/** Somebody who is signed in to the console; with the root key, where no person is told. */
export interface ConsoleVisitor {
  readonly person: {
    readonly id: string;
    readonly role: RoleName;
    readonly organization: { readonly id: string };
  } | null;
}

export function personCaller({ person }: ConsoleVisitor): Caller {
  if (person === null) {
    return { type: "rootKey", organizationId: null };
  }
  const { id: userId, role, organization } = person;
  return role === "operator"
    ? { type: "person", userId, role, organizationId: null }
    : { type: "person", userId, role, organizationId: organization.id };
}

/**
 * Whether the caller may change the operators' organization: its identity provider, directory and members say who is an
 * operator. So only who may do everything may; and a setup link for it, since only they can have made that.
 */
export function mayChangeOperators(caller: Caller): boolean {
  return caller.type === "setupLink" || (caller.organizationId === null && limitOf(caller) === null);
}

/** The caller, as events name it. */
export function actorOf(caller: Caller): Actor {
  switch (caller.type) {
    case "rootKey":
      return { type: "operator" };
    case "apiKey":
      return { type: "apiKey", id: caller.id };
    case "setupLink":
      return { type: "setupLink", id: caller.id };
    case "person":
      return { type: "user", id: caller.userId };
  }
}

/** The permissions that the caller is limited to; null: all, as far as it reaches. */
export function limitOf(caller: Caller): readonly Permission[] | null {
  switch (caller.type) {
    case "rootKey":
      return null;
    case "apiKey":
    case "setupLink":
      return caller.permissions;
    case "person":
      return caller.role === "operator" ? null : ROLES[caller.role];
  }
}

export function may(caller: Caller, permission: Permission): boolean {
  if (caller.organizationId !== null && isGatewayPermission(permission)) {
    return false;
  }
  const limit = limitOf(caller);
  return limit === null || limit.includes(permission);
}

/** Throws `permission_missing`, which names the permission. `field` is the input that needs it, if one does. */
export function requirePermission(caller: Caller, permission: Permission, field?: string): void {
  if (may(caller, permission)) {
    return;
  }
  throw problem("permission_missing", {
    reason: `Missing: \`${permission}\`.`,
    ...defined({ field }),
  });
}
