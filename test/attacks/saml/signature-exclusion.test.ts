/**
 * Signature exclusion: the signature is taken away, in the hope that what is not there is not checked.
 * Somorovsky et al.: On Breaking SAML (USENIX Security 2012), signature exclusion attacks.
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const forge = (xml: string) => xml.replace("jo@example.test", "admin@example.test");
const SIGNATURES = /<ds:Signature .*?<\/ds:Signature>/g;

describe.each(["assertion", "response", "both"] as const)("signed over: %s", (sign) => {
  const xml = fromFormValue(scenario.respond({ sign }));

  it("accepts it as signed", () => {
    expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
  });

  it("refuses it without any signature", () => {
    const stripped = forge(xml.replace(SIGNATURES, ""));
    expect(scenario.validate(toFormValue(stripped))).toMatchObject({ ok: false, code: "signature_missing" });
  });

  it("refuses an empty signature", () => {
    const emptied = forge(
      xml.replace(SIGNATURES, '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'),
    );
    expect(scenario.validate(toFormValue(emptied))).toMatchObject({ ok: false, code: "signature_malformed" });
  });

  it("refuses a signature with an empty value", () => {
    const emptied = forge(xml.replaceAll(/<ds:SignatureValue>[^<]*/g, "<ds:SignatureValue>"));
    expect(scenario.validate(toFormValue(emptied))).toMatchObject({ ok: false, code: "signature_malformed" });
  });
});

it("refuses a message of which one of two signatures does not hold", () => {
  const xml = fromFormValue(scenario.respond({ sign: "both" }));
  const [outer = ""] = xml.match(SIGNATURES) ?? [];
  // Without the response's signature the rest is a good, assertion-signed message.
  expect(scenario.validate(toFormValue(xml.replace(outer, "")))).toMatchObject({ ok: true });
  const changed = xml
    .replace("status:Success", "status:Success")
    .replace(' Version="2.0"', ' Version="2.0" Consent="urn:x"');
  expect(scenario.validate(toFormValue(changed))).toMatchObject({ ok: false, code: "digest_mismatch" });
});
