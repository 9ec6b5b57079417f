import type { Random } from "./random.ts";

type Mutation = (xml: string, random: Random) => string;

const ELEMENT = /<([\w:]+)(?:\s[^<>]*)?>[^<]*<\/\1>|<[\w:]+(?:\s[^<>]*)?\/>/;
const TEXT = />[^<>]{2,}</;
const ATTRIBUTE = /\s[\w:]+="[^"]*"/;
const START_TAG = /<[\w:]+(?:\s[^<>]*)?>/;
const BASE64 = /(?:DigestValue|SignatureValue|CipherValue|X509Certificate)>[^<]+/;

/** Changes that XML or SAML calls meaningless: many of these leave a message that has to stay accepted. */
const HARMLESS: readonly [Mutation, ...Mutation[]] = [
  (xml, random) =>
    random.replaceOne(xml, /<[\w:]+(?=\s)/, (tag) => `${tag}${random.pick([" ", "\n", "\t", "\r\n"])}`),
  (xml, random) => random.replaceOne(xml, /<\/[\w:]+(?=>)/, (tag) => `${tag}${random.pick([" ", "\n"])}`),
  (xml, random) => random.replaceOne(xml, ATTRIBUTE, (found) => found.replace(/"([^"']*)"/, "'$1'")),
  (xml, random) =>
    random.replaceOne(xml, /\s[\w:]+="[^"]*"\s[\w:]+="[^"]*"/, (pair) => {
      const [first = "", second = ""] = pair.match(/\s[\w:]+="[^"]*"/g) ?? [];
      return second + first;
    }),
  (xml, random) =>
    random.replaceOne(xml, /<([\w:]+)((?:\s[^<>]*)?)><\/\1>/, (tag) => tag.replace(/><\/[\w:]+>/, "/>")),
  (xml, random) =>
    random.replaceOne(xml, /<[\w:]+(?:\s[^<>]*)?\/>/, (tag) =>
      tag.replace(/<([\w:]+)(.*)\/>/s, "<$1$2></$1>"),
    ),
  (xml, random) => random.replaceOne(xml, />[^<>&]+</, (text) => characterReference(text, random)),
  (xml, random) => random.replaceOne(xml, BASE64, (text) => spaced(text, random)),
  (xml, random) =>
    random.replaceOne(xml, START_TAG, (tag) =>
      tag.replace(/\/?>$/, ` xmlns:u${random.below(9)}="urn:unused"$&`),
    ),
  (xml, random) =>
    `${random.pick(["\n", " ", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>\n'])}${xml.trimStart()}`,
  (xml, random) => `${xml}${random.pick(["\n", "  "])}`,
  (xml) => xml.replace(/Response /, 'Response Consent="urn:oasis:names:tc:SAML:2.0:consent:prior" '),
  (xml) => xml.replace(/(<(\w+:)Status>)/, "$1\n  "),
  (xml, random) => random.replaceOne(xml, /<(?:\w+:)?KeyInfo(?:.*)<\/(?:\w+:)?KeyInfo>/s, () => ""),
  (xml, random) => random.replaceOne(xml, /\n/, () => "\r\n"),
];

/** Changes that ought to be noticed: of bytes, values, elements, and of what XML parsers disagree about. */
const HARMFUL: readonly [Mutation, ...Mutation[]] = [
  (xml, random) => cut(xml, random, (piece) => piece.slice(1)),
  (xml, random) => cut(xml, random, (piece) => String.fromCharCode(32 + random.below(95)) + piece.slice(1)),
  (xml, random) => cut(xml, random, (piece) => String.fromCharCode(random.below(0x250)) + piece),
  (xml, random) => random.replaceOne(xml, ELEMENT, (element) => element + element),
  (xml, random) => random.replaceOne(xml, ELEMENT, () => ""),
  (xml, random) => moved(xml, random, ELEMENT),
  (xml, random) =>
    moved(xml, random, /<((?:\w+:)?(?:Assertion|Signature|Subject|Conditions))[\s>].*?<\/\1>/s),
  (xml, random) => random.replaceOne(xml, ATTRIBUTE, () => ""),
  (xml, random) =>
    random.replaceOne(xml, ATTRIBUTE, (found) => found.replace(/"[^"]*"/, `"${random.pick(VALUES)}"`)),
  (xml, random) => random.replaceOne(xml, TEXT, () => `>${random.pick(VALUES)}<`),
  (xml, random) => random.replaceOne(xml, TEXT, (text) => split(text, random, random.pick(SPLITTERS))),
  (xml, random) => random.replaceOne(xml, START_TAG, (tag) => tag + random.pick(SPLITTERS)),
  (xml, random) =>
    random.replaceOne(xml, START_TAG, (tag) => tag.replace(/\/?>$/, ` ${random.pick(EXTRA_ATTRIBUTES)}$&`)),
  (xml, random) =>
    random.replaceOne(xml, /xmlns:?\w*="[^"]*"/, (found) =>
      found.replace(/"[^"]*"/, `"${random.pick(NAMESPACES)}"`),
    ),
  (xml, random) =>
    random.replaceOne(xml, /<\/?[\w]+:/, () => random.pick(["<", "</", "<x:", "<saml:", "<ds:"])),
  (xml, random) =>
    random.pick(["<!DOCTYPE r>", "<!DOCTYPE r [<!ENTITY e 'x'>]>", "<!---->", "<a/>", "x"]) + xml,
  (xml, random) => xml + random.pick(["<a/>", "<!-- -->", "x", "<?p?>", xml]),
];

const VALUES = [
  "admin@example.test", "", "_assertion", "_response", "#_assertion", "#_response", "true", "2.0", "2036-01-01T00:00:00Z",
  "https://evil.example.test", "urn:oasis:names:tc:SAML:2.0:cm:bearer", "urn:oasis:names:tc:SAML:2.0:status:Success",
  "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/10/xml-exc-c14n#",
  "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
] as const; // biome-ignore format: a list

const SPLITTERS = [
  "<!---->",
  "<?p?>",
  "<![CDATA[]]>",
  "<![CDATA[x]]>",
  "&#0;",
  "&amp;",
  "&e;",
  "&#x200B;",
  "<x/>",
  "\u0000",
  "]]>",
] as const;
const EXTRA_ATTRIBUTES = [
  'ID="_assertion"',
  'ID="_response"',
  'Id="_assertion"',
  'id="_x"',
  'xml:id="_assertion"',
  'xmlns=""',
  'xmlns="urn:x"',
  'xmlns:n="relative"',
  'xml:space="preserve"',
  'x="1" x="2"',
] as const;
const NAMESPACES = [
  "",
  "urn:x",
  "relative",
  "urn:oasis:names:tc:SAML:2.0:assertion",
  "urn:oasis:names:tc:SAML:2.0:protocol",
  "http://www.w3.org/2000/09/xmldsig#",
] as const;

/** One to three changes, about half of them harmless ones only. */
export function mutate(xml: string, random: Random): string {
  const harmless = random.next() < 0.5;
  let mutated = xml;
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const mutation = harmless || random.next() < 0.3 ? random.pick(HARMLESS) : random.pick(HARMFUL);
    mutated = mutation(mutated, random);
  }
  return mutated;
}

function cut(xml: string, random: Random, change: (piece: string) => string): string {
  const at = random.below(xml.length);
  return xml.slice(0, at) + change(xml.slice(at));
}

function moved(xml: string, random: Random, pattern: RegExp): string {
  let taken = "";
  const without = random.replaceOne(xml, pattern, (element) => {
    taken = element;
    return random.next() < 0.5 ? "" : element;
  });
  return random.replaceOne(without, START_TAG, (tag) => tag + taken);
}

function characterReference(text: string, random: Random): string {
  const at = 1 + random.below(text.length - 2);
  const code = text.codePointAt(at) ?? 32;
  const reference = random.next() < 0.5 ? `&#${code};` : `&#x${code.toString(16)};`;
  return text.slice(0, at) + reference + text.slice(at + String.fromCodePoint(code).length);
}

function spaced(text: string, random: Random): string {
  return split(text, random, random.pick([" ", "\n", "\r\n", "\t"]));
}

function split(text: string, random: Random, inserted: string): string {
  const start = text.indexOf(">") + 1;
  const at = start + random.below(Math.max(1, text.length - start - 1));
  return text.slice(0, at) + inserted + text.slice(at);
}
