import { CONSOLE_ROLES, type ConsoleRole } from "@sallyport/console-access";
import { ORGANIZATION_PERMISSIONS, PERMISSIONS, type Permission } from "./permissions.ts";

export const ROLE_NAMES = CONSOLE_ROLES;

export type RoleName = ConsoleRole;

/** The built-in roles of the management API. An organization's own roles are for its applications, not for this. */
export const ROLES: Readonly<Record<RoleName, readonly Permission[]>> = {
  operator: PERMISSIONS,
  organizationAdmin: ORGANIZATION_PERMISSIONS,
  organizationViewer: ORGANIZATION_PERMISSIONS.filter((permission) => permission.endsWith(".read")),
};
