/**
 * Where node-saml refuses what is right, and why. Only refusals are excused by these, never other claims.
 */
export const EXPLAINED: readonly { readonly name: string; readonly applies: (xml: string) => boolean }[] = [
  {
    // XML 1.0 §3.1 allows `</a >`; xmldom 0.8 takes the space for part of the tree around it.
    name: "white space in an end tag",
    applies: (xml) => /<\/[\w:]+\s+>/.test(xml),
  },
];
