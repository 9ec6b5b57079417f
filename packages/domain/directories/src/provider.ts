import { z } from "zod";

/** The SCIM clients whose quirks are known; "generic" meets the plain RFC. */
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
] as const;

export const directoryProvider = z.enum(DIRECTORY_PROVIDERS);

export type DirectoryProvider = z.infer<typeof directoryProvider>;
