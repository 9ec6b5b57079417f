/**
 * What the specification lets an IdP leave out or add (Issuer and Destination of an unsigned response, Extensions, Advice,
 * several statements, a NameID) is left out or added by an attacker, to get round the check that would have read it.
 * SAML 2.0 Profiles §4.1.4.2, Bindings §3.5.5.2; Somorovsky et al.: On Breaking SAML (USENIX Security 2012).
 */

import { fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp, signIn } from "./victim.ts";

const [idp, stranger] = [newIdp(), newIdp("https://stranger.example.test/metadata")];
let site: SamlSite;
let victim: SamlTenant;

beforeAll(async () => {
  site = await startSamlSite();
  victim = await site.addTenant("victim", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

const RESPONSE_ISSUER = /<saml:Issuer xmlns.*?<\/saml:Issuer>/;
const bare = (xml: string) => xml.replace(RESPONSE_ISSUER, "").replace(/ Destination="[^"]+"/, "");

async function postAs(respond: (request: { id: string }) => string): Promise<boolean> {
  const { page } = await signIn(victim, site.newBrowser(), respond);
  return letIn(page);
}

it("lets in whom the IdP names, with neither issuer nor destination around the signed assertion", async () => {
  expect(await postAs((request) => answer(victim, idp, request, { editResponse: bare }))).toBe(true);
});

it("refuses a bare response around another IdP's assertion, or around one for another application", async () => {
  const refusals = [
    (request: { id: string }) => answer(victim, stranger, request, { editResponse: bare }),
    (request: { id: string }) =>
      answer({ ...victim, acsUrl: "https://other.example.test/acs" }, idp, request, { editResponse: bare }),
    (request: { id: string }) =>
      answer({ ...victim, spEntityId: "https://other.example.test" }, idp, request, { editResponse: bare }),
    () => answer(victim, idp, { id: "_another" }, { editResponse: bare }),
  ];
  for (const respond of refusals) {
    expect(await postAs(respond)).toBe(false);
  }
});

it("lets in past Extensions and Advice, and refuses a second assertion or a signature in them", async () => {
  const extended = (content: string) => (xml: string) =>
    xml.replace("<samlp:Status>", `<samlp:Extensions>${content}</samlp:Extensions><samlp:Status>`);
  const advised = (content: string) => (xml: string) =>
    xml.replace("</saml:Conditions>", `</saml:Conditions><saml:Advice>${content}</saml:Advice>`);
  const harmless = '<x xmlns="urn:x">1</x>';
  expect(
    await postAs((request) =>
      answer(victim, idp, request, { editResponse: extended(harmless), editAssertion: advised(harmless) }),
    ),
  ).toBe(true);

  const forged = '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_forged"/>';
  const signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>';
  for (const content of [forged, signature]) {
    for (const changes of [{ editResponse: extended(content) }, { editAssertion: advised(content) }]) {
      expect(await postAs((request) => answer(victim, idp, request, changes))).toBe(false);
    }
  }
});

it("reads no statement and no name that was put in after signing", async () => {
  const statement = '<saml:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z"/>';
  const put = (request: { id: string }) =>
    toFormValue(
      fromFormValue(answer(victim, idp, request)).replace(
        "</saml:Conditions>",
        `</saml:Conditions>${statement}`,
      ),
    );
  expect(await postAs(put)).toBe(false);
  const several = (xml: string) => xml.replace("<saml:AuthnStatement", `${statement}<saml:AuthnStatement`);
  expect(await postAs((request) => answer(victim, idp, request, { editAssertion: several }))).toBe(true);
});

it("needs a NameID, unless the connection names an attribute and the IdP sends it", async () => {
  const nameless = (xml: string) => xml.replace(/<saml:NameID.*<\/saml:NameID>/, "");
  expect(await postAs((request) => answer(victim, idp, request, { editAssertion: nameless }))).toBe(false);

  const named = await site.addTenant("named", {
    metadataXml: idp.metadata(),
    attributes: { subject: "employee" },
  });
  const as = async (attributes: Record<string, string | string[]>) => {
    const { page } = await signIn(named, site.newBrowser(), (request) =>
      answer(named, idp, request, { editAssertion: nameless, attributes }),
    );
    return letIn(page);
  };
  expect(await as({ employee: "4711" })).toBe(true);
  expect(await as({ email: "jo@example.test" })).toBe(false);
  expect(await as({ employee: ["4711", "4712"] })).toBe(false);
});
