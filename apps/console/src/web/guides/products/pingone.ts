import type { Product } from "../guide.ts";

// Sources: ssoready/docs, scalekit-inc/developer-docs, ory/polis, docs.pingidentity.com.
export const pingone: Product = {
  id: "pingone",
  name: "PingOne",
  provider: "pingone",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Applications", "+", "SAML Application", "Manually Enter"],
        fields: [
          { label: "Application Name", free: true },
          { label: "ACS URLs", value: "acsUrl" },
          { label: "Entity ID", value: "spEntityId" },
        ],
      },
      {
        id: "attributes",
        path: ["Attribute Mappings"],
        fields: [
          { label: "saml_subject", text: "Email Address" },
          { label: "email", text: "Email Address" },
          { label: "firstName", text: "Given Name" },
          { label: "lastName", text: "Family Name" },
          { label: "groups", text: "Group Names" },
        ],
      },
      { id: "assign", path: ["Access"], fields: [] },
      { id: "metadata", path: ["Configuration"], fields: [{ label: "IDP Metadata URL" }] },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Applications", "+", "OIDC Web App", "Configuration"],
        fields: [{ label: "Redirect URIs", value: "redirectUri" }],
      },
      {
        id: "credentials",
        path: ["Overview"],
        fields: [{ label: "Client ID" }, { label: "Client Secret" }, { label: "Issuer ID" }],
      },
    ],
  },
  scim: {
    checked: "2026-11-28",
    steps: [
      {
        id: "connect",
        path: ["Integrations", "Provisioning", "+", "New Connection", "Identity Store", "SCIM Outbound"],
        fields: [
          { label: "SCIM BASE URL", value: "baseUrl" },
          { label: "SCIM Version", text: "2.0" },
          { label: "Authentication Method", text: "OAuth 2 Bearer Token" },
          { label: "OAuth Access Token", value: "token" },
        ],
      },
      { id: "rule", path: ["Integrations", "Provisioning", "+", "New Rule"], fields: [] },
    ],
  },
};
