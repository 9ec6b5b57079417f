const SAML_CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes";
const MICROSOFT_METHODS = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod";

/** Authentication contexts, and Microsoft's method URIs, as the method references of RFC 8176. */
const METHODS: Readonly<Record<string, string>> = {
  // https://docs.oasis-open.org/security/saml/v2.0/saml-authn-context-2.0-os.pdf
  [`${SAML_CLASSES}:Password`]: "pwd",
  [`${SAML_CLASSES}:PasswordProtectedTransport`]: "pwd",
  [`${SAML_CLASSES}:Kerberos`]: "wia",
  [`${SAML_CLASSES}:Smartcard`]: "sc",
  [`${SAML_CLASSES}:SmartcardPKI`]: "sc",
  [`${SAML_CLASSES}:X509`]: "swk",
  [`${SAML_CLASSES}:TLSClient`]: "swk",
  [`${SAML_CLASSES}:TimeSyncToken`]: "otp",
  [`${SAML_CLASSES}:MobileTwoFactorContract`]: "mfa",
  [`${SAML_CLASSES}:MobileTwoFactorUnregistered`]: "mfa",
  "urn:federation:authentication:windows": "wia",
  // https://refeds.org/profile/mfa
  "https://refeds.org/profile/mfa": "mfa",
  // https://learn.microsoft.com/en-us/entra/identity-platform/reference-saml-tokens
  "http://schemas.microsoft.com/claims/multipleauthn": "mfa",
  [`${MICROSOFT_METHODS}/password`]: "pwd",
  [`${MICROSOFT_METHODS}/windows`]: "wia",
  [`${MICROSOFT_METHODS}/x509`]: "swk",
};

/** RFC 8176 references for what is known; the rest says nothing and is left out. */
export function methodReferences(uris: readonly (string | undefined)[]): string[] {
  const methods = uris.flatMap((uri) => (uri === undefined ? [] : (METHODS[uri] ?? [])));
  return [...new Set(methods)];
}
