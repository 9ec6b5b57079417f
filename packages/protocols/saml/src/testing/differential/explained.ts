/**
 * Where node-saml refuses what is right, and why. Only refusals are excused by these, never other claims.
 */
export const EXPLAINED: readonly { readonly name: string; readonly applies: (xml: string) => boolean }[] = [
  {
    // XML 1.0 §3.1 allows `</a >`; xmldom 0.8 takes the space for part of the tree around it.
    name: "white space in an end tag",
    applies: (xml) => /<\/[\w:]+\s+>/.test(xml),
  },
  {
    // XML Schema §4.3.6 collapses it; node-saml compares as it stands.
    name: "white space around a URI",
    applies: (xml) => /(?:Audience|Issuer)>\s|\s<\/(?:\w+:)?(?:Audience|Issuer)>/.test(xml),
  },
  {
    // XML-Enc §4.4 decrypts into the scope of what is around; node-saml into a document without any.
    name: "namespaces of an encrypted assertion that are declared around it",
    applies: (xml) => /<\w+:Response[^>]*\sxmlns:xsi=.*<(?:\w+:)?EncryptedAssertion/s.test(xml),
  },
];
