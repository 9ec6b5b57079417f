/** Where the fault of an error code is mended, in each product's own words. Codes are those of login records. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  audience_mismatch: {
    okta: "Audience URI (SP Entity ID)",
    entra: "Identifier (Entity ID)",
    google: "Entity ID",
    onelogin: "Audience (EntityID)",
    jumpcloud: "SP Entity ID",
    pingone: "Entity ID",
    adfs: "Relying party trust identifier",
    keycloak: "Client ID",
    auth0: "audience",
  },
  recipient_mismatch: {
    okta: "Single sign-on URL",
    entra: "Reply URL (Assertion Consumer Service URL)",
    google: "ACS URL",
    onelogin: "Recipient",
    jumpcloud: "ACS URLs → Default URL",
    pingone: "ACS URLs",
    adfs: "Relying party SAML 2.0 SSO service URL",
    keycloak: "Assertion Consumer Service POST Binding URL",
    auth0: "Application Callback URL",
  },
  assertion_issuer_mismatch: {
    okta: "Issuer",
    entra: "Microsoft Entra Identifier",
    google: "Entity ID",
    onelogin: "Issuer URL",
    jumpcloud: "IdP Entity ID",
    pingone: "Issuer ID",
  },
  signature_invalid: {
    okta: "Signing Certificate",
    entra: "SAML Certificates",
    google: "Certificate",
    onelogin: "X.509 Certificate",
    jumpcloud: "IDP Certificate Valid → Download Certificate",
    pingone: "Download Signing Certificate",
  },
  signature_missing: {
    okta: "Assertion Signature",
    entra: "Signing options",
    onelogin: "SAML signature element",
    jumpcloud: "Sign",
    pingone: "Sign Assertion",
    keycloak: "Sign assertions",
  },
  email_missing: {
    okta: "Attribute Statements",
    entra: "Attributes & Claims",
    google: "Attribute mapping",
    onelogin: "Parameters",
    jumpcloud: "User Attribute Mapping",
    pingone: "Attribute Mappings",
    adfs: "Edit Claim Issuance Policy",
    keycloak: "Add mapper",
  },
};

const SAME: Readonly<Record<string, string>> = {
  destination_mismatch: "recipient_mismatch",
  response_issuer_mismatch: "assertion_issuer_mismatch",
  digest_mismatch: "signature_invalid",
};

/** The field of a product at which the fault of an error code is mended; undefined where it is none of the product's. */
export function fieldToChange(product: string, code: string): string | undefined {
  return FIELDS[SAME[code] ?? code]?.[product];
}
