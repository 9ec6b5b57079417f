import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { selfSignedCertificate } from "../signature/self-signed.ts";
import { certificateBase64, createTestIdp, signMetadata } from "../testing/index.ts";
import { parseIdpMetadata } from "./idp.ts";

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

  it("leaves out a key that no signature of ours may use, but not the last one", () => {
    const torn = xml.replace(/(<ds:X509Certificate>.{100})[^<]+/, "$1");
    const both = idp.metadata({ certificates: [dsa(), idp.certificate] });
    const usable = parseIdpMetadata(both);
    expect(usable.ok && usable.metadata.signingCertificates.map(({ pem }) => pem)).toEqual([idp.certificate]);
    for (const none of [torn, idp.metadata({ certificates: [dsa()] })]) {
      expect(parseIdpMetadata(none)).toMatchObject({ ok: false, code: "certificate_unreadable" });
    }
  });

  it("says how long it may be kept", () => {
    const cached = (cacheDuration: string) => {
      const result = parseIdpMetadata(idp.metadata({ cacheDuration }));
      return result.ok ? result.metadata.cacheDurationMs : result.code;
    };
    expect(cached("PT6H")).toBe(6 * 3_600_000);
    expect(cached("P1DT1M1.5S")).toBe(86_461_500);
    expect(cached("P0Y1M0DT0H0M0.000S")).toBe(30 * 86_400_000);
    for (const none of ["", "P", "PT", "6 hours", "-PT6H"]) {
      expect(cached(none)).toBe(undefined);
    }
  });

  it("is known by an entity ID with space around it, as the settings keep it", () => {
    const spaced = xml.replace(`entityID="${idp.entityId}"`, `entityID=" ${idp.entityId}\n"`);
    expect(parseIdpMetadata(spaced, { entityId: idp.entityId })).toMatchObject({
      metadata: { entityId: idp.entityId },
    });
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

describe("what people export and paste", () => {
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n${xml}`;
  const named = xml.replace("</md:IDPSSODescriptor>", "<md:Extensions>Zoë</md:Extensions>$&");

  it.each<[string, string | Uint8Array]>([
    ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${declared("utf-8")}`)],
    ["UTF-16 of PowerShell", Buffer.from(`\uFEFF${declared("utf-16")}`, "utf16le")],
    ["UTF-16 without a mark", Buffer.from(declared("UTF-16"), "utf16le")],
    ["UTF-16 the other way round", Buffer.from(`\uFEFF${declared("utf-16")}`, "utf16le").swap16()],
    ["UTF-16 that was read into text, and its declaration left", declared("utf-16")],
    ["UTF-16 that was saved anew in UTF-8", Buffer.from(declared("UTF-16"))],
    ["Latin-1", Buffer.from(`<?xml version='1.0' encoding='ISO-8859-1'?>${named}`, "latin1")],
    ["ASCII", Buffer.from(declared("US-ASCII"))],
  ])("is read in %s", (_, document) => {
    expect(parseIdpMetadata(document)).toMatchObject({ ok: true, metadata: { entityId: idp.entityId } });
  });

  it.each<[string, string | Uint8Array, string, string]>([
    ["no encoding that is known", Buffer.from(declared("EBCDIC")), "xml_encoding", "encoding EBCDIC"],
    ["not what it declares", Buffer.from(named, "latin1"), "xml_encoding", "not UTF-8"],
    ["nothing", " \n", "not_metadata", "it is empty"],
    [
      "a page",
      "<!DOCTYPE html><html><head><title>Sign in\n to Acme</title>",
      "not_metadata",
      "it is an HTML page: Sign in to Acme",
    ],
    ["a page behind a comment", "<!-- x --> <HTML><body>", "not_metadata", "it is an HTML page"],
    ["JSON", '{"error":"login_required"}', "not_metadata", "it is JSON"],
    ["text", "Not found", "not_metadata", 'it begins with "Not found"'],
    ["torn", xml.replace("</md:NameIDFormat>", ""), "xml_malformed", "line 1, column "],
  ])("is refused where it is %s, and says so", (_, document, code, detail) => {
    const result = parseIdpMetadata(document);
    expect(result).toMatchObject({ ok: false, code });
    expect(result.ok ? "" : result.detail).toContain(detail);
  });

  it("names the entities that it holds instead of the one that is meant", () => {
    const both = wrapped(xml, other.metadata());
    const unknown = parseIdpMetadata(both, { entityId: "https://third.example.test" });
    expect(unknown).toMatchObject({
      code: "metadata_entity_unknown",
      detail: `expected https://third.example.test, found ${idp.entityId}, ${other.entityId}`,
    });
    expect(parseIdpMetadata(both)).toMatchObject({ detail: `${idp.entityId}, ${other.entityId}` });
  });
});

describe("endpoints", () => {
  const service = (name: string, location: string) =>
    `<md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${location}"/>`;
  const put = (name: string, ...locations: string[]) =>
    xml.replace(`<md:${name}`, `${locations.map((each) => service(name, each)).join("")}<md:${name}`);

  it("that cannot be used are passed over", () => {
    const bad = ["", "/sso", "javascript:alert(1)", "file:///etc/passwd", "not a URL"];
    for (const name of ["SingleSignOnService", "SingleLogoutService"]) {
      expect(parseIdpMetadata(put(name, ...bad))).toMatchObject({
        metadata: {
          ssoUrls: { redirect: "https://idp.example.test/sso" },
          sloUrls: { redirect: "https://idp.example.test/slo" },
        },
      });
    }
  });

  it("are told where none of them can be used", () => {
    const relative = xml.replaceAll(
      'Location="https://idp.example.test/sso"',
      'Location="javascript:alert(1)"',
    );
    expect(parseIdpMetadata(relative)).toMatchObject({
      ok: false,
      code: "metadata_no_sso",
      detail: `${idp.entityId} has HTTP-Redirect at "javascript:alert(1)", HTTP-POST at "javascript:alert(1)"`,
    });
    const noLogout = xml.replaceAll('Location="https://idp.example.test/slo"', 'Location=""');
    expect(parseIdpMetadata(noLogout)).toMatchObject({ ok: true, metadata: { sloUrls: {} } });
  });

  it("may have white space around binding and address", () => {
    const spaced = xml.replaceAll(/(Binding|Location)="([^"]+)"/g, '$1="\n  $2 "');
    expect(parseIdpMetadata(spaced)).toMatchObject({
      metadata: { ssoUrls: { post: "https://idp.example.test/sso" } },
    });
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

  it("ends with the first of those around it to end, and is looked at again when the first of them says so", () => {
    const until = new Date("2030-01-03T00:00:00Z");
    const inner = wrapped(idp.metadata({ validUntil: until, cacheDuration: "PT2H" })).replace(
      "xmlns:md",
      'validUntil="2030-01-02T00:00:00Z" cacheDuration="PT1H" xmlns:md',
    );
    const outer = wrapped(inner).replace("xmlns:md", 'validUntil="2030-01-04T00:00:00Z" xmlns:md');
    expect(parseIdpMetadata(outer)).toMatchObject({
      metadata: { validUntil: new Date("2030-01-02T00:00:00Z"), cacheDurationMs: 3_600_000 },
    });
    expect(parseIdpMetadata(outer, { now: until })).toMatchObject({ ok: false, code: "metadata_expired" });
  });

  it("is refused with a detail that is cut between characters, so that every database takes it", () => {
    const wanted = `${"x".repeat(490)}${"\u{1f511}".repeat(5)}`;
    const result = parseIdpMetadata(xml, { entityId: wanted });
    expect(result).toMatchObject({ code: "metadata_entity_unknown" });
    expect(result.ok ? "" : result.detail).toBe(`expected ${wanted}`.slice(0, 499));
  });

  it("is not searched elsewhere than where entities stand", () => {
    const hidden = wrapped(`<md:Extensions>${other.metadata()}</md:Extensions>`, xml);
    expect(parseIdpMetadata(hidden)).toMatchObject({ metadata: { entityId: idp.entityId } });
  });
});

/** A certificate of a kind of key that SAML signatures here are never made with. */
function dsa(): string {
  const { privateKey } = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 });
  const dates = { notBefore: new Date(0), notAfter: new Date("2040-01-01T00:00:00Z") };
  return selfSignedCertificate({ privateKey, commonName: "DSA", ...dates });
}

describe("signed metadata", () => {
  const signed = idp.metadata({ signer: other.signer });
  const certificates = [other.certificate];

  it("is verified with the certificate given for it", () => {
    expect(parseIdpMetadata(signed, { certificates })).toMatchObject({
      metadata: { signatureVerified: true },
    });
  });

  it("is verified as a whole where it describes many, and a part's own signature is not the whole's", () => {
    const entityId = idp.entityId;
    const federation = signMetadata(wrapped(other.metadata(), xml), other.signer);
    expect(parseIdpMetadata(federation, { certificates, entityId })).toMatchObject({
      metadata: { entityId, signatureVerified: true },
    });
    expect(parseIdpMetadata(wrapped(signed), { certificates })).toMatchObject({ code: "signature_missing" });
    const [signature = ""] = /<ds:Signature .*<\/ds:Signature>/.exec(signed) ?? [];
    const moved = wrapped(signature, signed.replace(signature, ""));
    expect(parseIdpMetadata(moved, { certificates })).toMatchObject({ code: "element_missing" });
    const claimed = moved.replace(/ ID="_metadata"/, "").replace(" xmlns:md", ' ID="_metadata" xmlns:md');
    expect(parseIdpMetadata(claimed, { certificates })).toMatchObject({ code: "digest_mismatch" });
  });

  it("may be canonicalized with comments where there are none", () => {
    const canonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
    const withComments = idp.metadata({ signer: { ...other.signer, canonicalization } });
    expect(parseIdpMetadata(withComments, { certificates })).toMatchObject({ ok: true });
    const commented = withComments.replace("</md:IDP", "<!-- ours --></md:IDP");
    expect(parseIdpMetadata(commented, { certificates })).toMatchObject({
      code: "signature_canonicalization",
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
