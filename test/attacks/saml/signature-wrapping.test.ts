/**
 * XML signature wrapping, XSW 1-8: the signed element is moved to where the signature still verifies, and a
 * forged copy is put where the claims are read.
 *
 * Somorovsky, Mayer, Schwenk, Kampmann, Jensen: On Breaking SAML: Be Whoever You Want to Be (USENIX Security
 * 2012); numbering as in SAML Raider. The same eight moves are made against a signed assertion and against
 * a signed response. Still found in CVE-2025-47949 (samlify) and CVE-2025-54419 (node-saml).
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const SIGNATURE = /<ds:Signature .*?<\/ds:Signature>/;

interface Parts {
  /** The signed element as the IdP sent it, and without its signature. */
  readonly original: string;
  readonly unsigned: string;
  readonly signature: string;
  /** The attacker's copy: another subject, another ID, no signature. */
  readonly forged: string;
  /** Rebuilds the message around what replaces the signed element. */
  readonly message: (elements: string, extensions?: string) => string;
}

function takeApart(position: "assertion" | "response"): Parts {
  const xml = fromFormValue(scenario.respond({ sign: position }));
  const [signature = ""] = SIGNATURE.exec(xml) ?? [];
  const [assertion = ""] = /<saml:Assertion .*<\/saml:Assertion>/.exec(xml) ?? [];
  const original = position === "assertion" ? assertion : xml;
  const unsigned = original.replace(signature, "");
  const forged = unsigned.replace("jo@example.test", "admin@example.test").replaceAll('ID="_', 'ID="_forged');
  const message = (elements: string, extensions = "") =>
    position === "assertion"
      ? xml.replace(original, elements).replace("<samlp:Status>", `${extensions}<samlp:Status>`)
      : elements.replace("<samlp:Status>", `${extensions}<samlp:Status>`);
  return { original, unsigned, signature, forged, message };
}

const afterIssuer = (xml: string, inserted: string) => xml.replace("</saml:Issuer>", `$&${inserted}`);
const atEnd = (xml: string, inserted: string) =>
  xml.replace(/<\/(?:saml:Assertion|samlp:Response)>$/, `${inserted}$&`);
const inSignature = (signature: string, inserted: string) =>
  signature.replace("</ds:Signature>", `${inserted}$&`);

type Move = (parts: Parts) => string;

const MOVES: Record<string, Move> = {
  "XSW 1: original inside the signature of the forged": ({ message, forged, signature, unsigned }) =>
    message(afterIssuer(forged, inSignature(signature, unsigned))),
  "XSW 2: original beside the signature, before it": ({ message, forged, signature, unsigned }) =>
    message(afterIssuer(forged, unsigned + signature)),
  "XSW 3: forged before the original": ({ message, forged, original }) =>
    message(original.startsWith("<saml:A") ? forged + original : afterIssuer(forged, original)),
  "XSW 4: original inside the forged": ({ message, forged, original }) => message(atEnd(forged, original)),
  "XSW 5: signature in the forged, original at the end": ({ message, forged, signature, unsigned }) =>
    unsigned.startsWith("<saml:A")
      ? message(afterIssuer(forged, signature) + unsigned)
      : message(atEnd(afterIssuer(forged, signature), unsigned)),
  "XSW 6: original inside the KeyInfo of the forged": ({ message, forged, signature, unsigned }) =>
    message(afterIssuer(forged, signature.replace("</ds:KeyInfo>", `${unsigned}$&`))),
  "XSW 7: one of them inside Extensions": ({ message, forged, original }) =>
    original.startsWith("<saml:A")
      ? message(original, `<samlp:Extensions>${forged}</samlp:Extensions>`)
      : message(forged, `<samlp:Extensions>${original}</samlp:Extensions>`),
  "XSW 8: original inside an Object of the signature": ({ message, forged, signature, unsigned }) =>
    message(afterIssuer(forged, inSignature(signature, `<ds:Object>${unsigned}</ds:Object>`))),
};

describe.each(["assertion", "response"] as const)("against a signed %s", (position) => {
  const parts = takeApart(position);

  it("accepts the message it is made from", () => {
    expect(scenario.validate(toFormValue(parts.message(parts.original)))).toMatchObject({
      ok: true,
      assertion: { subject: { nameId: "jo@example.test" } },
    });
  });

  it.each(Object.entries(MOVES))("%s", (_, move) => {
    const xml = move(parts);
    expect(xml).toContain("admin@example.test");
    expect(xml).toContain("jo@example.test");
    expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: false, code: "assertion_multiple" });
  });

  it.each(Object.entries(MOVES))("%s, under the same ID", (_, move) => {
    const xml = move({ ...parts, forged: parts.forged.replaceAll('ID="_forged', 'ID="_') });
    expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: false, code: "xml_duplicate_id" });
  });

  it.each(Object.entries(MOVES))("%s, with the original in another vocabulary's clothes", (_, move) => {
    // Hides the original from whoever counts saml:Assertion elements only.
    const hide = (xml: string) =>
      xml.replace(/<saml:Assertion .*<\/saml:Assertion>/, "<x:Wrapper xmlns:x='urn:x'>$&</x:Wrapper>");
    const xml = move({ ...parts, original: hide(parts.original), unsigned: hide(parts.unsigned) });
    expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: false, code: "assertion_multiple" });
  });
});
