import { z } from "zod";

/**
 * The SCIM clients whose quirks are known. "generic" is anybody else, and takes whatever can have only one meaning;
 * "strict" meets the RFCs as they stand.
 */
export const DIRECTORY_PROVIDERS = [
  "generic",
  "okta",
  "entra",
  "google",
  "onelogin",
  "jumpcloud",
  "pingone",
  "pingfederate",
  "rippling",
  "keycloak",
  "authentik",
  "sailpoint",
  "cyberark",
  "strict",
] as const;

export const directoryProvider = z.enum(DIRECTORY_PROVIDERS);

export type DirectoryProvider = z.infer<typeof directoryProvider>;
