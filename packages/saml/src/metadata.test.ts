import { describe, expect, it } from "vitest";
import { parseIdpMetadata } from "./metadata.ts";
import { certificateBase64, createTestIdp, signElement } from "./testing/index.ts";

const idp = createTestIdp({ sloUrl: "https://idp.example.test/slo" });
const other = createTestIdp({ entityId: "https://other.example.test" });
const xml = idp.metadata();
const keyDescriptor = /<md:KeyDescriptor use="signing">.*?<\/md:KeyDescriptor>/;

const wrapped = (...descriptors: string[]) =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${descriptors.join("")}</md:EntitiesDescriptor>`;

describe("an EntityDescriptor", () => {
  it("gives what a connection needs", () => {
    expect(parseIdpMetadata(xml)).toMatchObject({
      ok: true,
      metadata: {
        entityId: idp.entityId,
        ssoUrls: { redirect: "https://idp.example.test/sso", post: "https://idp.example.test/sso" },
        sloUrls: { redirect: "https://idp.example.test/slo", post: "https://idp.example.test/slo" },
        sloResponseUrls: {},
        signingCertificates: [{ pem: idp.certificate, keyType: "rsa", keyBits: 2048 }],
        wantAuthnRequestsSigned: false,
        nameIdFormats: ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"],
        signatureVerified: false,
      },
    });
  });

  it.each(["true", "1"])("wants signed AuthnRequests when it says %s", (value) => {
    const wanting = xml.replace('Signed="false"', `Signed="${value}"`);
    expect(parseIdpMetadata(wanting)).toMatchObject({ metadata: { wantAuthnRequestsSigned: true } });
  });

  it("takes every signing key once, also one without use, and no encryption key", () => {
    const key = (certificate: string, use: string) =>
      `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>\n${certificateBase64(certificate).replace(/.{64}/g, "$&\n")}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
    const third = createTestIdp().certificate;
    const keys =
      key(idp.certificate, ' use="signing"') +
      key(idp.certificate, "") +
      key(other.certificate, "") +
      key(third, ' use="encryption"');
    const result = parseIdpMetadata(xml.replace(keyDescriptor, keys));
    expect(result.ok && result.metadata.signingCertificates.map(({ pem }) => pem)).toEqual([
      idp.certificate,
      other.certificate,
    ]);
  });

  it("may have comments, a byte order mark and white space around it", () => {
    const edited = `\uFEFF <?xml version="1.0"?><!-- <!DOCTYPE ?> -->\n${xml.replace(">", "><!-- ours -->")}\n`;
    expect(parseIdpMetadata(edited.replace("\uFEFF ", "\uFEFF"))).toMatchObject({ ok: true });
  });

  it.each([
    ["<!DOCTYPE md [<!ENTITY a 'b'>]>", "xml_doctype"],
    ["<!-- open", "xml_malformed"],
    ["<?pi?>", "xml_processing_instruction"],
  ])("is refused with %s before it", (prefix, code) => {
    expect(parseIdpMetadata(prefix + xml)).toMatchObject({ ok: false, code });
  });
});

describe("an EntitiesDescriptor", () => {
  it("gives its only IdP, at any depth", () => {
    expect(parseIdpMetadata(wrapped(wrapped(xml)))).toMatchObject({ metadata: { entityId: idp.entityId } });
  });

  it("gives the IdP that is asked for", () => {
    const both = wrapped(xml, other.metadata());
    expect(parseIdpMetadata(both, { entityId: other.entityId })).toMatchObject({
      metadata: { entityId: other.entityId },
    });
  });
});

describe("signed metadata", () => {
  const withId = xml
    .replace("entityID=", 'ID="_metadata" entityID=')
    .replace("<md:IDPSSODescriptor", "<Issuer></Issuer><md:IDPSSODescriptor");
  const signed = signElement(withId, "_metadata", other.signer);
  const certificates = [other.certificate];

  it("is verified with the certificate given for it", () => {
    expect(parseIdpMetadata(signed, { certificates })).toMatchObject({
      metadata: { signatureVerified: true },
    });
  });

  it("is refused when changed, unsigned or signed by another", () => {
    const changed = signed.replaceAll("/sso", "/evil");
    expect(parseIdpMetadata(changed, { certificates })).toMatchObject({ code: "digest_mismatch" });
    expect(parseIdpMetadata(xml, { certificates })).toMatchObject({ code: "signature_missing" });
    expect(parseIdpMetadata(signed, { certificates: [idp.certificate] })).toMatchObject({
      code: "signature_invalid",
    });
  });
});
