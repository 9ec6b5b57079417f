import { describe, expect, it } from "vitest";
import { createScenario, fromFormValue, toFormValue } from "../testing/index.ts";

const scenario = createScenario();
const at = (milliseconds: number) => ({ now: new Date(scenario.now.getTime() + milliseconds) });

describe("a good response", () => {
  it.each(["assertion", "response", "both"] as const)("is accepted when signed over: %s", (sign) => {
    const result = scenario.validate(scenario.respond({ sign }));
    expect(result).toMatchObject({
      ok: true,
      warnings: [],
      assertion: {
        id: "_assertion",
        responseId: "_response",
        inResponseTo: "_request",
        issuer: scenario.idp.entityId,
        subject: {
          nameId: "jo@example.test",
          format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        },
        authnInstant: scenario.now,
        notOnOrAfter: new Date("2026-06-01T12:05:00Z"),
        replayableUntil: new Date("2026-06-01T12:07:00Z"),
        attributes: [
          { name: "email", values: ["jo@example.test"] },
          { name: "groups", values: ["Engineering", "R&D"] },
        ],
        signedBy: { covered: sign === "assertion" ? "assertion" : "response" },
        encrypted: false,
      },
    });
  });

  it("may be wrapped in lines, as .NET posts it", () => {
    const wrapped = scenario.respond().replace(/.{76}/g, "$&\r\n");
    expect(scenario.validate(wrapped)).toMatchObject({ ok: true });
  });

  it("may begin with an XML declaration", () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${fromFormValue(scenario.respond())}\n`;
    expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
  });
});

describe("the time window", () => {
  it.each([
    [-120_000, true],
    [419_999, true],
    [420_000, false],
  ])("at %i ms after issue, with 2 minutes of skew: %s", (offset, ok) => {
    expect(scenario.validate(scenario.respond(), at(offset)).ok).toBe(ok);
  });

  it("takes the earlier of condition and confirmation", () => {
    const shorter = (xml: string) =>
      xml.replace(/(<saml:Conditions.*NotOnOrAfter=)"[^"]+"/, '$1"2026-06-01T12:01:00.1234567Z"');
    expect(scenario.validate(scenario.respond({ editAssertion: shorter }))).toMatchObject({
      ok: true,
      assertion: { notOnOrAfter: new Date("2026-06-01T12:01:00.123Z") },
    });
  });

  it.each(["2026-06-01T12:05:00+15:00", "2026-06-01", "2026-02-31T12:00:00Z", "1780315500"])(
    "refuses %s",
    (time) => {
      const edit = (xml: string) => xml.replace(/AuthnInstant="[^"]+"/, `AuthnInstant="${time}"`);
      expect(scenario.validate(scenario.respond({ editAssertion: edit }))).toMatchObject({
        code: "time_malformed",
      });
    },
  );
});

describe("subject confirmations", () => {
  const confirmation = /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/;

  it("accepts a good one behind one for another recipient", () => {
    const edit = (xml: string) =>
      xml.replace(
        confirmation,
        (good) => good.replace(/Recipient="[^"]+"/, 'Recipient="https://x.test"') + good,
      );
    expect(scenario.validate(scenario.respond({ editAssertion: edit }))).toMatchObject({ ok: true });
  });

  it("does not put one together from the parts of two", () => {
    const edit = (xml: string) =>
      xml.replace(
        confirmation,
        (good) =>
          good.replace(/Recipient="[^"]+"/, 'Recipient="https://x.test"') +
          good.replace(/InResponseTo="[^"]+"/, 'InResponseTo="_other"'),
      );
    expect(scenario.validate(scenario.respond({ editAssertion: edit }))).toMatchObject({
      code: "recipient_mismatch",
    });
  });
});

describe("attributes", () => {
  const value = "<saml:AttributeValue>jo@example.test</saml:AttributeValue>";
  const withValue = (xml: string) =>
    scenario.respond({ editAssertion: (assertion) => assertion.replace(value, xml) });

  it("reads the NameID inside eduPersonTargetedID", () => {
    const nested = "<saml:AttributeValue><saml:NameID>targeted</saml:NameID></saml:AttributeValue>";
    expect(scenario.validate(withValue(nested))).toMatchObject({
      ok: true,
      warnings: [],
      assertion: { attributes: [{ values: ["targeted"] }, {}] },
    });
  });

  it.each([
    '<x xmlns="urn:x">y</x>',
    "admin<saml:NameID>targeted</saml:NameID>",
    "<saml:NameID>targeted</saml:NameID><saml:NameID>admin</saml:NameID>",
  ])("leaves out other structures, and says so: %s", (content) => {
    const nested = `<saml:AttributeValue>${content}</saml:AttributeValue>`;
    expect(scenario.validate(withValue(nested))).toMatchObject({
      ok: true,
      warnings: [{ code: "attribute_structured", detail: "email" }],
      assertion: { attributes: [{ values: [] }, {}] },
    });
  });

  it("takes xsi:nil as no value and empty as empty", () => {
    const nil =
      '<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/><saml:AttributeValue/>';
    expect(scenario.validate(withValue(nil))).toMatchObject({
      ok: true,
      assertion: { attributes: [{ values: [""] }, {}] },
    });
  });
});

describe("audiences", () => {
  const restriction = /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/;
  const other = "<saml:Audience>https://other.example.test</saml:Audience>";

  it("accepts ours among several of one restriction", () => {
    const edit = (xml: string) =>
      xml.replace("<saml:AudienceRestriction>", `<saml:AudienceRestriction>${other}`);
    expect(scenario.validate(scenario.respond({ editAssertion: edit }))).toMatchObject({ ok: true });
  });

  it("wants ours in every restriction", () => {
    const edit = (xml: string) =>
      xml.replace(restriction, `$&<saml:AudienceRestriction>${other}</saml:AudienceRestriction>`);
    expect(scenario.validate(scenario.respond({ editAssertion: edit }))).toMatchObject({
      code: "audience_mismatch",
    });
  });
});

describe("the IdP's refusal", () => {
  it("carries status, sub-status and message", () => {
    const status = {
      code: "urn:oasis:names:tc:SAML:2.0:status:Responder",
      subCode: "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
      message: "User is not assigned",
    };
    const response = scenario.idp.errorResponse(scenario.login, status);
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: "status_not_success", status });
  });
});
