/** Whom the products know, in our words. */
export const ANN = {
  email: "ann@acme.example",
  firstName: "Ann",
  lastName: "Ash",
  userId: "0a1b2c3d",
  groups: ["Engineering", "Staff"],
} as const;

export type Fact = keyof typeof ANN;

/** What a field of a product's SAML pages means to it. */
export type SamlField =
  /** Where responses go. Several such fields have to agree. */
  | { readonly is: "acsUrl" }
  /** Whom assertions are for. */
  | { readonly is: "audience" }
  /** Our metadata, which the product reads in place of both. */
  | { readonly is: "spMetadataUrl" }
  /** The product's own entity ID, where its administrator makes it up. */
  | { readonly is: "idpEntityId" }
  | { readonly is: "free" }
  /** An attribute by the name of the field, from what is typed in. */
  | { readonly is: "attribute" }
  /** An attribute from what the field names, by the name that is typed in. */
  | { readonly is: "source"; readonly of: Fact }
  /** The NameID, from what is typed in; before, from `of`. */
  | { readonly is: "nameId"; readonly of: Fact }
  /** One of several, the product's default first. `signs` is what it then signs. */
  | {
      readonly is: "choice";
      readonly options: readonly string[];
      readonly signs?: Readonly<Record<string, "assertion" | "response" | "both">>;
    }
  /** Without this text the product refuses. */
  | { readonly is: "needed"; readonly text: string; readonly options?: readonly string[] }
  /** Lets people use the application: without it the product refuses everybody. */
  | { readonly is: "assigns" }
  | { readonly is: "tick" };

export interface SamlConsole {
  /** Each field of its pages, by its name there. */
  readonly fields: Readonly<Record<string, SamlField>>;
  /** Its own words for what it can put into an attribute. */
  readonly sources?: Readonly<Record<string, Fact>>;
  /** What its attributes are called in an assertion, where not as they were typed. */
  readonly attributeNames?: Readonly<Record<string, string>>;
  /** What it sends, whatever is typed. */
  readonly sends?: Readonly<Record<string, Fact>>;
  /** Where its metadata is, and what its pages call the address; null: only its documentation says it. */
  readonly metadata: { readonly path: string; readonly shownAs: string | null };
  /** It has no address of its metadata, but a file. */
  readonly fileOnly?: true;
  /** It shows its three facts by the specification's names. */
  readonly byHand?: true;
}

const XMLSOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
const acsUrl = { is: "acsUrl" } as const;
const audience = { is: "audience" } as const;
const free = { is: "free" } as const;
const attribute = { is: "attribute" } as const;
const assigns = { is: "assigns" } as const;
const tick = { is: "tick" } as const;
const released = { is: "needed", text: '<PermitValueRule xsi:type="ANY"/>' } as const;

/** The SAML pages of each product: its fields, and no other, by the product's documentation. */
export const SAML_CONSOLES: Readonly<Record<string, SamlConsole>> = {
  okta: {
    fields: {
      "App name": free,
      "Single sign-on URL": acsUrl,
      "Audience URI (SP Entity ID)": audience,
      "Name ID format": { is: "choice", options: ["Unspecified", "EmailAddress", "Persistent"] },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      "Assign to Groups": assigns,
    },
    sources: {
      "user.profile.email": "email",
      "user.profile.firstName": "firstName",
      "user.profile.lastName": "lastName",
    },
    metadata: { path: "/app/exk1/sso/saml/metadata", shownAs: "Metadata URL" },
  },
  entra: {
    fields: {
      "Integrate any other application you don't find in the gallery (Non-gallery)": {
        is: "needed",
        text: "✓",
      },
      "Identifier (Entity ID)": audience,
      "Reply URL (Assertion Consumer Service URL)": acsUrl,
      "Groups assigned to the application": tick,
      Assign: assigns,
    },
    sends: {
      [`${XMLSOAP}/emailaddress`]: "email",
      [`${XMLSOAP}/givenname`]: "firstName",
      [`${XMLSOAP}/surname`]: "lastName",
    },
    metadata: { path: "/federationmetadata.xml", shownAs: "App Federation Metadata Url" },
  },
  google: {
    fields: {
      "App name": free,
      "ACS URL": acsUrl,
      "Entity ID": audience,
      "Name ID format": { is: "choice", options: ["UNSPECIFIED", "EMAIL", "PERSISTENT"] },
      "Name ID": { is: "choice", options: ["Basic Information > Primary email"] },
      "Primary email": { is: "source", of: "email" },
      "First name": { is: "source", of: "firstName" },
      "Last name": { is: "source", of: "lastName" },
      "Group membership (optional)": { is: "source", of: "groups" },
      "ON for everyone": assigns,
    },
    metadata: { path: "/GoogleIDPMetadata.xml", shownAs: "Download Metadata" },
    fileOnly: true,
  },
  onelogin: {
    fields: {
      "Display Name": free,
      "Audience (EntityID)": audience,
      Recipient: acsUrl,
      "ACS (Consumer) URL": acsUrl,
      "SAML initiator": { is: "choice", options: ["OneLogin", "Service Provider"] },
      "SAML nameID format": { is: "choice", options: ["Unspecified", "Email", "Persistent"] },
      "SAML signature element": {
        is: "choice",
        options: ["Response", "Assertion", "Both"],
        signs: { Response: "response", Assertion: "assertion", Both: "both" },
      },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      groups: attribute,
      Access: assigns,
    },
    sources: { Email: "email", "First Name": "firstName", "Last Name": "lastName", "User Roles": "groups" },
    metadata: { path: "/saml/metadata/1", shownAs: "Issuer URL" },
  },
  jumpcloud: {
    fields: {
      "Configure SSO with SAML": { is: "needed", text: "✓" },
      "Display Label": free,
      "IdP Entity ID": { is: "idpEntityId" },
      "SP Entity ID": audience,
      "ACS URLs → Default URL": acsUrl,
      "SAMLSubject NameID": { is: "nameId", of: "email" },
      Sign: {
        is: "choice",
        options: ["Response", "Assertion", "Assertion and Response"],
        signs: { Response: "response", Assertion: "assertion", "Assertion and Response": "both" },
      },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      "Include group attribute": { is: "source", of: "groups" },
      Save: assigns,
    },
    sources: { email: "email", firstname: "firstName", lastname: "lastName" },
    metadata: { path: "/saml2/metadata", shownAs: "Copy Metadata URL" },
  },
  pingone: {
    fields: {
      "Application Name": free,
      "ACS URLs": acsUrl,
      "Entity ID": audience,
      saml_subject: { is: "nameId", of: "userId" },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      groups: attribute,
      Access: assigns,
    },
    sources: {
      "Email Address": "email",
      "Given Name": "firstName",
      "Family Name": "lastName",
      "Group Names": "groups",
    },
    metadata: { path: "/env/saml20/metadata/1", shownAs: "IDP Metadata URL" },
  },
  adfs: {
    fields: {
      "Federation metadata address": { is: "spMetadataUrl" },
      "Relying party SAML 2.0 SSO service URL": acsUrl,
      "Relying party trust identifier": audience,
      "E-Mail-Addresses": { is: "source", of: "email" },
      "Given-Name": { is: "source", of: "firstName" },
      Surname: { is: "source", of: "lastName" },
      "Token-Groups - Unqualified Names": { is: "source", of: "groups" },
      "Incoming claim type": { is: "needed", text: "E-Mail Address" },
      "Outgoing claim type": { is: "needed", text: "Name ID" },
      "Outgoing name ID format": { is: "needed", text: "Email" },
    },
    attributeNames: {
      "E-Mail Address": `${XMLSOAP}/emailaddress`,
      "Given Name": `${XMLSOAP}/givenname`,
      Surname: `${XMLSOAP}/surname`,
      Group: "http://schemas.xmlsoap.org/claims/Group",
    },
    metadata: { path: "/FederationMetadata/2007-06/FederationMetadata.xml", shownAs: null },
  },
  keycloak: {
    fields: {
      "Client ID": audience,
      "Valid redirect URIs": acsUrl,
      "Master SAML Processing URL": acsUrl,
      // Our requests are not signed unless its metadata wants them so.
      "Client signature required": { is: "needed", text: "Off", options: ["On", "Off"] },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
    },
    sources: { email: "email", firstName: "firstName", lastName: "lastName" },
    metadata: {
      path: "/realms/acme/protocol/saml/descriptor",
      shownAs: "SAML 2.0 Identity Provider Metadata",
    },
  },
  auth0: {
    fields: { "Application Callback URL": acsUrl, audience },
    sends: {
      [`${XMLSOAP}/emailaddress`]: "email",
      [`${XMLSOAP}/givenname`]: "firstName",
      [`${XMLSOAP}/surname`]: "lastName",
    },
    metadata: { path: "/samlp/metadata/1", shownAs: "Identity Provider Metadata" },
  },
  rippling: {
    fields: {
      "App Name": free,
      "Single Sign-On (SAML)": { is: "needed", text: "✓" },
      "ACS URL": acsUrl,
      "Service Provider Entity ID": audience,
      "Access Rules": assigns,
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      "Disable 'InResponseTo' field in assertions for IdP initiated SSO": tick,
    },
    sources: {
      "User's email address": "email",
      "User's Legal first name": "firstName",
      "User's Legal last name": "lastName",
    },
    metadata: { path: "/api/platform/sso/metadata/1", shownAs: "IdP Metadata URL" },
  },
  cyberark: {
    fields: {
      Name: free,
      "SP Entity ID / Issuer / Audience": audience,
      "Assertion Consumer Service (ACS) URL": acsUrl,
      "Sign Response or Assertion?": {
        is: "choice",
        options: ["Response", "Assertion", "Both"],
        signs: { Response: "response", Assertion: "assertion", Both: "both" },
      },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      groups: attribute,
      Add: assigns,
    },
    sources: {
      "LoginUser.Email": "email",
      "LoginUser.FirstName": "firstName",
      "LoginUser.LastName": "lastName",
      "LoginUser.GroupNames": "groups",
    },
    metadata: { path: "/saasManage/DownloadSAMLMetadataForApp", shownAs: "Copy URL" },
  },
  shibboleth: {
    fields: {
      metadataURL: { is: "spMetadataUrl" },
      backingFile: free,
      'PolicyRequirementRule xsi:type="Requester"': audience,
      'AttributeRule attributeID="mail"': released,
      'AttributeRule attributeID="givenName"': released,
      'AttributeRule attributeID="sn"': released,
      "p:format": { is: "needed", text: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" },
      "p:attributeSourceIds": { is: "needed", text: "#{ {'mail'} }" },
    },
    sends: {
      "urn:oid:0.9.2342.19200300.100.1.3": "email",
      "urn:oid:2.5.4.42": "firstName",
      "urn:oid:2.5.4.4": "lastName",
    },
    metadata: { path: "/idp/shibboleth", shownAs: null },
  },
  generic: {
    fields: {
      "Assertion Consumer Service URL": acsUrl,
      "Entity ID": audience,
      "Metadata URL": { is: "spMetadataUrl" },
      email: attribute,
      firstName: attribute,
      lastName: attribute,
      groups: attribute,
    },
    sources: { email: "email", firstName: "firstName", lastName: "lastName", groups: "groups" },
    metadata: { path: "/metadata", shownAs: null },
    byHand: true,
  },
};
