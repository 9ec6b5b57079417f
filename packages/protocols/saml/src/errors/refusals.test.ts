import { Readable } from "node:stream";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openRedirectMessage } from "../bindings/redirect.ts";
import { validateLogoutRequest, validateLogoutResponse } from "../logout/validate.ts";
import { entityMetadata } from "../metadata/federation.ts";
import { parseIdpMetadata } from "../metadata/idp.ts";
import { readCertificate } from "../signature/certificate.ts";
import { createScenario, fromFormValue, type TestLogin, toFormValue } from "../testing/index.ts";
import type { SamlFailure, ValidateResponseInput } from "../types.ts";
import { SAML_ERRORS, type SamlErrorCode } from "./table.ts";

const scenario = createScenario();
const { idp, encryptionCertificate } = scenario;
const GOOD = fromFormValue(scenario.respond());
const METADATA = idp.metadata();

type Answer = { readonly ok: true } | SamlFailure;

/** A login that the IdP signs with one change. */
function login(changes: Partial<TestLogin>, input: Partial<ValidateResponseInput> = {}): Answer {
  return scenario.validate(scenario.respond(changes), input);
}

/** The IdP's assertion with one replacement, made before it is signed. */
function assertion(from: string | RegExp, to: string): Answer {
  return login({ editAssertion: (xml) => replaced(xml, from, to) });
}

/** The IdP's response around the assertion with one replacement. */
function response(from: string | RegExp, to: string): Answer {
  return login({ editResponse: (xml) => replaced(xml, from, to) });
}

/** The finished message with one replacement. */
function posted(from: string | RegExp, to: string): Answer {
  return scenario.validate(toFormValue(replaced(GOOD, from, to)));
}

function metadata(from: string | RegExp, to: string, options = {}): Answer {
  return parseIdpMetadata(replaced(METADATA, from, to), options);
}

function replaced(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, to);
  if (changed === xml) {
    throw new Error(`nothing to replace: ${from}`);
  }
  return changed;
}

function redirect(xml: string | Buffer, extra = ""): string {
  return `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString("base64"))}${extra}`;
}

const SLO_URL = "https://sp.example.test/saml/slo";
const logoutInput = {
  expected: { idpEntityId: idp.entityId, destination: SLO_URL, inResponseTo: "_ours" },
  certificates: [idp.certificate],
  now: scenario.now,
};

/** A logout request that the IdP signs with one replacement. */
function logout(from: string | RegExp, to: string): Answer {
  const edit = (xml: string) => replaced(xml, from, to);
  const query = idp.logoutRequest({ destination: SLO_URL, now: scenario.now, edit }).query();
  return validateLogoutRequest({ ...logoutInput, transport: { binding: "redirect", query } });
}

/** A logout response with one replacement. */
function logoutAnswer(from: string | RegExp, to: string): Answer {
  const edit = (xml: string) => replaced(xml, from, to);
  const answer = { destination: SLO_URL, now: scenario.now, inResponseTo: "_ours", edit };
  const value = idp.logoutResponse(answer).formValue();
  return validateLogoutResponse({ ...logoutInput, transport: { binding: "post", value } });
}

const encryptFor = { recipient: encryptionCertificate };
const encryptedFor = (from: string | RegExp, to: string) =>
  login({ encryptFor, sign: "assertion", editResponse: (xml) => replaced(xml, from, to) });
const later = (milliseconds: number) => ({ now: new Date(scenario.now.getTime() + milliseconds) });

/**
 * One way to each code; the compiler asks for a new one with every new code. Canonicalization failing is a
 * second line of defence: what is known to cause it is refused earlier.
 */
const WAYS: Record<Exclude<SamlErrorCode, "xml_canonicalization_failed">, () => Answer> = {
  response_missing: () => scenario.validate(""),
  response_base64: () => scenario.validate(`${scenario.respond()}!`),
  redirect_malformed: () => openRedirectMessage("SAMLReques%74=eA%3D%3D"),
  redirect_inflation: () => openRedirectMessage(redirect(`<a>${" ".repeat(100_000)}</a>`)),
  redirect_signature_missing: () =>
    openRedirectMessage(redirect("<a/>"), { certificates: [idp.certificate] }),
  redirect_signature_invalid: () =>
    openRedirectMessage(
      redirect(
        "<a/>",
        "&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature=AAAA",
      ),
      { certificates: [idp.certificate] },
    ),

  xml_too_large: () => scenario.validate(scenario.respond(), { limits: { maxBytes: 1000 } }),
  xml_too_deep: () => posted("</samlp:Status>", `</samlp:Status>${nested(70)}`),
  xml_too_many_nodes: () => scenario.validate(scenario.respond(), { limits: { maxNodes: 20 } }),
  xml_encoding: () => posted(/^/, '<?xml version="1.0" encoding="ISO-8859-1"?>'),
  xml_malformed: () => posted(/$/, "<second/>"),
  xml_doctype: () => posted(/^/, "<!DOCTYPE a>"),
  xml_comment: () => posted("jo@", "jo<!---->@"),
  xml_cdata: () => posted("jo@", "<![CDATA[jo]]>@"),
  xml_processing_instruction: () => posted("jo@", "jo<?x?>@"),
  xml_duplicate_id: () => posted('ID="_response"', 'ID="_assertion"'),
  xml_relative_namespace: () => posted("<samlp:Status>", '<samlp:Status xmlns:x="relative">'),

  not_a_response: () => posted(/samlp:Response/g, "samlp:LogoutResponse"),
  element_unexpected: () => posted("<samlp:Status>", "<samlp:Extension/><samlp:Status>"),
  element_missing: () => response(/<samlp:Status>.*<\/samlp:Status>/, ""),
  time_malformed: () => assertion(/IssueInstant="[^"]+"/, 'IssueInstant="yesterday"'),
  status_not_success: () => response("urn:oasis:names:tc:SAML:2.0:status:Success", "urn:example:status"),
  response_issuer_missing: () => encryptedFor(/<saml:Issuer xmlns.*?<\/saml:Issuer>/, ""),
  response_issuer_mismatch: () => response(`">${idp.entityId}<`, '">https://evil.example.test<'),
  destination_missing: () =>
    login({ sign: "response", editResponse: (xml) => replaced(xml, / Destination="[^"]+"/, "") }),
  destination_mismatch: () =>
    response(/Destination="[^"]+"/, 'Destination="https://sp.example.test/saml/acs/"'),
  in_response_to_missing: () => login({ inResponseTo: undefined }),
  in_response_to_mismatch: () => login({ inResponseTo: "_other" }),
  issued_in_future: () => scenario.validate(scenario.respond(), later(-121_000)),

  assertion_missing: () => response(/<saml:Assertion .*<\/saml:Assertion>/, ""),
  assertion_multiple: () =>
    response("</samlp:Response>", '<saml:Assertion xmlns:saml="urn:x"/></samlp:Response>'),
  id_too_long: () => scenario.validate(scenario.respond({ assertionId: `_${"a".repeat(256)}` })),
  assertion_misplaced: () =>
    posted(
      /(<\/samlp:Status>)(<saml:Assertion .*<\/saml:Assertion>)/,
      "<samlp:StatusDetail>$2</samlp:StatusDetail>$1",
    ),

  signature_missing: () => login({ sign: "none" }),
  signature_multiple: () => posted(/(<ds:Signature .*<\/ds:Signature>)/, "$1$1"),
  signature_misplaced: () => posted("</saml:Subject>", '<Signature xmlns="urn:x"/></saml:Subject>'),
  signature_malformed: () => posted("</ds:Signature>", "<ds:Object/></ds:Signature>"),
  signature_reference_multiple: () => posted(/(<ds:Reference .*<\/ds:Reference>)/, "$1$1"),
  signature_reference_mismatch: () => posted('ID="_assertion"', 'ID="_renamed"'),
  signature_transform: () => login({ signer: { inclusivePrefixes: Array(33).fill("a").join(" ") } }),
  signature_canonicalization: () =>
    posted(
      /(CanonicalizationMethod Algorithm=)"[^"]+"/,
      '$1"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
    ),
  signature_algorithm: () => posted(/(SignatureMethod Algorithm=)"[^"]+"/, `$1"${HMAC}"`),
  signature_sha1: () => login({ signer: { signatureAlgorithm: RSA_SHA1 } }),
  digest_algorithm: () =>
    login({ signer: { digestAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#md5" } }),
  signature_invalid: () => posted("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
  digest_mismatch: () => posted("jo@example.test", "admin@example.test"),
  certificate_missing: () => scenario.validate(scenario.respond(), { certificates: [] }),
  certificate_unreadable: () =>
    readCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),

  decryption_key_missing: () => login({ encryptFor }, { decryptionKeys: [] }),
  decryption_key_unreadable: () => login({ encryptFor }, { decryptionKeys: ["no key"] }),
  encryption_malformed: () => encryptedFor(/<xenc:EncryptedKey.*<\/xenc:EncryptedKey>/, ""),
  encryption_algorithm: () => encryptedFor("rsa-oaep-mgf1p", "rsa-1_5"),
  decryption_failed: () => login({ encryptFor: { recipient: idp.certificate } }),
  encrypted_assertion_unsigned: () => login({ encryptFor, sign: "none" }),

  assertion_issuer_missing: () =>
    login({ sign: "response", editAssertion: (xml) => replaced(xml, /<saml:Issuer>.*?<\/saml:Issuer>/, "") }),
  assertion_issuer_mismatch: () =>
    assertion(`<saml:Issuer>${idp.entityId}`, "<saml:Issuer>https://evil.example.test"),
  subject_missing: () => assertion(/<saml:NameID.*<\/saml:NameID>/, ""),
  name_id_encrypted: () => assertion(/<saml:NameID.*<\/saml:NameID>/, "<saml:EncryptedID/>"),
  confirmation_method: () => assertion("cm:bearer", "cm:sender-vouches"),
  recipient_missing: () => assertion(/ Recipient="[^"]+"/, ""),
  recipient_mismatch: () => assertion(/Recipient="[^"]+"/, 'Recipient="https://other.example.test/acs"'),
  confirmation_in_response_to_missing: () => assertion(' InResponseTo="_request"', ""),
  confirmation_in_response_to_mismatch: () => assertion('InResponseTo="_request"', 'InResponseTo="_other"'),
  confirmation_expired: () => scenario.validate(scenario.respond(), later(300_000 + 120_000)),
  confirmation_not_yet_valid: () => assertion(" Recipient=", ' NotBefore="2026-06-01T12:02:01Z" Recipient='),
  assertion_expired: () => assertion(/(<saml:Conditions.*NotOnOrAfter=)"[^"]+"/, '$1"2026-06-01T11:58:00Z"'),
  assertion_not_yet_valid: () => assertion(/(Conditions NotBefore=)"[^"]+"/, '$1"2026-06-01T12:02:01Z"'),
  condition_unknown: () => assertion("</saml:Conditions>", "<saml:Condition/></saml:Conditions>"),
  audience_missing: () => assertion(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ""),
  audience_mismatch: () => login({ audience: `${scenario.expected.audience}.evil.example.test` }),
  authn_statement_missing: () => assertion(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, ""),
  session_expired: () =>
    assertion("<saml:AuthnStatement", '<saml:AuthnStatement SessionNotOnOrAfter="2026-06-01T11:58:00Z"'),
  attribute_encrypted: () =>
    assertion("<saml:AttributeStatement>", "<saml:AttributeStatement><saml:EncryptedAttribute/>"),

  not_a_logout_message: () => logout(/samlp:LogoutRequest/g, "samlp:AuthnRequest"),
  logout_issuer_missing: () => logout(/<saml:Issuer.*?<\/saml:Issuer>/, ""),
  logout_issuer_mismatch: () => logout(`>${idp.entityId}<`, ">https://evil.example.test<"),
  logout_destination_missing: () => logout(/ Destination="[^"]+"/, ""),
  logout_destination_mismatch: () => logout(SLO_URL, `${SLO_URL}/`),
  logout_expired: () => logout("IssueInstant=", 'NotOnOrAfter="2026-06-01T11:58:00Z" IssueInstant='),
  logout_subject_missing: () => logout(/<saml:NameID.*<\/saml:NameID>/, ""),
  logout_in_response_to_missing: () => logoutAnswer(' InResponseTo="_ours"', ""),
  logout_in_response_to_mismatch: () => logoutAnswer("_ours", "_theirs"),

  not_metadata: () => parseIdpMetadata("<a/>"),
  metadata_no_idp: () => metadata(/IDPSSODescriptor/g, "SPSSODescriptor"),
  metadata_ambiguous: () => parseIdpMetadata(entities(METADATA, METADATA.replace("/metadata", "/other"))),
  metadata_entity_unknown: () => parseIdpMetadata(METADATA, { entityId: "https://other.example.test" }),
  metadata_no_sso: () => metadata(/<md:SingleSignOnService[^>]*>/g, ""),
  metadata_no_certificate: () => metadata('use="signing"', 'use="encryption"'),
  metadata_expired: () =>
    metadata("entityID=", 'validUntil="2026-06-01T12:00:00Z" entityID=', { now: scenario.now }),
  metadata_too_large: () => TOO_LARGE,
  metadata_malformed: () => metadata(/entityID="[^"]+"/, 'entityID=" "'),
};

const HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
const RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";

function nested(levels: number): string {
  return "<a>".repeat(levels) + "</a>".repeat(levels);
}

function entities(...descriptors: string[]): string {
  return `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${descriptors.join("")}</md:EntitiesDescriptor>`;
}

const TOO_LARGE = await entityMetadata(Readable.from([Buffer.alloc(100)]), { maxBytes: 50 });

describe("every refusal has its code", () => {
  it("accepts what the cases below change", () => {
    expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true, warnings: [] });
    expect(parseIdpMetadata(METADATA)).toMatchObject({ ok: true });
  });

  it.each(Object.entries(WAYS))("%s", (code, refused) => {
    const answer = refused();
    expect(answer).toMatchObject({ ok: false, code });
    expect(answer).toMatchObject(SAML_ERRORS[code as SamlErrorCode]);
  });
});
