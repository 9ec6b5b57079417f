import type { OrganizationPermission } from "./permissions.ts";

export const SETUP_INTENTS = ["sso", "directory", "domain", "certificate"] as const;

/** What a setup link is for. */
export type SetupIntent = (typeof SETUP_INTENTS)[number];

const CONNECTION = ["connections.read", "connections.write", "login_records.read"] as const;

const NEEDED: Readonly<Record<SetupIntent, readonly OrganizationPermission[]>> = {
  sso: CONNECTION,
  certificate: CONNECTION,
  directory: [
    "directories.read",
    "directories.write",
    "scim_requests.read",
    "group_mappings.read",
    "group_mappings.write",
    "roles.read",
  ],
  domain: ["domains.read", "domains.write"],
};

function isSetupIntent(name: string): name is SetupIntent {
  return Object.hasOwn(NEEDED, name);
}

/** What a link with these intents may do. An intent of another version, unknown to this one, allows nothing. */
export function permissionsOfIntents(intents: readonly string[]): readonly OrganizationPermission[] {
  return [
    ...new Set([
      "organization.read" as const,
      ...intents.filter(isSetupIntent).flatMap((name) => NEEDED[name]),
    ]),
  ];
}
