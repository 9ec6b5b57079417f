import { z } from "zod";

/** What may be allowed in one organization, or in each of them. */
export const ORGANIZATION_PERMISSIONS = [
  "organization.read",
  "organization.write",
  "domains.read",
  "domains.write",
  "connections.read",
  "connections.write",
  "login_records.read",
  "directories.read",
  "directories.write",
  "scim_requests.read",
  "group_mappings.read",
  "group_mappings.write",
  "roles.read",
  "roles.write",
  "access_policy.read",
  "access_policy.write",
  "members.read",
  "members.write",
  "conflicts.read",
  "conflicts.write",
  "held_changes.read",
  "held_changes.write",
  "guards.read",
  "guards.write",
  "erasure.write",
  "retention.read",
  "retention.write",
  "sessions.read",
  "sessions.write",
  "audit_events.read",
  "statistics.read",
  "setup_links.read",
  "setup_links.write",
  "audit_streams.read",
  "audit_streams.write",
  "webhooks.read",
  "webhooks.write",
] as const;

/** What may be allowed only to callers without an organization. */
export const GATEWAY_PERMISSIONS = [
  "organizations.create",
  "organizations.delete",
  /** To change a slug, which is the organization's name to applications. */
  "organizations.rename",
  /** To say how many may be members of an organization. */
  "organizations.seats",
  /** To have a domain count without DNS, by one's word. */
  "domains.verify",
  "reserved_slugs.read",
  "reserved_slugs.write",
  "applications.read",
  "applications.write",
  "api_keys.read",
  "api_keys.write",
  "signing_keys.read",
  "signing_keys.write",
  "encryption_keys.read",
  "queues.read",
  "queues.write",
  "gateway_audit_events.read",
  /** Audit streams of all organizations' events. */
  "gateway_audit_streams.read",
  "gateway_audit_streams.write",
  /** Webhook endpoints that are told of all organizations' events, beside `webhooks.*`. */
  "gateway_webhooks.read",
  "gateway_webhooks.write",
] as const;

export const PERMISSIONS = [...ORGANIZATION_PERMISSIONS, ...GATEWAY_PERMISSIONS] as const;

export type OrganizationPermission = (typeof ORGANIZATION_PERMISSIONS)[number];
export type GatewayPermission = (typeof GATEWAY_PERMISSIONS)[number];
/** What an operation of the management API needs: a closed list, unlike the permissions of an organization's roles. */
export type Permission = OrganizationPermission | GatewayPermission;

const ALL: ReadonlySet<string> = new Set(PERMISSIONS);
const GATEWAY: ReadonlySet<string> = new Set(GATEWAY_PERMISSIONS);

export function isGatewayPermission(name: Permission): name is GatewayPermission {
  return GATEWAY.has(name);
}

function isPermission(name: string): name is Permission {
  return ALL.has(name);
}

/** The permissions of a key's row; null: no limit. A name of another version, unknown to this one, allows nothing. */
export function storedPermissions(stored: unknown): readonly Permission[] | null {
  return stored === null ? null : z.array(z.string()).parse(stored).filter(isPermission);
}
