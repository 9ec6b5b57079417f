interface Entry {
  readonly message: string;
  readonly fix: string;
}

const RESEND =
  "Sign in again. If it stays, send the login record to the IdP's support: its message is not valid.";
const FORGED =
  "Do not retry: no IdP sends this. Check who posted the message; the IdP's own logins are unaffected.";
const CHANGED =
  "If it happens at every login, something changes messages after the IdP signed them: a proxy, a browser extension, a plug-in or template that indents or re-encodes. If it happened once, somebody may have tried to forge a login: check who posted it.";
const SCHEMA =
  "If it happens at every login, look at the IdP's response template and plug-ins, and send the login record to its support: its messages are not valid. If it happened once, somebody may have tried to forge a login: check who posted it.";
const SIGNING =
  "In the IdP's application for this connection, choose RSA-SHA256 (or stronger) with SHA-256 digests.";

/** Every reason for a refusal: stable code, what happened, what the connection's administrator does about it. */
export const SAML_ERRORS = {
  // The form value
  response_missing: {
    message: "The post carries no SAMLResponse.",
    fix: "In the IdP, set the binding for this application's ACS URL to HTTP-POST.",
  },
  response_base64: { message: "SAMLResponse is not valid base64.", fix: RESEND },
  redirect_malformed: {
    message: "The SAML query string is not what the HTTP-Redirect binding prescribes.",
    fix: RESEND,
  },
  redirect_inflation: { message: "The deflated message grows beyond the limit.", fix: FORGED },
  redirect_signature_missing: {
    message: "The query string is not signed.",
    fix: "Turn on signing of logout messages in the IdP.",
  },
  redirect_signature_invalid: {
    message: "The query string's signature does not verify with the connection's certificates.",
    fix: "Update the connection's metadata or signing certificate from the IdP.",
  },

  // XML
  xml_too_large: {
    message: "The message is larger than the limit.",
    fix: "Send fewer attributes or groups: filter them in the IdP.",
  },
  xml_too_deep: { message: "Elements are nested deeper than the limit.", fix: FORGED },
  xml_too_many_nodes: {
    message: "The message has more elements and attributes than the limit.",
    fix: "Send fewer attributes or groups: filter them in the IdP.",
  },
  xml_encoding: { message: "The message is not XML 1.0 in UTF-8.", fix: "Configure the IdP to send UTF-8." },
  xml_malformed: { message: "The message is not well-formed XML.", fix: RESEND },
  xml_doctype: { message: "The message has a document type declaration.", fix: FORGED },
  xml_comment: {
    message: "The message has an XML comment.",
    fix: "Turn off comments in the IdP's response template.",
  },
  xml_cdata: {
    message: "The message has a CDATA section.",
    fix: "Turn off CDATA in the IdP's response template.",
  },
  xml_processing_instruction: { message: "The message has a processing instruction.", fix: SCHEMA },
  xml_duplicate_id: {
    message: "Two elements share one ID.",
    fix: "Have the IdP give response and assertion an ID each: some templates use one for both. If it happened once, somebody may have tried to forge a login: check who posted it.",
  },
  xml_relative_namespace: { message: "A namespace is not an absolute URI.", fix: FORGED },
  xml_canonicalization_failed: { message: "The signed element cannot be canonicalized.", fix: FORGED },

  // Response
  not_a_response: {
    message: "The message is not a SAML 2.0 Response.",
    fix: "In the IdP, check that this application speaks SAML 2.0 (not 1.1, not WS-Federation) and that login, not logout, points at the ACS URL.",
  },
  element_unexpected: {
    message: "The message has an element or attribute where SAML 2.0 allows none.",
    fix: SCHEMA,
  },
  element_missing: {
    message: "The message lacks an element or attribute that SAML 2.0 requires.",
    fix: RESEND,
  },
  time_malformed: { message: "A time is not an xs:dateTime in UTC.", fix: RESEND },
  status_not_success: {
    message: "The IdP answered that the login did not succeed.",
    fix: "Look at the status in the login record and at the IdP's own log: most often the user is not assigned to the application.",
  },
  response_issuer_missing: {
    message: "The response names no issuer.",
    fix: "In the IdP, set the issuer (entity ID) of this application.",
  },
  response_issuer_mismatch: {
    message: "The response's issuer is not this connection's IdP.",
    fix: "Make the connection's IdP entity ID equal to the issuer that the IdP sends.",
  },
  destination_missing: {
    message: "The response has no Destination.",
    fix: "In the IdP, set the destination to the connection's ACS URL.",
  },
  destination_mismatch: {
    message: "The response's Destination is not this connection's ACS URL.",
    fix: "In the IdP, set the destination to the connection's ACS URL, character by character.",
  },
  in_response_to_missing: {
    message: "The response answers no request (it is unsolicited).",
    fix: "Start the login at the application, or allow IdP-initiated login on the connection.",
  },
  in_response_to_mismatch: {
    message: "The response answers another request.",
    fix: "Sign in again, in one browser tab.",
  },
  issued_in_future: {
    message: "The message was issued in the future.",
    fix: "Synchronize the IdP's clock (NTP).",
  },

  // How many assertions, and where
  assertion_missing: { message: "The response holds no assertion.", fix: RESEND },
  assertion_multiple: {
    message: "The response holds more than one assertion.",
    fix: "Configure the IdP to send one assertion.",
  },
  id_too_long: {
    message: "An ID is longer than 256 characters.",
    fix: "Configure the IdP to make shorter IDs; 32 characters are enough.",
  },
  assertion_misplaced: { message: "An assertion is not a direct child of the response.", fix: FORGED },

  // Signature
  signature_missing: {
    message: "The message is not signed.",
    fix: "In the IdP, sign the assertion or the response; of a logout, sign the message.",
  },
  signature_multiple: { message: "One element has more than one signature.", fix: SCHEMA },
  signature_misplaced: {
    message: "A signature is neither the response's nor the assertion's own child.",
    fix: SCHEMA,
  },
  signature_malformed: {
    message: "The signature has parts that SAML 2.0 does not allow, or lacks some.",
    fix: SCHEMA,
  },
  signature_reference_multiple: { message: "The signature has more than one reference.", fix: SCHEMA },
  signature_reference_mismatch: {
    message: "The signature refers to another element than the one it stands in.",
    fix: 'Have the IdP sign by the ID of the signed element (Reference URI="#ID"; SAML 2.0 Core §5.4.2). If it happened once, somebody may have tried to forge a login: check who posted it.',
  },
  signature_transform: {
    message: "The signature uses transforms other than enveloped-signature and exclusive C14N.",
    fix: "In the IdP, choose exclusive canonicalization (xml-exc-c14n).",
  },
  signature_canonicalization: {
    message:
      "The signature is canonicalized by other than exclusive C14N, or with comments of which there are some.",
    fix: "In the IdP, choose exclusive canonicalization (xml-exc-c14n).",
  },
  signature_algorithm: { message: "The signature algorithm is not allowed.", fix: SIGNING },
  signature_sha1: {
    message: "The signature or its digest uses SHA-1, which this connection does not allow.",
    fix: SIGNING,
  },
  digest_algorithm: { message: "The digest algorithm is not allowed.", fix: SIGNING },
  signature_invalid: {
    message: "The signature does not verify with any of the connection's certificates.",
    fix: "Update the connection's metadata or signing certificate from the IdP.",
  },
  digest_mismatch: { message: "The signed element was changed after it was signed.", fix: CHANGED },
  certificate_missing: {
    message: "The connection has no signing certificate.",
    fix: "Add the IdP's metadata or signing certificate to the connection.",
  },
  certificate_unreadable: {
    message: "A certificate cannot be read.",
    fix: "Give the certificate as PEM or base64 DER, X.509, RSA or EC.",
  },

  // Encryption
  decryption_key_missing: {
    message: "The assertion is encrypted and the connection has no decryption key.",
    fix: "Turn off assertion encryption in the IdP, or give it this connection's metadata.",
  },
  decryption_key_unreadable: {
    message: "A decryption key cannot be read.",
    fix: "Give the key as PEM, PKCS#8, RSA.",
  },
  encryption_malformed: {
    message: "The encrypted assertion has parts that are not understood, or lacks some.",
    fix: RESEND,
  },
  encryption_algorithm: {
    message: "The encryption algorithm is not allowed.",
    fix: "In the IdP, choose AES-GCM (or AES-CBC) with RSA-OAEP (rsa-oaep-mgf1p, or rsa-oaep of XML Encryption 1.1); RSA 1.5 and 3DES are refused. This connection's metadata lists what is taken.",
  },
  decryption_failed: {
    message: "The assertion cannot be decrypted with this connection's keys.",
    fix: "Give the IdP this connection's current metadata: it encrypts for another key.",
  },
  encrypted_assertion_unsigned: {
    message: "The encrypted assertion is not signed, and neither is the response around it.",
    fix: "In the IdP, sign the assertion or the response.",
  },

  // Assertion
  assertion_issuer_missing: {
    message: "The assertion names no issuer.",
    fix: "In the IdP, set the issuer (entity ID) of this application.",
  },
  assertion_issuer_mismatch: {
    message: "The assertion's issuer is not this connection's IdP.",
    fix: "Make the connection's IdP entity ID equal to the issuer that the IdP sends.",
  },
  subject_missing: {
    message: "The assertion names no subject.",
    fix: "In the IdP, choose a NameID for this application.",
  },
  name_id_encrypted: {
    message: "The subject's NameID is encrypted by itself.",
    fix: "In the IdP, turn off encryption of the NameID; for logins encrypt the whole assertion instead.",
  },
  confirmation_method: {
    message: "The subject is not confirmed by the bearer method.",
    fix: "In the IdP, use the Web Browser SSO profile (bearer).",
  },
  recipient_missing: {
    message: "The subject confirmation has no Recipient.",
    fix: "In the IdP, set the recipient to the connection's ACS URL.",
  },
  recipient_mismatch: {
    message: "The subject confirmation's Recipient is not this connection's ACS URL.",
    fix: "In the IdP, set the recipient to the connection's ACS URL, character by character.",
  },
  confirmation_in_response_to_missing: {
    message: "The subject confirmation answers no request.",
    fix: "Start the login at the application; the IdP must repeat the request's ID in the subject confirmation.",
  },
  confirmation_in_response_to_mismatch: {
    message: "The subject confirmation answers another request.",
    fix: "Sign in again, in one browser tab.",
  },
  confirmation_expired: {
    message: "The subject confirmation has expired.",
    fix: "Sign in again. If it stays, synchronize the IdP's clock (NTP).",
  },
  confirmation_not_yet_valid: {
    message: "The subject confirmation is not valid yet.",
    fix: "Synchronize the IdP's clock (NTP).",
  },
  assertion_expired: {
    message: "The assertion has expired.",
    fix: "Sign in again. If it stays, synchronize the IdP's clock (NTP).",
  },
  assertion_not_yet_valid: {
    message: "The assertion is not valid yet.",
    fix: "Synchronize the IdP's clock (NTP).",
  },
  condition_unknown: {
    message: "The assertion sets a condition that is not understood.",
    fix: "Remove the custom condition in the IdP.",
  },
  audience_missing: {
    message: "The assertion is restricted to no audience.",
    fix: "In the IdP, set the audience (SP entity ID) to the connection's.",
  },
  audience_mismatch: {
    message: "The assertion is meant for another service provider.",
    fix: "In the IdP, set the audience (SP entity ID) to the connection's, character by character.",
  },
  authn_statement_missing: { message: "The assertion has no authentication statement.", fix: RESEND },
  session_expired: {
    message: "The IdP's session has already ended.",
    fix: "Sign in again; check the session lifetime in the IdP.",
  },
  attribute_encrypted: {
    message: "An attribute is encrypted by itself.",
    fix: "In the IdP, encrypt the whole assertion instead of single attributes.",
  },

  // Logout
  not_a_logout_message: {
    message: "The message is not the SAML 2.0 LogoutRequest or LogoutResponse that its parameter announces.",
    fix: "In the IdP, check that logout (not login) points at the connection's single logout URL.",
  },
  logout_issuer_missing: {
    message: "The logout message names no issuer.",
    fix: "In the IdP, set the issuer (entity ID) of this application.",
  },
  logout_issuer_mismatch: {
    message: "The logout message's issuer is not this connection's IdP.",
    fix: "Make the connection's IdP entity ID equal to the issuer that the IdP sends.",
  },
  logout_destination_missing: {
    message: "The logout message has no Destination, which a signed message must have.",
    fix: "In the IdP, set the logout URL to the connection's single logout URL.",
  },
  logout_destination_mismatch: {
    message: "The logout message's Destination is not this connection's single logout URL.",
    fix: "In the IdP, set the logout URL to the connection's single logout URL, character by character.",
  },
  logout_expired: {
    message: "The logout message is too old.",
    fix: "Sign out again. If it stays, synchronize the IdP's clock (NTP).",
  },
  logout_subject_missing: {
    message: "The logout request does not say by NameID who is to be signed out.",
    fix: "In the IdP, send the NameID of the login in logout requests.",
  },
  logout_in_response_to_missing: {
    message: "The logout response answers no request.",
    fix: "Look at the IdP's own log: it must repeat the ID of our logout request.",
  },
  logout_in_response_to_mismatch: {
    message: "The logout response answers another request.",
    fix: "Sign out again, in one browser tab.",
  },

  // Metadata
  not_metadata: {
    message: "The document is not SAML 2.0 metadata.",
    fix: "Give the IdP's metadata XML: its root is EntityDescriptor or EntitiesDescriptor. What a browser shows at a metadata URL may be a sign-in page, or a page about the metadata.",
  },
  metadata_no_idp: {
    message: "The metadata describes no identity provider.",
    fix: "Give the metadata of the IdP, not of a service provider.",
  },
  metadata_ambiguous: {
    message: "The metadata describes several identity providers.",
    fix: "Say which entity ID is meant.",
  },
  metadata_entity_unknown: {
    message: "The metadata does not describe the entity ID that is meant.",
    fix: "Check the entity ID.",
  },
  metadata_no_sso: {
    message: "The metadata has no single sign-on URL over HTTP-Redirect or HTTP-POST.",
    fix: "Turn on one of these bindings in the IdP.",
  },
  metadata_no_certificate: {
    message: "The metadata has no signing certificate.",
    fix: "Turn on signing in the IdP and export the metadata again.",
  },
  metadata_expired: { message: "The metadata is past its validUntil.", fix: "Export the metadata again." },
  metadata_too_large: {
    message: "The metadata is too large to be read as a whole.",
    fix: "Give the entity ID of the IdP, and it alone is read; or the URL of that entity's own metadata (the federation's metadata query service has one), which a signature may be verified over.",
  },
  metadata_malformed: {
    message: "The metadata has a value that cannot be read.",
    fix: "Export the metadata again.",
  },
} as const satisfies Record<string, Entry>;

export type SamlErrorCode = keyof typeof SAML_ERRORS;

/** What is accepted, but should not stay. */
export const SAML_WARNINGS = {
  sha1: { message: "The signature or its digest uses SHA-1.", fix: SIGNING },
  certificate_expired: {
    message: "The certificate that verified the signature has expired.",
    fix: "Renew the signing certificate in the IdP and update the connection's metadata.",
  },
  attribute_structured: {
    message: "An attribute's value holds elements instead of text and was left out.",
    fix: "If the attribute is needed, send it as text.",
  },
  certificate_weak_key: {
    message: "The IdP signs with an RSA key of less than 2,048 bits.",
    fix: "Renew the signing certificate in the IdP with a 2,048-bit key.",
  },
} as const satisfies Record<string, Entry>;

export type SamlWarningCode = keyof typeof SAML_WARNINGS;
