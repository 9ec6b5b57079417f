/**
 * Unsolicited and foreign responses: login CSRF with the attacker's own response, or a response to another login.
 * SAML 2.0 Profiles §4.1.4.3, §4.1.5; Armando et al.: An Authentication Flaw in Browser-based Single Sign-On Protocols
 * (2013); CVE-2026-49284 (SimpleSAMLphp: an unsigned InResponseTo around an assertion that has none).
 */

import { createScenario } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp, signIn } from "./victim.ts";

const scenario = createScenario();

it("accepts the answer to our own request", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it("refuses an unsolicited response", () => {
  expect(scenario.validate(scenario.respond({ inResponseTo: undefined }))).toMatchObject({
    ok: false,
    code: "in_response_to_missing",
  });
});

it("refuses the answer to another request", () => {
  expect(scenario.validate(scenario.respond({ inResponseTo: "_foreign" }))).toMatchObject({
    ok: false,
    code: "in_response_to_mismatch",
  });
});

describe("when only the assertion is signed, and the response around it is the attacker's", () => {
  const dress = (xml: string) => xml.replace(/InResponseTo="[^"]+"/, 'InResponseTo="_request"');

  it("refuses a foreign assertion in a response that looks like ours", () => {
    const response = scenario.respond({ inResponseTo: "_foreign", editResponse: dress });
    expect(scenario.validate(response)).toMatchObject({
      ok: false,
      code: "confirmation_in_response_to_mismatch",
    });
  });

  it("refuses an unsolicited assertion in a response that looks like ours", () => {
    const editResponse = (xml: string) =>
      xml.replace("<samlp:Response ", '<samlp:Response InResponseTo="_request" ');
    const response = scenario.respond({ inResponseTo: undefined, editResponse });
    expect(scenario.validate(response)).toMatchObject({
      ok: false,
      code: "confirmation_in_response_to_missing",
    });
  });
});

describe("at the service provider", () => {
  const idp = newIdp();
  let site: SamlSite;
  let tenant: SamlTenant;
  beforeAll(async () => {
    site = await startSamlSite();
    tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
  });
  afterAll(() => site.stop());

  it("accepts the answer to a request of this browser", async () => {
    const { page } = await signIn(tenant, site.newBrowser(), (departure) => answer(tenant, idp, departure));
    expect(letIn(page)).toBe(true);
  });

  it("lets nobody in by a response that nobody asked for", async () => {
    const SAMLResponse = answer(tenant, idp, { id: "" }, { inResponseTo: undefined });
    for (const fields of [{ SAMLResponse }, { SAMLResponse, RelayState: "" }]) {
      expect((await tenant.post(site.newBrowser(), fields)).status).toBe(400);
      expect(await tenant.lastRecord()).toMatchObject({ errorCode: "response_unsolicited" });
    }
  });

  it("refuses one in place of the answer to a request", async () => {
    const { page } = await signIn(tenant, site.newBrowser(), (departure) =>
      answer(tenant, idp, departure, { inResponseTo: undefined }),
    );
    expect(page.status).toBe(400);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "in_response_to_missing" });
  });

  it("refuses the answer to another request of the same browser, and to one never made", async () => {
    const browser = site.newBrowser();
    const first = await tenant.leave(browser);
    for (const other of [first, { id: "_another" }]) {
      const { page } = await signIn(tenant, browser, () => answer(tenant, idp, other));
      expect(page.status).toBe(400);
      expect(await tenant.lastRecord()).toMatchObject({ errorCode: "in_response_to_mismatch" });
    }
  });
});
