/** What both demo IdPs say of how somebody authenticated, each in its protocol's way. */
export const PASSWORD = {
  acr: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
  amr: ["pwd"],
} as const;
