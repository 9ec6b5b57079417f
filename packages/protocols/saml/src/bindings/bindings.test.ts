import { sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createTestIdp, signElement, toFormValue } from "../testing/index.ts";
import { openPostedMessage } from "./post.ts";
import { openRedirectMessage } from "./redirect.ts";

const idp = createTestIdp();
const certificates = [idp.certificate];
const request =
  '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_logout" Version="2.0">' +
  '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.test</saml:Issuer></samlp:LogoutRequest>';

/** A query as the HTTP-Redirect binding prescribes it, signed over its octets. */
function query(relayState?: string): string {
  const parts = [`SAMLRequest=${encodeURIComponent(deflateRawSync(request).toString("base64"))}`];
  if (relayState !== undefined) {
    parts.push(`RelayState=${encodeURIComponent(relayState)}`);
  }
  parts.push(`SigAlg=${encodeURIComponent("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")}`);
  const signature = sign("sha256", Buffer.from(parts.join("&")), idp.privateKey).toString("base64");
  return [...parts, `Signature=${encodeURIComponent(signature)}`].join("&");
}

describe("a message over HTTP-Redirect", () => {
  it.each([undefined, "", "a b&c"])("is opened and verified with relay state %j", (relayState) => {
    expect(openRedirectMessage(`?${query(relayState)}`, { certificates })).toEqual({
      ok: true,
      kind: "SAMLRequest",
      xml: request,
      ...(relayState === undefined ? {} : { relayState }),
      signatureVerified: true,
    });
  });

  it("is opened without a signature where none is asked for", () => {
    const [unsigned = ""] = query().split("&");
    expect(openRedirectMessage(unsigned)).toMatchObject({ ok: true, signatureVerified: false });
  });

  it.each([
    ["a second copy", `${query()}&SAMLRequest=eA%3D%3D`, "redirect_malformed"],
    ["an encoded name", query().replace("SAMLRequest", "SAMLReques%74"), "redirect_malformed"],
    ["both kinds", `${query()}&SAMLResponse=eA%3D%3D`, "redirect_malformed"],
    [
      "broken percent-encoding",
      query().replace("SAMLRequest=", "SAMLRequest=%E0%A4%A"),
      "redirect_signature_invalid",
    ],
    [
      "a relay state put in",
      query().replace("&SigAlg", "&RelayState=x&SigAlg"),
      "redirect_signature_invalid",
    ],
    [
      "a relay state changed",
      query("a").replace("RelayState=a", "RelayState=b"),
      "redirect_signature_invalid",
    ],
    [
      "SHA-1",
      query().replace(
        /SigAlg=[^&]+/,
        `SigAlg=${encodeURIComponent("http://www.w3.org/2000/09/xmldsig#rsa-sha1")}`,
      ),
      "signature_sha1",
    ],
  ])("is refused with %s", (_, tampered, code) => {
    expect(openRedirectMessage(tampered, { certificates })).toMatchObject({ ok: false, code });
  });

  it.each([
    ["not DEFLATE", Buffer.from("plain"), "redirect_malformed"],
    ["a zip bomb", deflateRawSync(Buffer.alloc(1_000_000, "a")), "redirect_inflation"],
    ["a DOCTYPE", deflateRawSync("<!DOCTYPE a><a/>"), "xml_doctype"],
  ])("is refused when it is %s", (_, bytes, code) => {
    const value = encodeURIComponent(bytes.toString("base64"));
    expect(openRedirectMessage(`SAMLRequest=${value}`)).toMatchObject({ ok: false, code });
  });
});

describe("a message over HTTP-POST", () => {
  const signed = signElement(request, "_logout", idp.signer);

  it("is opened and verified", () => {
    const opened = openPostedMessage("SAMLRequest", toFormValue(signed), { certificates });
    expect(opened).toMatchObject({ ok: true, xml: request, signatureVerified: true });
  });

  it.each([
    ["unsigned", request, "signature_missing"],
    ["changed", signed.replace("Version=", 'NotOnOrAfter="" Version='), "digest_mismatch"],
  ])("is refused when %s", (_, xml, code) => {
    expect(openPostedMessage("SAMLRequest", toFormValue(xml), { certificates })).toMatchObject({
      ok: false,
      code,
    });
  });
});
