import { describe, expect, it } from "vitest";
import type { SamlErrorCode } from "../errors/table.ts";
import { createScenario, type TestLogin } from "../testing/index.ts";
import type { ValidateResponseInput } from "../types.ts";

/**
 * What the specifications allow and IdPs send, each beside the nearest that has to be refused. An edit changes the
 * message before it is signed: nothing here is forged.
 */

const scenario = createScenario();
const { acsUrl, audience } = scenario.expected;

type Edit = readonly [from: string | RegExp, to: string];
type Over = "assertion" | "response";

function send(over: Over, edits: readonly Edit[], login: Partial<TestLogin> = {}) {
  const edit = (xml: string) =>
    edits.reduce((text, [from, to]) => {
      const changed = text.replace(from, to);
      if (changed === text) {
        throw new Error(`nothing to replace: ${from}`);
      }
      return changed;
    }, xml);
  return scenario.respond({ ...login, [over === "assertion" ? "editAssertion" : "editResponse"]: edit });
}

interface Row {
  readonly name: string;
  readonly over: Over;
  readonly allowed: readonly Edit[];
  readonly refused: readonly Edit[];
  readonly code: SamlErrorCode;
  readonly login?: Partial<TestLogin>;
  /** Where the refused one is signed otherwise. */
  readonly refusedLogin?: Partial<TestLogin>;
  readonly input?: Partial<ValidateResponseInput>;
  readonly refusedInput?: Partial<ValidateResponseInput>;
}

const RESPONSE_ISSUER = /<saml:Issuer xmlns.*?<\/saml:Issuer>/;
const DESTINATION = / Destination="[^"]+"/;
const NAME_ID = /<saml:NameID.*<\/saml:NameID>/;
const STATEMENT = /<saml:AuthnStatement.*<\/saml:AuthnStatement>/;
const statement = (instant: string, more = "") =>
  `<saml:AuthnStatement AuthnInstant="${instant}"${more}><saml:AuthnContext/></saml:AuthnStatement>`;

const ROWS: readonly Row[] = [
  {
    name: "no Issuer of an unsigned response; a signed one needs it (Profiles §4.1.4.2)",
    over: "response",
    allowed: [[RESPONSE_ISSUER, ""]],
    refused: [
      [
        RESPONSE_ISSUER,
        '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://evil.test</saml:Issuer>',
      ],
    ],
    code: "response_issuer_mismatch",
  },
  {
    name: "no Destination of an unsigned response; a signed one needs it (Bindings §3.5.5.2)",
    over: "response",
    allowed: [[DESTINATION, ""]],
    refused: [[DESTINATION, ""]],
    refusedLogin: { sign: "both" },
    code: "destination_missing",
  },
  {
    name: "an empty Destination of an unsigned response, and no other one",
    over: "response",
    allowed: [[DESTINATION, ' Destination=""']],
    refused: [[DESTINATION, ' Destination="https://sp.example.test/other/acs"']],
    code: "destination_mismatch",
  },
  {
    name: "white space around URIs and times of the response",
    over: "response",
    allowed: [
      [DESTINATION, ` Destination="\n  ${acsUrl}&#10; "`],
      [
        "<saml:Issuer xmlns",
        '<saml:Issuer Format=" urn:oasis:names:tc:SAML:2.0:nameid-format:entity " xmlns',
      ],
      [`>${scenario.idp.entityId}<`, `>\n\t${scenario.idp.entityId}\r\n<`],
      [/IssueInstant="([^"]+)"/, 'IssueInstant=" $1 "'],
      [/InResponseTo="([^"]+)"/, 'InResponseTo=" $1\t"'],
      ['StatusCode Value="', 'StatusCode Value="\n '],
    ],
    refused: [[`>${scenario.idp.entityId}<`, `>${scenario.idp.entityId.replace("idp", "idp ")}<`]],
    code: "response_issuer_mismatch",
    login: { sign: "both" },
  },
  {
    name: "white space around URIs, enumerations and times of the assertion",
    over: "assertion",
    allowed: [
      ["<saml:Issuer>", "<saml:Issuer>\n    "],
      ["</saml:Issuer>", "\n  </saml:Issuer>"],
      ["<saml:Audience>", "<saml:Audience>\r\n      "],
      ["</saml:Audience>", "\t</saml:Audience>"],
      [/ Recipient="([^"]+)"/, ' Recipient="&#9;$1 "'],
      [/ Method="([^"]+)"/, ' Method=" $1\n"'],
      [/NotOnOrAfter="([^"]+)" Recipient/, 'NotOnOrAfter=" $1 " Recipient'],
      ["<saml:AuthnContextClassRef>", "<saml:AuthnContextClassRef>\n   "],
      [/NameID Format="([^"]+)"/, 'NameID Format=" $1 "'],
    ],
    refused: [["<saml:Audience>", "<saml:Audience>evil "]],
    code: "audience_mismatch",
  },
  {
    name: "Extensions of the response, of whatever content but assertions and signatures",
    over: "response",
    allowed: [
      ["<samlp:Status>", '<samlp:Extensions><x xmlns="urn:x" a="b">c</x></samlp:Extensions><samlp:Status>'],
    ],
    refused: [
      ["<samlp:Status>", '<samlp:Extensions><Assertion xmlns="urn:x"/></samlp:Extensions><samlp:Status>'],
    ],
    code: "assertion_multiple",
    login: { sign: "both" },
  },
  {
    name: "Advice in the assertion, but no assertion in it",
    over: "assertion",
    allowed: [
      [
        "</saml:Conditions>",
        "</saml:Conditions><saml:Advice><saml:AssertionIDRef>_other</saml:AssertionIDRef></saml:Advice>",
      ],
    ],
    refused: [
      ["</saml:Conditions>", '</saml:Conditions><saml:Advice><saml:Assertion ID="_x"/></saml:Advice>'],
    ],
    code: "assertion_multiple",
  },
  {
    name: "statements of other kinds, but no children that the schema does not know",
    over: "assertion",
    allowed: [[STATEMENT, '$&<saml:AuthzDecisionStatement Resource="urn:x" Decision="Permit"/>']],
    refused: [[STATEMENT, "$&<saml:OtherStatement/>"]],
    code: "element_unexpected",
  },
  {
    name: "no NameID where an attribute names the person",
    over: "assertion",
    allowed: [[NAME_ID, ""]],
    refused: [[NAME_ID, ""]],
    code: "subject_missing",
    input: { nameIdRequired: false },
    refusedInput: { nameIdRequired: true },
  },
  {
    name: "an encrypted NameID where an attribute names the person",
    over: "assertion",
    allowed: [[NAME_ID, "<saml:EncryptedID/>"]],
    refused: [[NAME_ID, "<saml:EncryptedID/>"]],
    code: "name_id_encrypted",
    input: { nameIdRequired: false },
    refusedInput: { nameIdRequired: true },
  },
  {
    name: "an empty NameID where an attribute names the person",
    over: "assertion",
    allowed: [[NAME_ID, "<saml:NameID> </saml:NameID>"]],
    refused: [[NAME_ID, "<saml:NameID> </saml:NameID>"]],
    code: "subject_missing",
    input: { nameIdRequired: false },
    refusedInput: { nameIdRequired: true },
  },
  {
    name: "times with an offset, but none that is over",
    over: "assertion",
    allowed: [[/NotOnOrAfter="[^"]+" Recipient/, 'NotOnOrAfter="2026-06-01T14:05:00+02:00" Recipient']],
    refused: [[/NotOnOrAfter="[^"]+" Recipient/, 'NotOnOrAfter="2026-06-01T12:05:00+02:00" Recipient']],
    code: "confirmation_expired",
  },
  {
    name: "times with nine digits and a negative offset",
    over: "assertion",
    allowed: [[/AuthnInstant="[^"]+"/, 'AuthnInstant="2026-06-01T04:00:00.123456789-08:00"']],
    refused: [[/AuthnInstant="[^"]+"/, 'AuthnInstant="2026-06-01T12:00:00.123456789-08:00"']],
    code: "issued_in_future",
  },
  {
    name: "several authentication statements, unless the session of each is over",
    over: "assertion",
    allowed: [
      [STATEMENT, `${statement("2026-06-01T10:00:00Z", ' SessionNotOnOrAfter="2026-06-01T11:00:00Z"')}$&`],
    ],
    refused: [
      [
        STATEMENT,
        [10, 11]
          .map((hour) =>
            statement(`2026-06-01T${hour}:00:00Z`, ' SessionNotOnOrAfter="2026-06-01T11:30:00Z"'),
          )
          .join(""),
      ],
    ],
    code: "session_expired",
  },
];

describe("accepts, where the specification allows it:", () => {
  it.each(ROWS.map((row) => [row.name, row] as const))("%s", (_, row) => {
    const allowed = scenario.validate(send(row.over, row.allowed, row.login), row.input);
    expect(allowed).toMatchObject({ ok: true, warnings: [] });
    const refused = send(row.over, row.refused, { ...row.login, ...row.refusedLogin });
    expect(scenario.validate(refused, { ...row.input, ...row.refusedInput })).toMatchObject({
      ok: false,
      code: row.code,
    });
  });
});

it("reads what it accepts as the schema says", () => {
  const indented = scenario.validate(send("assertion", ROWS[4]?.allowed ?? []));
  expect(indented).toMatchObject({
    assertion: {
      issuer: scenario.idp.entityId,
      authnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
      subject: { format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" },
    },
  });
  const offset = scenario.validate(
    send("assertion", [[/AuthnInstant="[^"]+"/, 'AuthnInstant="2026-06-01T04:00:00.1239-08:00"']]),
  );
  expect(offset).toMatchObject({ assertion: { authnInstant: new Date("2026-06-01T12:00:00.123Z") } });
});

it("never collapses what names a person", () => {
  const spaced = scenario.validate(scenario.respond({ nameId: " jo  doe ", sessionIndex: " 1 " }));
  expect(spaced).toMatchObject({ assertion: { subject: { nameId: " jo  doe " }, sessionIndex: " 1 " } });
});

it("takes the newest live statement, and the first end of a session", () => {
  const several =
    statement("2026-06-01T11:00:00Z", ' SessionIndex="password" SessionNotOnOrAfter="2026-06-01T13:00:00Z"') +
    statement("2026-06-01T11:59:00Z", ' SessionIndex="otp" SessionNotOnOrAfter="2026-06-01T20:00:00Z"') +
    statement("2026-06-01T10:00:00Z", ' SessionIndex="old"');
  expect(scenario.validate(send("assertion", [[STATEMENT, several]]))).toMatchObject({
    assertion: {
      authnInstant: new Date("2026-06-01T11:59:00Z"),
      sessionIndex: "otp",
      sessionNotOnOrAfter: new Date("2026-06-01T13:00:00Z"),
    },
  });
});

it("needs the issuer of a response that is signed or holds an encrypted assertion", () => {
  const edit: Edit = [RESPONSE_ISSUER, ""];
  const encryptFor = { recipient: scenario.encryptionCertificate };
  expect(scenario.validate(send("response", [edit], { encryptFor }))).toMatchObject({
    code: "response_issuer_missing",
  });
});

it("leaves no subject where there is none to name", () => {
  const result = scenario.validate(send("assertion", [[NAME_ID, ""]]), { nameIdRequired: false });
  expect(result.ok && result.assertion).not.toHaveProperty("subject");
  const named = scenario.validate(scenario.respond(), { nameIdRequired: false });
  expect(named).toMatchObject({ assertion: { subject: { nameId: "jo@example.test" } } });
});

it("knows the audience by its exact URI only", () => {
  expect(audience).not.toContain(" ");
  for (const near of [`${audience}/`, audience.toUpperCase(), audience.replace("sp.", "sp. ")]) {
    expect(scenario.validate(scenario.respond({ audience: near }))).toMatchObject({
      code: "audience_mismatch",
    });
  }
});

describe("times that are refused", () => {
  const minutes = (count: number) => ({ now: new Date(scenario.now.getTime() + count * 60_000) });

  it.each<[string, number, string]>([
    [
      "confirmation_expired",
      20,
      "NotOnOrAfter is 2026-06-01T12:05:00.000Z, our clock says 2026-06-01T12:20:00.000Z: 900 s ago, 120 s of difference",
    ],
    [
      "issued_in_future",
      -20,
      "is 2026-06-01T12:00:00.000Z, our clock says 2026-06-01T11:40:00.000Z: 1200 s ahead, 120 s of difference",
    ],
  ])("are shown with ours and the difference: %s", (code, count, detail) => {
    const result = scenario.validate(scenario.respond(), minutes(count));
    expect(result).toMatchObject({ ok: false, code });
    expect(!result.ok && result.detail).toContain(detail);
  });
});

describe("the IdP's own refusal", () => {
  const status = (code: string, subCode?: string) => {
    const uri = (name: string) => `urn:oasis:names:tc:SAML:2.0:status:${name}`;
    const response = scenario.idp.errorResponse(scenario.login, {
      code: uri(code),
      ...(subCode === undefined ? {} : { subCode: uri(subCode) }),
    });
    const result = scenario.validate(response);
    return result.ok ? "" : result.fix;
  };

  it("has advice of its own for each code that the specification has", () => {
    const all = [
      "AuthnFailed", "InvalidNameIDPolicy", "NoAuthnContext", "NoAvailableIDP", "NoPassive", "NoSupportedIDP",
      "ProxyCountExceeded", "RequestDenied", "RequestUnsupported", "UnknownPrincipal", "UnsupportedBinding",
    ].map((subCode) => status("Responder", subCode)); // biome-ignore format: a list
    const top = ["Requester", "Responder", "VersionMismatch"].map((code) => status(code));
    expect(new Set([...all, ...top, status("Private")]).size).toBe(all.length + top.length + 1);
    expect(status("Requester", "Private")).toBe(status("Requester"));
  });
});
