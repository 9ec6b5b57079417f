import type { Product } from "../guide.ts";

// Sources: auth0/docs-v2, ory/polis.
export const auth0: Product = {
  id: "auth0",
  name: "Auth0",
  provider: "generic",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Applications", "Create Application", "Addons", "SAML2 WEB APP", "Settings"],
        fields: [
          { label: "Application Callback URL", value: "acsUrl" },
          { label: "audience", value: "spEntityId" },
        ],
      },
      { id: "metadata", path: ["Usage"], fields: [{ label: "Identity Provider Metadata" }] },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Applications", "Create Application", "Regular Web Application", "Settings"],
        fields: [{ label: "Allowed Callback URLs", value: "redirectUri" }],
      },
      {
        id: "credentials",
        path: ["Settings"],
        fields: [{ label: "Domain" }, { label: "Client ID" }, { label: "Client Secret" }],
      },
    ],
  },
};
