/** What a field of a product's OpenID Connect pages means to it. */
export type OidcField =
  | { readonly is: "redirectUri" }
  | { readonly is: "choice"; readonly options: readonly string[] }
  /** Without this the product refuses. */
  | { readonly is: "needed"; readonly text: string; readonly options?: readonly string[] }
  | { readonly is: "assigns" }
  /** The client's id, where the administrator makes it up. */
  | { readonly is: "clientId" }
  /** A claim that is not in the ID token unless it is ticked. */
  | { readonly is: "claim" };

export interface OidcConsole {
  readonly fields: Readonly<Record<string, OidcField>>;
  /** The path of its issuer. */
  readonly issuerPath: string;
  /** What it calls what it gives. */
  readonly gives: Readonly<Record<string, "clientId" | "clientSecret" | "issuer" | "host" | "tenant">>;
  /** The issuer, as its documentation has it made of what its pages show; default: what is shown. */
  readonly issuerOf?: (shown: Readonly<Record<string, string>>, url: string) => string;
}

const redirectUri = { is: "redirectUri" } as const;
const assigns = { is: "assigns" } as const;
const claim = { is: "claim" } as const;

/** The tenant's id at Entra. */
export const TENANT = "0f3a6c0e-3d6b-4a6e-9d49-8e8a2f6f1c11";

/** The OpenID Connect pages of each product: its fields, and no other, by the product's documentation. */
export const OIDC_CONSOLES: Readonly<Record<string, OidcConsole>> = {
  okta: {
    fields: { "Sign-in redirect URIs": redirectUri, Assignments: assigns },
    issuerPath: "",
    gives: { "Client ID": "clientId", "Client Secret": "clientSecret" },
    issuerOf: (_shown, url) => url,
  },
  entra: {
    fields: {
      "Supported account types": {
        is: "needed",
        text: "Single tenant only",
        options: ["Multiple tenants", "Single tenant only"],
      },
      "Redirect URI: Web": redirectUri,
      email: claim,
      family_name: claim,
      given_name: claim,
    },
    issuerPath: `/${TENANT}/v2.0`,
    gives: {
      Value: "clientSecret",
      "Application (client) ID": "clientId",
      "Directory (tenant) ID": "tenant",
    },
    issuerOf: (shown, url) => `${url}/${shown["Directory (tenant) ID"]}/v2.0`,
  },
  onelogin: {
    fields: { "Redirect URIs": redirectUri },
    issuerPath: "/oidc/2",
    gives: { "Client ID": "clientId", "Client Secret": "clientSecret", "Issuer URL": "issuer" },
  },
  jumpcloud: {
    fields: { "Redirect URIs": redirectUri },
    issuerPath: "",
    gives: { "Client ID": "clientId", "Client Secret": "clientSecret" },
    issuerOf: (_shown, url) => url,
  },
  pingone: {
    fields: { "Redirect URIs": redirectUri },
    issuerPath: "/env/as",
    gives: { "Client ID": "clientId", "Client Secret": "clientSecret", "Issuer ID": "issuer" },
  },
  keycloak: {
    fields: {
      "Client ID": { is: "clientId" },
      "Client authentication": { is: "needed", text: "On", options: ["Off", "On"] },
      "Standard flow": { is: "needed", text: "✓" },
      "Valid redirect URIs": redirectUri,
    },
    issuerPath: "/realms/acme",
    gives: { "Client secret": "clientSecret" },
    issuerOf: (_shown, url) => `${url}/realms/acme`,
  },
  auth0: {
    fields: { "Allowed Callback URLs": redirectUri },
    issuerPath: "/",
    gives: { Domain: "host", "Client ID": "clientId", "Client Secret": "clientSecret" },
    issuerOf: ({ Domain }) => `http://${Domain}/`,
  },
  generic: {
    fields: { "Redirect URI": redirectUri },
    issuerPath: "/op",
    gives: { "Client ID": "clientId", "Client secret": "clientSecret", Issuer: "issuer" },
  },
};
