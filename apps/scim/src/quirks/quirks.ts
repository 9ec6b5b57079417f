import { DIRECTORY_PROVIDERS, type DirectoryProvider } from "@sallyport/directories";

/** Clients that are not in strict mode: input with only one possible meaning is accepted. */
const TOLERANT = DIRECTORY_PROVIDERS.filter((provider) => provider !== "strict");

/**
 * What real clients do beside the RFCs, and what the server does about it: one row a quirk, with its source. A
 * directory's `provider` chooses. Code elsewhere asks `quirks.has(name)` and never for a provider.
 */
const CATALOG = {
  /** Members of a group that are not here (yet): the others are taken, and these when they come. */
  missingMembersArePending: {
    providers: TOLERANT,
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works (order of users and groups)",
  },
  /** `"active": "False"`, `"active": 0`, `roles[primary eq "True"]`: a boolean as a string, in any case, or as a number. */
  booleansAsStrings: {
    providers: TOLERANT,
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
  },
  /** A filtered `replace` or `add` that matches no element makes the element (RFC 7644 §3.5.2.3: noTarget). */
  filteredTargetIsCreated: {
    providers: TOLERANT,
    source: "https://github.com/ory/polis/blob/main/npm/test/dsync/data/user-requests.ts",
  },
  /**
   * A complex attribute as a bare string (its `value`), as an array of one, or wrapped in an object where a list is
   * meant; a simple one as `[{"value": …}]`; a number where a string is meant.
   */
  looselyShapedValues: {
    providers: TOLERANT,
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (Example 5)",
  },
  /** `""` clears an attribute, as null does. */
  emptyStringClears: {
    providers: TOLERANT,
    source:
      "https://github.com/AzureAD/SCIMReferenceCode SCIM-Validation-Test-Overview.md (SCIM_Null_Update_Test)",
  },
  /** `department` and `manager` without their schema's URN. */
  bareEnterpriseAttributes: {
    providers: TOLERANT,
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (Examples 2, 4, 5)",
  },
  /** `urn:…:enterprise:2.0User`, and a dot in place of the colon behind a URN: `urn:…:2.0:User.active`. */
  misspelledUrns: {
    providers: TOLERANT,
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (Example 2)",
  },
  /** Core attributes inside an object under the core schema's own URN, as extensions have theirs. */
  coreSchemaAsContainer: {
    providers: TOLERANT,
    source:
      "https://github.com/wso2/product-is/issues/11678 (attributes by their schema, in a pathless PATCH)",
  },
  /** Keys of a pathless operation that are paths: `name.givenName`, `urn:…:User:department`. */
  pathsAsKeys: {
    providers: TOLERANT,
    source:
      "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
  },
  /** The `value` of a pathless operation as JSON in a string. */
  valueAsJsonString: {
    providers: TOLERANT,
    source: "https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/172",
  },
  /**
   * One operation of a PATCH that cannot be applied is ignored, and noted, where others can: a path that is unknown or
   * read-only (Okta sends `id` with each rename), a target that is not there. Never one that sets `active`.
   */
  ignoresWhatItCannotSet: {
    providers: TOLERANT,
    source: "https://developer.okta.com/docs/reference/scim/scim-20/ (Update a specific group name)",
  },
  /** One value that cannot be kept, such as a photo of 1 MB, is left out, and noted: not what identifies, nor `active`. */
  dropsWhatItCannotKeep: {
    providers: TOLERANT,
    source: "https://docs.goauthentik.io/add-secure-apps/providers/scim/ (avatars as data URIs in photos)",
  },
  /** A PATCH with no operations changes nothing. */
  emptyPatch: {
    providers: TOLERANT,
    source: "https://github.com/scimmyjs/scimmy/issues/59",
  },
  /** Bodies without the `schemas` that RFC 7643 §3 requires. */
  schemasOptional: {
    providers: TOLERANT,
    source: "https://github.com/AzureAD/SCIMReferenceCode SCIM-Validation-Test-Overview.md",
  },
  /** Several elements marked `primary`: the last one is. */
  lastPrimaryWins: {
    providers: TOLERANT,
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

export interface Quirks {
  has(name: QuirkName): boolean;
}

const BY_PROVIDER: ReadonlyMap<string, Quirks> = new Map(
  DIRECTORY_PROVIDERS.map((provider) => [provider, new Set(namesOf(provider))]),
);

/** No quirk at all: the RFCs as they stand. */
const STRICT: Quirks = new Set<QuirkName>();

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
