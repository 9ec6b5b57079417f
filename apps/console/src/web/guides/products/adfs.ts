import type { Product } from "../guide.ts";

// Sources: MicrosoftDocs/windowsserverdocs, scalekit-inc/developer-docs, ory/polis.
export const adfs: Product = {
  id: "adfs",
  name: "AD FS",
  provider: "adfs",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: [
          "Server Manager",
          "Tools",
          "AD FS Management",
          "Relying Party Trusts",
          "Add Relying Party Trust",
        ],
        fields: [
          { label: "Federation metadata address", value: "spMetadataUrl" },
          { label: "Relying party SAML 2.0 SSO service URL", value: "acsUrl" },
          { label: "Relying party trust identifier", value: "spEntityId" },
        ],
      },
      {
        id: "claims",
        path: ["Edit Claim Issuance Policy", "Add Rule", "Send LDAP Attributes as Claims"],
        fields: [
          { label: "E-Mail-Addresses", text: "E-Mail Address" },
          { label: "Given-Name", text: "Given Name" },
          { label: "Surname", text: "Surname" },
          { label: "Token-Groups - Unqualified Names", text: "Group" },
        ],
      },
      {
        id: "nameid",
        path: ["Edit Claim Issuance Policy", "Add Rule", "Transform an Incoming Claim"],
        fields: [
          { label: "Incoming claim type", text: "E-Mail Address" },
          { label: "Outgoing claim type", text: "Name ID" },
          { label: "Outgoing name ID format", text: "Email" },
        ],
      },
      { id: "metadata", path: [], fields: [] },
    ],
  },
};
