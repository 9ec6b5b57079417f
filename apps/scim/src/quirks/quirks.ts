import { DIRECTORY_PROVIDERS, type DirectoryProvider } from "@sallyport/directories";

/**
 * What real clients do beside the RFCs, and what the server does about it: one row a quirk, with its source. A
 * directory's `provider` chooses; a generic client meets the plain RFC. Code elsewhere asks `quirks.has(name)` and
 * never for a provider.
 */
const CATALOG = {
  /** `"active": "False"`, `roles[primary eq "True"]`: a boolean as a string, in any case. */
  booleansAsStrings: {
    providers: ["entra", "onelogin", "rippling", "google"],
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
  },
  /** A filtered `replace` or `add` that matches no element makes the element (RFC 7644 §3.5.2.3: noTarget). */
  filteredTargetIsCreated: {
    providers: ["entra", "okta"],
    source: "https://github.com/ory/polis/blob/main/npm/test/dsync/data/user-requests.ts",
  },
  /** A complex attribute as a bare string (its `value`), as an array of one, or wrapped in an object where a list is meant. */
  looselyShapedValues: {
    providers: ["entra", "okta", "onelogin", "jumpcloud", "pingfederate", "pingone", "google", "rippling"],
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (Example 5)",
  },
  /** `""` clears an attribute, as null does. */
  emptyStringClears: {
    providers: ["entra", "okta", "onelogin", "jumpcloud", "pingfederate", "pingone", "google", "rippling"],
    source:
      "https://github.com/AzureAD/SCIMReferenceCode SCIM-Validation-Test-Overview.md (SCIM_Null_Update_Test)",
  },
  /** `department` and `manager` without their schema's URN. */
  bareEnterpriseAttributes: {
    providers: ["entra"],
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (Examples 2, 4, 5)",
  },
  /** `urn:…:enterprise:2.0User`. */
  misspelledEnterpriseUrn: {
    providers: ["entra"],
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (Example 2)",
  },
  /** Keys of a pathless operation that are paths: `name.givenName`, `urn:…:User:department`. */
  pathsAsKeys: {
    providers: ["entra", "okta", "onelogin"],
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
  },
  /** Attributes in a PATCH that are read-only (Okta sends `id` with each rename) or unknown: ignored, as in a PUT. */
  patchIgnoresWhatItCannotSet: {
    providers: ["entra", "okta", "onelogin", "jumpcloud", "pingfederate", "pingone", "google", "rippling"],
    source: "https://developer.okta.com/docs/reference/scim/scim-20/ (Update a specific group name)",
  },
  /** A PATCH with no operations changes nothing. */
  emptyPatch: {
    providers: ["entra"],
    source: "https://github.com/scimmyjs/scimmy/issues/59",
  },
  /** Bodies without the `schemas` that RFC 7643 §3 requires. */
  schemasOptional: {
    providers: ["entra", "okta", "onelogin", "jumpcloud", "pingfederate", "pingone", "google", "rippling"],
    source: "https://github.com/AzureAD/SCIMReferenceCode SCIM-Validation-Test-Overview.md",
  },
  /** Several elements marked `primary`: the last one is. */
  lastPrimaryWins: {
    providers: ["entra", "okta", "onelogin", "jumpcloud", "pingfederate", "pingone", "google", "rippling"],
    source: "RFC 7644 §3.5.2 says so of PATCH; these clients merge lists and PUT or POST the result",
  },
  /** A POST of a user whose deactivated row has the same userName revives that row. */
  postRevivesDeactivated: {
    providers: ["okta"],
    source: "https://github.com/better-auth/better-auth/issues/11111",
  },
  /** `roles: [{value: "{\"id\":…,\"value\":…,\"displayName\":…}"}]`: an element as JSON in its own value. */
  elementsAsJsonStrings: {
    providers: ["entra"],
    source: "https://github.com/Captain-P-Goldfish/SCIM-SDK MsAzurePatchValueSubAttributeRebuilder",
  },
  /** `manager.value` is a free text of the profile, not the id of a user here. */
  managerIsFreeText: {
    providers: ["okta", "onelogin", "rippling"],
    source: "https://developer.okta.com/docs/concepts/scim/faqs/ (profile attributes map freely)",
  },
  /** A PUT without externalId keeps the one that a POST gave (RFC 7644 §3.5.1 allows either). */
  putKeepsExternalId: {
    providers: ["okta"],
    source: "https://developer.okta.com/docs/reference/scim/scim-20/ (Update a specific user: PUT)",
  },
} as const satisfies Record<string, Quirk>;

interface Quirk {
  readonly providers: readonly DirectoryProvider[];
  readonly source: string;
}

export type QuirkName = keyof typeof CATALOG;
export type Quirks = ReadonlySet<QuirkName>;

const BY_PROVIDER: ReadonlyMap<string, Quirks> = new Map(
  DIRECTORY_PROVIDERS.map((provider) => [provider, new Set(namesOf(provider))]),
);

/** No quirk at all: the RFCs as they stand. */
const STRICT: Quirks = new Set();

/** The quirks of a provider; of one that we do not know, none. */
export function quirksOf(provider: string): Quirks {
  return BY_PROVIDER.get(provider) ?? STRICT;
}

function namesOf(provider: DirectoryProvider): QuirkName[] {
  return names().filter((name) => {
    const quirk: Quirk = CATALOG[name];
    return quirk.providers.includes(provider);
  });
}

function names(): QuirkName[] {
  return Object.keys(CATALOG).filter((name): name is QuirkName => Object.hasOwn(CATALOG, name));
}
