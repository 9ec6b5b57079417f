import { describe, expect, it } from "vitest";
import { maskUrl, maskXml } from "./mask.ts";

describe("maskXml", () => {
  it.each([
    ["a value", "<ds:SignatureValue>c2VjcmV0</ds:SignatureValue><a/>"],
    ["a value with an ID", '<SignatureValue Id="x">c2VjcmV0</SignatureValue><a/>'],
    ["an encrypted value", "<xenc:CipherValue >c2VjcmV0</xenc:CipherValue ><a/>"],
    ["what follows a comment", "<ds:SignatureValue>YQ<!-- -->c2VjcmV0</ds:SignatureValue><a/>"],
    ["what follows an element", "<ds:SignatureValue>YQ<b/>c2VjcmV0</ds:SignatureValue><a/>"],
    ["what is never closed", "<ds:SignatureValue>c2VjcmV0<a/>"],
    ["a prefix beyond ASCII", "<é:SignatureValue>c2VjcmV0</é:SignatureValue><a/>"],
    ["the second of two", "<SignatureValue>YQ</SignatureValue><CipherValue>c2VjcmV0</CipherValue>"],
  ])("hides %s", (_name, xml) => {
    expect(maskXml(xml)).not.toContain("c2VjcmV0");
    expect(maskXml(xml)).toContain("[masked]");
  });

  it("leaves all else as it came", () => {
    const xml = '<a x="1"><SignatureValue/><b>c2hvd24</b></a><SignatureValueType>d29yZA</SignatureValueType>';
    expect(maskXml(xml)).toBe(xml);
    expect(maskXml("<SignatureValue>a</SignatureValue><b>shown</b>")).toContain("<b>shown</b>");
  });
});

it("maskUrl hides what ties a URL to a browser or could be redeemed", () => {
  const masked = maskUrl(new URL("https://idp.test/sso?RelayState=a1&code=b2&SigAlg=rsa"));
  expect(masked).not.toMatch(/a1|b2/);
  expect(masked).toContain("SigAlg=rsa");
});
