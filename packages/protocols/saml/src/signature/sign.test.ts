import { expect, it } from "vitest";
import { SignedXml } from "xml-crypto";
import { createTestIdp } from "../testing/index.ts";
import { signElement, signRoot } from "./sign.ts";

const { signer } = createTestIdp();
const message =
  '<p:Request xmlns:p="urn:p" ID="_outer"><i:Issuer xmlns:i="urn:i">a &amp; b</i:Issuer><p:Part ID="_inner"><p:Issuer/>' +
  "<p:Issuer>c</p:Issuer></p:Part></p:Request>";

/** What xml-crypto, as an IdP may have it, says of our signature. */
function verifies(xml: string): boolean {
  const [signature = ""] = /<ds:Signature .*<\/ds:Signature>/.exec(xml) ?? [];
  const opinion = new SignedXml({ publicCert: signer.certificate });
  opinion.loadSignature(signature);
  return opinion.checkSignature(xml);
}

it("signs a root so that xml-crypto verifies it, and no change of it", () => {
  const signed = signRoot(message, signer);
  expect(signed).toContain('<ds:Reference URI="#_outer">');
  expect(signed).toMatch(/<\/i:Issuer><ds:Signature /);
  expect(verifies(signed)).toBe(true);
  expect(verifies(signed.replace("a &amp; b", "a &amp; c"))).toBe(false);
});

it("signs one element of a message", () => {
  const signed = signElement(message, "_inner", signer);
  expect(signed).toContain('<ds:Reference URI="#_inner">');
  expect(verifies(signed)).toBe(true);
});

it("needs an ID to refer to", () => {
  expect(() => signRoot("<a/>", signer)).toThrow("element_missing");
});
