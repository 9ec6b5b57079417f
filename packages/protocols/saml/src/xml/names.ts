/** XML namespaces (SAML 2.0 Core §1.1, XML-DSig, XML-Enc). */
export const NS = {
  protocol: "urn:oasis:names:tc:SAML:2.0:protocol",
  assertion: "urn:oasis:names:tc:SAML:2.0:assertion",
  metadata: "urn:oasis:names:tc:SAML:2.0:metadata",
  signature: "http://www.w3.org/2000/09/xmldsig#",
  encryption: "http://www.w3.org/2001/04/xmlenc#",
  encryption11: "http://www.w3.org/2009/xmlenc11#",
  exclusiveC14n: "http://www.w3.org/2001/10/xml-exc-c14n#",
  xml: "http://www.w3.org/XML/1998/namespace",
  schema: "http://www.w3.org/2001/XMLSchema",
  schemaInstance: "http://www.w3.org/2001/XMLSchema-instance",
} as const;

/** The only transforms that a SAML signature may use (SAML 2.0 Core §5.4.4). */
export const TRANSFORM = {
  envelopedSignature: "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
  exclusiveC14n: "http://www.w3.org/2001/10/xml-exc-c14n#",
  exclusiveC14nWithComments: "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
} as const;

export const STATUS_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success";
export const CONFIRMATION_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
export const NAME_ID_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
export const NAME_ID_ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
