/**
 * Parameter names and bodies that two readers understand differently: encoded names, repeated parameters, other
 * charsets and compressions, at the endpoint that takes the IdP's post.
 * CVE-2026-18217 (Keycloak: SAML parameters by encoded names, parameter pollution); Balduzzi et al.: Automated Discovery
 * of Parameter Pollution Vulnerabilities in Web Applications (NDSS 2011); CWE-235.
 */

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, newIdp } from "./victim.ts";

const FORM = "application/x-www-form-urlencoded";
const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
/** A whole honest form. Without cookies it ends at the page that posts it again. */
let honest: string;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
  const departure = await tenant.leave(site.newBrowser());
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  honest = new URLSearchParams(fields).toString();
});
afterAll(() => site.stop());

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) =>
  fetch(tenant.acsUrl, { method: "POST", body, headers: { "content-type": FORM, ...headers } });

it("accepts the form that the cases below are made from", async () => {
  const page = await post(honest);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('name="sallyport_second_post"');
});

describe("refuses with request_malformed", () => {
  it.each([
    ["an encoded name", (form: string) => form.replace("SAMLResponse=", "SAMLRespons%65=")],
    ["an encoded name of RelayState", (form: string) => form.replace("RelayState=", "Relay%53tate=")],
    ["an encoded name beside the plain one", (form: string) => `${form}&SAMLRespons%65=eA%3D%3D`],
    ["the response twice", (form: string) => `${form}&SAMLResponse=eA%3D%3D`],
    ["the relay state twice", (form: string) => `RelayState=x&${form}`],
    ["an array", (form: string) => form.replace("SAMLResponse=", "SAMLResponse[]=")],
    ["a name in another case", (form: string) => form.replace("SAMLResponse=", "samlresponse=")],
    ["the other kind's name", (form: string) => form.replace("SAMLResponse=", "SAMLRequest=")],
    ["no response", (form: string) => form.replace(/SAMLResponse=[^&]*&/, "")],
    ["an empty response", (form: string) => form.replace(/SAMLResponse=[^&]*/, "SAMLResponse=")],
  ])("%s", async (_, change) => {
    const page = await post(change(honest));
    expect(page.status).toBe(400);
    expect(await page.text()).toContain("This request is not complete");
  });
});

it("does not read the query: only what was posted counts", async () => {
  const page = await fetch(`${tenant.acsUrl}?${honest}`, {
    method: "POST",
    headers: { "content-type": FORM },
  });
  expect(page.status).toBe(400);
});

it("refuses charsets and content types that would be read differently", async () => {
  for (const charset of ["utf-16", "utf-7", "x-unknown"]) {
    expect((await post(honest, { "content-type": `${FORM}; charset=${charset}` })).status).toBe(400);
  }
  const json = JSON.stringify(Object.fromEntries(new URLSearchParams(honest)));
  expect((await post(json, { "content-type": "application/json" })).status).toBe(400);
});

it("counts a compressed form by what it inflates to", async () => {
  const bomb = gzipSync(`SAMLResponse=${"A".repeat(20_000_000)}`);
  expect(bomb.length).toBeLessThan(100_000);
  expect((await post(new Uint8Array(bomb), { "content-encoding": "gzip" })).status).toBe(413);
});
