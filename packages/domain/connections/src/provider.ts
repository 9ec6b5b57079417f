import { z } from "zod";

/** The identity providers that have presets of their own; "generic" is every other. */
export const CONNECTION_PROVIDERS = [
  "generic",
  "okta",
  "entra",
  "google",
  "onelogin",
  "jumpcloud",
  "pingone",
  "adfs",
  "keycloak",
  "shibboleth",
] as const;

export const connectionProvider = z.enum(CONNECTION_PROVIDERS);

export type ConnectionProvider = z.infer<typeof connectionProvider>;
