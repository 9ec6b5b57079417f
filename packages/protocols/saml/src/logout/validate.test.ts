import { describe, expect, it } from "vitest";
import {
  createTestIdp,
  newRsaKey,
  type TestLogoutMessage,
  type TestLogoutRequest,
} from "../testing/index.ts";
import type { SamlTransport, ValidateLogoutInput } from "../types.ts";
import { peekLogoutResponse, validateLogoutRequest, validateLogoutResponse } from "./validate.ts";

const idp = createTestIdp();
const now = new Date("2026-06-01T12:00:00Z");
const destination = "https://sp.example.test/saml/slo";
const expected = { idpEntityId: idp.entityId, destination };
const MINUTE_MS = 60_000;
const RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";

const transports: Record<string, (message: TestLogoutMessage, relayState?: string) => SamlTransport> = {
  redirect: (message, relayState) => ({ binding: "redirect", query: message.query(relayState) }),
  post: (message, relayState) => ({
    binding: "post",
    value: message.formValue(),
    ...(relayState === undefined ? {} : { relayState }),
  }),
};

const request = (changes: Partial<TestLogoutRequest> = {}) =>
  idp.logoutRequest({ destination, now, id: "_logout", ...changes });

function validate(transport: SamlTransport, changes: Partial<ValidateLogoutInput> = {}) {
  return validateLogoutRequest({ transport, expected, certificates: [idp.certificate], now, ...changes });
}

const at = (offsetMs: number) => ({ now: new Date(now.getTime() + offsetMs) });

describe.each(Object.entries(transports))("a logout request over HTTP-%s", (_binding, sent) => {
  it("says whom to sign out, of which sessions, and until when it is good", () => {
    const message = request({
      nameId: "Jo & Co",
      nameQualifier: "https://idp.example.test",
      spNameQualifier: "https://sp.example.test",
      sessionIndexes: ["_a", "_b"],
    });
    expect(validate(sent(message, "a b&c"))).toEqual({
      ok: true,
      request: {
        id: "_logout",
        subject: {
          nameId: "Jo & Co",
          format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
          nameQualifier: "https://idp.example.test",
          spNameQualifier: "https://sp.example.test",
        },
        sessionIndexes: ["_a", "_b"],
        replayableUntil: new Date("2026-06-01T12:07:00Z"),
        relayState: "a b&c",
        xml: expect.stringContaining("Jo &amp; Co"),
      },
    });
  });

  it("is good for five minutes at most, and for less where it says so", () => {
    const long = sent(request({ notOnOrAfter: new Date("2036-01-01T00:00:00Z") }));
    expect(validate(long, at(7 * MINUTE_MS - 1))).toMatchObject({ ok: true });
    expect(validate(long, at(7 * MINUTE_MS))).toMatchObject({ ok: false, code: "logout_expired" });
    const short = sent(request({ notOnOrAfter: new Date(now.getTime() + MINUTE_MS) }));
    expect(validate(short, at(3 * MINUTE_MS - 1))).toMatchObject({ ok: true });
    expect(validate(short, at(3 * MINUTE_MS))).toMatchObject({ ok: false, code: "logout_expired" });
    expect(validate(short, at(-2 * MINUTE_MS - 1))).toMatchObject({ ok: false, code: "issued_in_future" });
  });

  it("is refused from another key, and by a connection that has none", () => {
    const message = sent(request({ signer: { privateKey: newRsaKey() } }));
    expect(validate(message)).toMatchObject({ ok: false, code: expect.stringMatching(/signature_invalid$/) });
    expect(validate(sent(request()), { certificates: [] })).toMatchObject({ code: "certificate_missing" });
  });

  it("is refused with SHA-1, unless that is allowed", () => {
    const message = sent(request({ signer: { signatureAlgorithm: RSA_SHA1 } }));
    expect(validate(message)).toMatchObject({ ok: false, code: "signature_sha1" });
    expect(validate(message, { allowSha1: true })).toMatchObject({ ok: true });
  });

  it.each([
    [
      "an encrypted NameID",
      /<saml:NameID.*<\/saml:NameID>/,
      '<saml:EncryptedID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
      "name_id_encrypted",
    ],
    ["an empty NameID", /(<saml:NameID[^>]*>)[^<]*/, "$1 ", "logout_subject_missing"],
    ["two NameIDs", /(<saml:NameID.*<\/saml:NameID>)/, "$1$1", "element_unexpected"],
    ["another version", 'Version="2.0"', 'Version="1.1"', "not_a_logout_message"],
    [
      "an element of nobody's",
      "</samlp:LogoutRequest>",
      '<x xmlns="urn:x"/></samlp:LogoutRequest>',
      "element_unexpected",
    ],
    ["no IssueInstant", / IssueInstant="[^"]*"/, "", "element_missing"],
  ])("is refused with %s", (_name, from, to, code) => {
    expect(validate(sent(request({ edit: (xml) => xml.replace(from, to) })))).toMatchObject({
      ok: false,
      code,
    });
  });

  it("may carry extensions, which say nothing to us", () => {
    const edit = (xml: string) =>
      xml.replace("</saml:Issuer>", '</saml:Issuer><samlp:Extensions><x xmlns="urn:x"/></samlp:Extensions>');
    expect(validate(sent(request({ edit })))).toMatchObject({ ok: true });
  });

  it("is no response", () => {
    const message = idp.logoutResponse({ destination, now, inResponseTo: "_ours" });
    expect(validate(sent(message))).toMatchObject({ ok: false, code: "not_a_logout_message" });
  });
});

describe.each(Object.entries(transports))("a logout response over HTTP-%s", (_binding, sent) => {
  const respond = (status?: { code: string; subCode?: string }) =>
    sent(
      idp.logoutResponse({
        destination,
        now,
        inResponseTo: "_ours",
        ...(status === undefined ? {} : { status }),
      }),
    );
  const accept = (transport: SamlTransport, inResponseTo = "_ours") =>
    validateLogoutResponse({
      transport,
      expected: { ...expected, inResponseTo },
      certificates: [idp.certificate],
      now,
    });
  const STATUS = "urn:oasis:names:tc:SAML:2.0:status:";

  it.each([
    ["success", { code: `${STATUS}Success` }],
    ["partial", { code: `${STATUS}Success`, subCode: `${STATUS}PartialLogout` }],
    ["partial", { code: `${STATUS}Responder`, subCode: `${STATUS}PartialLogout` }],
    ["failure", { code: `${STATUS}Responder` }],
    ["failure", { code: `${STATUS}Requester`, subCode: `${STATUS}UnknownPrincipal` }],
  ])("tells %s by its status", (outcome, status) => {
    expect(accept(respond(status))).toMatchObject({ ok: true, response: { outcome, status } });
  });

  it("is refused as the answer to another request", () => {
    expect(accept(respond(), "_another")).toMatchObject({ code: "logout_in_response_to_mismatch" });
  });

  it("says, unverified, what it answers", () => {
    expect(peekLogoutResponse(respond())).toBe("_ours");
  });
});

it.each([
  { binding: "redirect", query: "SAMLResponse=%%%" },
  { binding: "redirect", query: "" },
  { binding: "post", value: "!" },
  { binding: "post", value: Buffer.from("<a/>").toString("base64") },
] as const)("peeks at nothing in $binding garbage", (transport) => {
  expect(peekLogoutResponse(transport)).toBeUndefined();
});
