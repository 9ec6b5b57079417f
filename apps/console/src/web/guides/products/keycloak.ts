import type { Product } from "../guide.ts";

// Source: keycloak/keycloak, docs/documentation/server_admin (26.x).
export const keycloak: Product = {
  id: "keycloak",
  name: "Keycloak",
  provider: "keycloak",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Clients", "Create client", "SAML"],
        fields: [
          { label: "Client ID", value: "spEntityId" },
          { label: "Valid redirect URIs", value: "acsUrl" },
          { label: "Master SAML Processing URL", value: "acsUrl" },
        ],
      },
      {
        id: "keys",
        path: ["Keys"],
        fields: [{ label: "Client signature required", text: "Off" }],
      },
      {
        id: "mappers",
        path: ["Client scopes", "<client>-dedicated", "Add mapper", "By configuration", "User Property"],
        fields: [
          { label: "email", text: "email" },
          { label: "firstName", text: "firstName" },
          { label: "lastName", text: "lastName" },
        ],
      },
      {
        id: "metadata",
        path: ["Realm settings", "General", "Endpoints"],
        fields: [{ label: "SAML 2.0 Identity Provider Metadata" }],
      },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Clients", "Create client", "OpenID Connect"],
        fields: [
          { label: "Client ID", free: true },
          { label: "Client authentication", text: "On" },
          { label: "Standard flow", text: "✓" },
          { label: "Valid redirect URIs", value: "redirectUri" },
        ],
      },
      { id: "credentials", path: ["Credentials"], fields: [{ label: "Client secret" }] },
    ],
  },
};
