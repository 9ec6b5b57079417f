/**
 * Slug takeover: applications name an organization by its slug, so whoever is given a slug that another organization has
 * just left is that organization to them. CWE-283 (unverified ownership), CWE-706.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";

let site: OidcSite;
let op: ScriptedOp;
let evil: OidcTenant;
let victim: OidcTenant;
beforeAll(async () => {
  site = await startOidcSite();
  op = await startScriptedOp();
  evil = await site.addTenant("evil", op);
  victim = await site.addTenant("victim", op);
}, 60_000);
afterAll(async () => {
  await site.stop();
  await op.close();
});

const rename = (tenant: OidcTenant, slug: string, key?: string) =>
  site.gateway.api("PATCH", `/organizations/${tenant.organizationId}`, { slug }, key);

it.each(["free", "victim", "victim-gmbh", "VICTIM", "admin"])(
  "does not begin with the tenant's own key: %s",
  async (slug) => {
    const { status } = await rename(evil, slug, evil.key);
    expect([400, 403]).toContain(status);
    const shown = await site.gateway.api("GET", `/organizations/${evil.organizationId}`);
    expect(shown.body).toMatchObject({ slug: "evil" });
    expect(await evil.signIn()).toMatchObject({ org_slug: "evil" });
  },
);

it("gets nothing that the victim has left, not even by an operator's mistake", async () => {
  expect((await rename(victim, "victim-ag")).status).toBe(200);
  expect((await rename(evil, "victim", evil.key)).status).toBe(403);
  expect(await rename(evil, "victim")).toMatchObject({ status: 409, body: { code: "slug_reserved" } });
  const created = await site.gateway.api("POST", "/organizations", { slug: "victim", name: "Victim" });
  expect(created).toMatchObject({ status: 409, body: { code: "slug_reserved" } });
  // To applications, the name leads nowhere rather than to somebody else.
  expect(await victim.signIn()).toMatchObject({ status: 404 });
});

it("cannot free what is reserved", async () => {
  const list = await site.gateway.api("GET", "/reserved-slugs?slug=victim");
  const [{ id }] = (list.body as { items: [{ id: string }] }).items;
  expect((await site.gateway.api("DELETE", `/reserved-slugs/${id}`, undefined, evil.key)).status).toBe(403);
  expect((await site.gateway.api("GET", "/reserved-slugs", undefined, evil.key)).status).toBe(403);
  expect(await rename(evil, "victim")).toMatchObject({ status: 409, body: { code: "slug_reserved" } });
});

it("gets nothing that a deleted organization has left", async () => {
  await site.addTenant("deleted", op);
  await site.call("DELETE", "/organizations/deleted", 204);
  expect(await rename(evil, "deleted")).toMatchObject({ status: 409, body: { code: "slug_reserved" } });
});

it("leaves the victim their way back", async () => {
  expect((await rename(victim, "victim")).status).toBe(200);
  expect(await victim.signIn()).toMatchObject({ org_slug: "victim", org_id: victim.organizationId });
});

it("leaves a tenant's key the name that people see", async () => {
  const path = "/organizations/evil";
  const renamed = await site.gateway.api("PATCH", path, { name: "Renamed", slug: "evil" }, evil.key);
  expect(renamed).toMatchObject({ status: 200, body: { name: "Renamed", slug: "evil" } });
});
