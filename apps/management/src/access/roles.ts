import { ORGANIZATION_PERMISSIONS, PERMISSIONS, type Permission } from "./permissions.ts";

export const ROLE_NAMES = ["operator", "organizationAdmin", "organizationViewer"] as const;

export type RoleName = (typeof ROLE_NAMES)[number];

/** The built-in roles of the management API. An organization's own roles are for its applications, not for this. */
export const ROLES: Readonly<Record<RoleName, readonly Permission[]>> = {
  operator: PERMISSIONS,
  organizationAdmin: ORGANIZATION_PERMISSIONS,
  organizationViewer: ORGANIZATION_PERMISSIONS.filter((permission) => permission.endsWith(".read")),
};
