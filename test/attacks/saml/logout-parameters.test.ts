/**
 * Logout messages whose parameters two readers understand differently: written twice, percent-encoded by name, of both
 * kinds, in the query of a post. What is verified must be what is obeyed.
 * CVE-2026-18217 (Keycloak: SAML parameters by encoded names, parameter pollution); Balduzzi et al.: Automated Discovery
 * of Parameter Pollution Vulnerabilities in Web Applications (NDSS 2011); CWE-235.
 */

import { deflateRawSync } from "node:zlib";
import { toFormValue } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogoutVictim, obeyed, type Person, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
let person: Person;
beforeAll(async () => {
  victim = await startLogoutVictim();
  person = await victim.acme.signIn({ nameId: "jo@acme.example.test" });
});
afterAll(() => victim.stop());

/** Signed, but of nobody. */
const signed = () => victim.acme.logoutOf({ nameId: "nobody" });
const forgedXml = () => victim.acme.logoutOf({ nameId: "jo@acme.example.test" }).xml;
const forged = () => encodeURIComponent(deflateRawSync(forgedXml()).toString("base64"));

describe("a query is refused with", () => {
  it.each<[string, () => string]>([
    ["a forged message behind the signed one", () => `${signed().query("a")}&SAMLRequest=${forged()}`],
    ["a forged message before the signed one", () => `SAMLRequest=${forged()}&${signed().query("a")}`],
    ["a forged message under an encoded name", () => `${signed().query("a")}&SAMLReques%74=${forged()}`],
    [
      "a forged message in the plain name, the signed one in an encoded one",
      () => `SAMLRequest=${forged()}&${signed().query("a").replace("SAMLRequest", "SAML%52equest")}`,
    ],
    ["nothing but an encoded name", () => signed().query("a").replace("SAMLRequest", "SAMLReques%74")],
    ["the other kind, too", () => `${signed().query("a")}&SAMLResponse=${forged()}`],
    ["a second relay state", () => `${signed().query("a")}&RelayState=b`],
    ["a second signature", () => `${signed().query("a")}&Signature=AAAA`],
    ["an array", () => signed().query("a").replace("SAMLRequest=", "SAMLRequest[]=")],
    ["a name in another case", () => signed().query("a").replace("SAMLRequest=", "samlrequest=")],
  ])("%s", async (_name, query) => {
    const page = await victim.acme.bring(query());
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(await victim.isLive(person)).toBe(true);
  });
});

describe("a form is refused with", () => {
  const form = () => `SAMLRequest=${encodeURIComponent(signed().formValue())}&RelayState=a`;
  const more = () => encodeURIComponent(toFormValue(forgedXml()));

  it.each<[string, () => string]>([
    ["the message twice", () => `${form()}&SAMLRequest=${more()}`],
    ["an encoded name", () => `${form()}&SAMLReques%74=${more()}`],
    ["both kinds", () => `${form()}&SAMLResponse=${more()}`],
    ["the relay state twice", () => `${form()}&RelayState=b`],
    ["an array", () => form().replace("SAMLRequest=", "SAMLRequest[]=")],
    ["nothing in it", () => ""],
  ])("%s", async (_name, body) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const page = await fetch(victim.acme.sloUrl, { method: "POST", headers, body: body() });
    expect(page.status).toBe(400);
    expect(await victim.isLive(person)).toBe(true);
  });
});

it("reads the query of no post, and the body of no get", async () => {
  const request = victim.acme.logoutOf({ nameId: "jo@acme.example.test" });
  const page = await fetch(`${victim.acme.sloUrl}?${request.query()}`, { method: "POST" });
  expect(page.status).toBe(400);
  expect(await victim.isLive(person)).toBe(true);
});

it("obeys the query and the form that the cases above are made from", async () => {
  expect(obeyed(await victim.acme.bring(signed().query("a")))).toBe(true);
  expect(obeyed(await victim.acme.bring({ SAMLRequest: signed().formValue(), RelayState: "a" }))).toBe(true);
  expect(await victim.isLive(person)).toBe(true);
});
