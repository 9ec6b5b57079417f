/**
 * A group with a delimiter in its name: whoever may name a group at the identity provider names one `x;Executives`, and
 * is taken for a member of both. CWE-140 (improper neutralization of delimiters), CWE-269.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, newIdp } from "./victim.ts";

const idp = newIdp();
const saml = { metadataXml: idp.metadata() };
let site: SamlSite;
const tenants: Record<string, SamlTenant> = {};
beforeAll(async () => {
  site = await startSamlSite();
  tenants.generic = await site.addTenant("generic", saml);
  tenants.okta = await site.addTenant("okta", saml, { provider: "okta" });
  tenants.entra = await site.addTenant("entra", saml, { provider: "entra" });
  tenants.delimited = await site.addTenant("delimited", { ...saml, groupsDelimiter: "," });
  tenants.onelogin = await site.addTenant("onelogin", saml, { provider: "onelogin" });
  const never = { ...saml, groupsDelimiter: null };
  tenants.never = await site.addTenant("never", never, { provider: "onelogin" });
  for (const slug of Object.keys(tenants)) {
    const mappings = [{ group: "Executives", role: "admin" }];
    await site.gateway.api("PUT", `/organizations/${slug}/group-mappings`, mappings);
  }
}, 60_000);
afterAll(() => site.stop());

async function rolesAt(slug: string, attributes: Readonly<Record<string, string | readonly string[]>>) {
  const tenant = tenants[slug];
  if (tenant === undefined) {
    throw new Error(`There is no tenant ${slug}`);
  }
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const SAMLResponse = answer(tenant, idp, departure, { attributes });
  const page = await tenant.post(browser, { SAMLResponse, RelayState: departure.relayState });
  return (await tenant.arrive(browser, departure, page)).roles;
}

it.each([
  ["generic", { groups: "x;Executives" }],
  ["generic", { groups: ["x;Executives", "Staff"] }],
  ["okta", { groups: "x;Executives" }],
  ["entra", { groups: "x;Executives" }],
  ["onelogin", { groups: "x;Executives" }],
  ["onelogin", { memberOf: ["x;Executives", "Staff"] }],
  ["onelogin", { memberOf: ["x;Executives", " "] }],
  ["never", { memberOf: "x;Executives" }],
  ["delimited", { groups: "x;Executives" }],
  ["delimited", { groups: ["x,Executives", ""] }],
])("is one group at %s: %j", async (slug, attributes) => {
  expect(await rolesAt(slug, attributes)).toEqual(["member"]);
});

it.each([
  ["generic", { groups: ["Staff", "Executives"] }],
  ["onelogin", { memberOf: "Staff;Executives" }],
  ["onelogin", { memberOf: ["Staff", "Executives"] }],
  ["delimited", { groups: "Staff, Executives" }],
])("lets in with their groups those of %s: %j", async (slug, attributes) => {
  expect(await rolesAt(slug, attributes)).toEqual(["admin", "member"]);
});
