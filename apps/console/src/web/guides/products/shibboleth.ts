import type { Product } from "../guide.ts";

/** Of a rule in attribute-filter.xml: every value is released. */
const ANY = '<PermitValueRule xsi:type="ANY"/>';

// Sources: the Shibboleth wiki (IDP5 MetadataConfiguration, attribute filters), scalekit-inc/developer-docs.
export const shibboleth: Product = {
  id: "shibboleth",
  name: "Shibboleth",
  provider: "shibboleth",
  metadataUrl: true,
  saml: {
    checked: "2026-11-29",
    steps: [
      {
        id: "provider",
        path: ["conf/metadata-providers.xml", "MetadataProvider", "FileBackedHTTPMetadataProvider"],
        fields: [
          { label: "metadataURL", value: "spMetadataUrl" },
          { label: "backingFile", free: true },
        ],
      },
      {
        id: "release",
        path: ["conf/attribute-filter.xml", "AttributeFilterPolicy"],
        fields: [
          { label: 'PolicyRequirementRule xsi:type="Requester"', value: "spEntityId" },
          { label: 'AttributeRule attributeID="mail"', text: ANY },
          { label: 'AttributeRule attributeID="givenName"', text: ANY },
          { label: 'AttributeRule attributeID="sn"', text: ANY },
        ],
      },
      {
        id: "nameid",
        path: [
          "conf/saml-nameid.xml",
          "shibboleth.SAML2NameIDGenerators",
          "shibboleth.SAML2AttributeSourcedGenerator",
        ],
        fields: [
          { label: "p:format", text: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" },
          { label: "p:attributeSourceIds", text: "#{ {'mail'} }" },
        ],
      },
      { id: "metadata", path: [], fields: [] },
    ],
  },
};
