import { samlServiceProvider } from "@sallyport/connections";
import { SAML_ERRORS, type SamlErrorCode } from "@sallyport/saml";
import {
  createTestIdp,
  fromFormValue,
  newRsaKey,
  type TestLogin,
  toFormValue,
} from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerSaml, postSaml, type SamlRequest, startSaml } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

/** What went wrong, as the connection's administrator finds it among the login records. */

const idp = createTestIdp();
let fixture: SignInFixture;
let connectionId: string;
let otherId: string;
/** The certificate that our metadata tells the IdP to encrypt for. */
let recipient: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  const organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(organizationId, idp);
  otherId = await fixture.addSamlConnection(
    organizationId,
    createTestIdp({ entityId: "https://other.test" }),
  );
  const metadata = await (await fetch(samlServiceProvider(fixture.publicUrl, connectionId).entityId)).text();
  const base64 = /<[\w:]*X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? "";
  recipient = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
});
afterAll(() => fixture.close());

interface Failed {
  readonly name: string;
  readonly detail: { readonly message?: string; readonly fix?: string; readonly detail?: string };
}

async function lastRecord(id = connectionId) {
  const record = await fixture.database.prisma.loginRecord.findFirstOrThrow({
    where: { connectionId: id },
    orderBy: { id: "desc" },
  });
  const failed = (record.steps as unknown as Failed[]).at(-1);
  return { ...record, failed: failed?.detail };
}

type Way = (respond: (changes?: Partial<TestLogin>) => string, request: SamlRequest) => string;

const edited =
  (from: string | RegExp, to: string): Way =>
  (respond) =>
    replaced(fromFormValue(respond()), from, to);
const assertion =
  (from: string | RegExp, to: string): Way =>
  (respond) =>
    respond({ editAssertion: (xml) => fromFormValue(replaced(xml, from, to)) });
const response =
  (from: string | RegExp, to: string, more: Partial<TestLogin> = {}): Way =>
  (respond) =>
    respond({ ...more, editResponse: (xml) => fromFormValue(replaced(xml, from, to)) });

function replaced(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, to);
  if (changed === xml) {
    throw new Error(`nothing to replace: ${from}`);
  }
  return toFormValue(changed);
}

const PAST = "2001-01-01T00:00:00Z";
const FUTURE = "2101-01-01T00:00:00Z";
const SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
const forUs = (): Partial<TestLogin> => ({ encryptFor: { recipient } });
const encrypted =
  (from: string | RegExp, to: string): Way =>
  (respond, request) =>
    response(from, to, forUs())(respond, request);

/** Codes that no login can end with: of metadata, of logout, and of what is held against the settings before. */
type NotOfLogins =
  | `metadata_${string}`
  | `logout_${string}`
  | `redirect_${string}`
  | "not_metadata"
  | "not_a_logout_message"
  | "certificate_missing"
  | "certificate_unreadable"
  | "decryption_key_unreadable"
  // Of a connection that has no key yet: below.
  | "decryption_key_missing"
  // A relative namespace or the like is told by the first of these that meets it.
  | "xml_canonicalization_failed"
  // Answered before a login is looked for: an unsolicited response, an empty form field.
  | "response_missing";

const WAYS: Record<Exclude<SamlErrorCode, NotOfLogins>, Way> = {
  response_base64: () => "%PHNhbWw+",
  xml_too_large: (respond) => respond({ attributes: { a: "x".repeat(280_000) } }),
  xml_too_deep: edited("</samlp:Status>", `</samlp:Status>${"<a>".repeat(70)}${"</a>".repeat(70)}`),
  xml_too_many_nodes: edited("</samlp:Status>", `</samlp:Status>${"<a/>".repeat(6_000)}`),
  xml_encoding: edited(/^/, '<?xml version="1.0" encoding="ISO-8859-1"?>'),
  xml_malformed: edited(/$/, "<second/>"),
  xml_doctype: edited(/^/, "<!DOCTYPE a>"),
  xml_comment: edited("<samlp:Status>", "<!-- --><samlp:Status>"),
  xml_cdata: edited("jo@", "<![CDATA[jo]]>@"),
  xml_processing_instruction: edited("<samlp:Status>", "<?x?><samlp:Status>"),
  xml_duplicate_id: (respond) => respond({ responseId: "_1", assertionId: "_1" }),
  xml_relative_namespace: edited("<samlp:Status>", '<samlp:Status xmlns:x="relative">'),
  not_a_response: edited(/samlp:Response/g, "samlp:LogoutResponse"),
  element_unexpected: edited("<samlp:Status>", "<samlp:Extension/><samlp:Status>"),
  element_missing: response(/<samlp:Status>.*<\/samlp:Status>/, ""),
  time_malformed: assertion(/IssueInstant="[^"]+"/, 'IssueInstant="yesterday"'),
  status_not_success: response("urn:oasis:names:tc:SAML:2.0:status:Success", "urn:example:no"),
  response_issuer_missing: encrypted(/<saml:Issuer xmlns.*?<\/saml:Issuer>/, ""),
  response_issuer_mismatch: response(`">${idp.entityId}<`, '">https://evil.example.test<'),
  destination_missing: response(/ Destination="[^"]+"/, "", { sign: "response" }),
  destination_mismatch: response(/Destination="[^"]+"/, 'Destination="https://evil.example.test"'),
  in_response_to_missing: response(/ InResponseTo="[^"]+"/, ""),
  in_response_to_mismatch: response(/ InResponseTo="[^"]+"/, ' InResponseTo="_other"'),
  issued_in_future: response(/IssueInstant="[^"]+"/, `IssueInstant="${FUTURE}"`),
  assertion_missing: response(/<saml:Assertion .*<\/saml:Assertion>/, ""),
  assertion_multiple: response("</samlp:Response>", '<saml:Assertion xmlns:saml="urn:x"/></samlp:Response>'),
  id_too_long: (respond) => respond({ assertionId: `_${"a".repeat(300)}` }),
  assertion_misplaced: edited(
    /(<\/samlp:Status>)(<saml:Assertion .*<\/saml:Assertion>)/,
    "<samlp:StatusDetail>$2</samlp:StatusDetail>$1",
  ),
  signature_missing: (respond) => respond({ sign: "none" }),
  signature_multiple: edited(/(<ds:Signature .*<\/ds:Signature>)/, "$1$1"),
  signature_misplaced: edited("</saml:Subject>", '<Signature xmlns="urn:x"/></saml:Subject>'),
  signature_malformed: edited("</ds:Signature>", "<ds:Object/></ds:Signature>"),
  signature_reference_multiple: edited(/(<ds:Reference .*<\/ds:Reference>)/, "$1$1"),
  signature_reference_mismatch: (respond) =>
    replaced(fromFormValue(respond({ assertionId: "_a" })), ' ID="_a"', ' ID="_b"'),
  signature_transform: (respond) => respond({ signer: { inclusivePrefixes: Array(33).fill("a").join(" ") } }),
  signature_canonicalization: edited(/(CanonicalizationMethod Algorithm=)"[^"]+"/, '$1"urn:other"'),
  signature_algorithm: edited(/(SignatureMethod Algorithm=)"[^"]+"/, '$1"urn:other"'),
  signature_sha1: (respond) => respond({ signer: { signatureAlgorithm: SHA1 } }),
  digest_algorithm: (respond) => respond({ signer: { digestAlgorithm: "urn:example:md5" } }),
  signature_invalid: (respond) => respond({ signer: { privateKey: newRsaKey() } }),
  digest_mismatch: edited("jo@", "admin@"),
  encryption_algorithm: encrypted("rsa-oaep-mgf1p", "rsa-1_5"),
  encryption_malformed: encrypted(/<xenc:EncryptedKey.*<\/xenc:EncryptedKey>/, ""),
  encrypted_assertion_unsigned: (respond) => respond({ sign: "none", ...forUs() }),
  decryption_failed: (respond) => respond({ encryptFor: { recipient: idp.certificate } }),
  assertion_issuer_missing: (respond) =>
    respond({
      sign: "response",
      editAssertion: (xml) => xml.replace(/<saml:Issuer>.*?<\/saml:Issuer>/, ""),
    }),
  assertion_issuer_mismatch: assertion(`<saml:Issuer>${idp.entityId}`, "<saml:Issuer>https://evil.test"),
  subject_missing: assertion(/<saml:NameID.*<\/saml:NameID>/, ""),
  name_id_encrypted: assertion(/<saml:NameID.*<\/saml:NameID>/, "<saml:EncryptedID/>"),
  confirmation_method: assertion("cm:bearer", "cm:sender-vouches"),
  recipient_missing: assertion(/ Recipient="[^"]+"/, ""),
  recipient_mismatch: assertion(/Recipient="[^"]+"/, 'Recipient="https://evil.example.test"'),
  confirmation_in_response_to_missing: assertion(/ InResponseTo="[^"]+"/, ""),
  confirmation_in_response_to_mismatch: assertion(/ InResponseTo="[^"]+"/, ' InResponseTo="_other"'),
  confirmation_expired: assertion(/NotOnOrAfter="[^"]+" Recipient/, `NotOnOrAfter="${PAST}" Recipient`),
  confirmation_not_yet_valid: assertion(" Recipient=", ` NotBefore="${FUTURE}" Recipient=`),
  assertion_expired: assertion(/(<saml:Conditions.*NotOnOrAfter=)"[^"]+"/, `$1"${PAST}"`),
  assertion_not_yet_valid: assertion(/(Conditions NotBefore=)"[^"]+"/, `$1"${FUTURE}"`),
  condition_unknown: assertion("</saml:Conditions>", "<saml:Condition/></saml:Conditions>"),
  audience_missing: assertion(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ""),
  audience_mismatch: (respond) => respond({ audience: "https://evil.example.test" }),
  authn_statement_missing: assertion(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, ""),
  session_expired: assertion("<saml:AuthnStatement", `<saml:AuthnStatement SessionNotOnOrAfter="${PAST}"`),
  attribute_encrypted: (respond) =>
    respond({
      attributes: { a: "b" },
      editAssertion: (xml) => xml.replace("<saml:Attribute ", "<saml:EncryptedAttribute/>$&"),
    }),
};

describe("every code that a login can end with has its record", () => {
  it.each(Object.entries(WAYS))("%s", async (code, way) => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const respond = (changes: Partial<TestLogin> = {}) =>
      answerSaml(fixture, idp, request, { nameId: "jo@acme.com", ...changes });
    const page = await postSaml(fixture, browser, request, way(respond, request));
    expect([400, 403]).toContain(page.status);
    const record = await lastRecord();
    const { message, fix } = SAML_ERRORS[code as SamlErrorCode];
    expect(record).toMatchObject({ outcome: "failure", errorCode: code, failed: { code, message, fix } });
    expect(record.request).toContain("AuthnRequest");
    expect(record.response).toMatch(code === "response_base64" ? /./ : /<saml|<\?xml|<!DOCTYPE/);
    // The page tells none of it: it would be an oracle for whoever forges.
    expect(page.body).not.toContain(message);
  });
});

it("an encrypted assertion where the connection never had a key", async () => {
  const browser = createBrowser();
  const request = await startSaml(fixture, browser, otherId);
  const encryptFor = { recipient: idp.certificate };
  await postSaml(fixture, browser, request, answerSaml(fixture, idp, request, { encryptFor }));
  expect(await lastRecord(otherId)).toMatchObject({ errorCode: "decryption_key_missing" });
});
