import type { Product } from "../guide.ts";

/** What every identity provider of the protocol asks for, by the specification's own names. */
export const generic: Product = {
  id: "generic",
  name: "",
  provider: "generic",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "configure",
        path: [],
        fields: [
          { label: "Assertion Consumer Service URL", value: "acsUrl" },
          { label: "Entity ID", value: "spEntityId" },
          { label: "Metadata URL", value: "spMetadataUrl" },
        ],
      },
      {
        id: "attributes",
        path: [],
        fields: [
          { label: "email", text: "email" },
          { label: "firstName", text: "firstName" },
          { label: "lastName", text: "lastName" },
          { label: "groups", text: "groups" },
        ],
      },
      {
        id: "metadata",
        path: [],
        fields: [{ label: "Entity ID (issuer)" }, { label: "Single sign-on URL" }, { label: "Certificate" }],
      },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "configure",
        path: [],
        fields: [{ label: "Redirect URI", value: "redirectUri" }],
      },
      {
        id: "credentials",
        path: [],
        fields: [{ label: "Issuer" }, { label: "Client ID" }, { label: "Client secret" }],
      },
    ],
  },
  scim: {
    checked: "2026-11-28",
    steps: [
      {
        id: "connect",
        path: [],
        fields: [
          { label: "SCIM base URL", value: "baseUrl" },
          { label: "Bearer token", value: "token" },
          { label: "Unique identifier", text: "userName" },
        ],
      },
    ],
  },
};
