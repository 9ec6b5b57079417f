import type { Product } from "../guide.ts";

// Sources: docs.cyberark.com (web applications, SAML attributes), WorkOS' guide for CyberArk SAML.
export const cyberark: Product = {
  id: "cyberark",
  name: "CyberArk Identity",
  provider: "generic",
  metadataUrl: true,
  saml: {
    checked: "2026-11-29",
    steps: [
      {
        id: "create",
        path: ["Apps & Widgets", "Web Apps", "Add Web Apps", "Custom", "SAML"],
        fields: [{ label: "Name", free: true }],
      },
      {
        id: "configure",
        path: ["Trust", "Service Provider Configuration", "Manual Configuration"],
        fields: [
          { label: "SP Entity ID / Issuer / Audience", value: "spEntityId" },
          { label: "Assertion Consumer Service (ACS) URL", value: "acsUrl" },
          { label: "Sign Response or Assertion?", text: "Both" },
        ],
      },
      {
        id: "attributes",
        path: ["SAML Response", "Attributes", "Add"],
        fields: [
          { label: "email", text: "LoginUser.Email" },
          { label: "firstName", text: "LoginUser.FirstName" },
          { label: "lastName", text: "LoginUser.LastName" },
          { label: "groups", text: "LoginUser.GroupNames" },
        ],
      },
      { id: "assign", path: ["Permissions", "Add"], fields: [] },
      {
        id: "metadata",
        path: ["Trust", "Identity Provider Configuration", "Metadata"],
        fields: [{ label: "Copy URL" }],
      },
    ],
  },
};
