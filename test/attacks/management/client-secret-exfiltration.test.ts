/**
 * The client secret at a foreign issuer: whoever holds a tenant's management key cannot read the secret, but has the
 * connection send it to a token endpoint of their own, by way of another issuer. CWE-522, CWE-201.
 */

import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";

let site: OidcSite;
let op: ScriptedOp;
let evil: ScriptedOp;
let tenant: OidcTenant;
let tenants = 0;
beforeAll(async () => {
  site = await startOidcSite();
  op = await startScriptedOp();
  evil = await startScriptedOp();
}, 60_000);
beforeEach(async () => {
  tenants += 1;
  tenant = await site.addTenant(`acme-${tenants}`, op);
});
afterAll(async () => {
  await site.stop();
  await op.close();
  await evil.close();
});

const patch = (body: object) => site.gateway.api("PATCH", tenant.path, body, tenant.key);

it.each([
  ["alone", () => ({ issuer: evil.issuer })],
  ["with another client id", () => ({ issuer: evil.issuer, clientId: "other" })],
  ["of the same host with another path", () => ({ issuer: `${op.issuer}/other` })],
  ["in another spelling", () => ({ issuer: op.issuer.toUpperCase().replace("HTTP", "http") })],
])("is not sent to another issuer: %s", async (_name, oidc) => {
  const refused = await patch({ oidc: oidc() });
  expect(refused).toMatchObject({ status: 400, body: { code: "client_secret_required" } });
  expect(await tenant.signIn()).toMatchObject({ org_slug: tenant.slug });
  expect(evil.secretsSeen).toEqual([]);
});

it("is not sent on by a token endpoint that redirects", async () => {
  const redirected = await startScriptedOp();
  const other = await site.addTenant(`redirected-${tenants}`, redirected);
  redirected.redirectTokenTo = `${evil.issuer}/token`;
  expect(await other.signIn()).toMatchObject({ status: 502 });
  expect(redirected.secretsSeen).toEqual([other.clientSecret]);
  expect(evil.secretsSeen).toEqual([]);
  await redirected.close();
});

it("is nowhere in what the key reads", async () => {
  await tenant.signIn();
  const { slug, connectionId, key, clientSecret, path } = tenant;
  const pages = [
    path,
    `/organizations/${slug}/connections`,
    `/organizations/${slug}/audit-events`,
    `/organizations/${slug}/login-records?connectionId=${connectionId}`,
  ];
  for (const page of pages) {
    const { status, body } = await site.gateway.api("GET", page, undefined, key);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(clientSecret);
    expect(JSON.stringify(body)).not.toMatch(/"clientSecret"/);
  }
});

it("goes with a new issuer when it is given anew, and the old one is forgotten", async () => {
  const moved = await startScriptedOp();
  const answer = await patch({ oidc: { issuer: moved.issuer, clientSecret: "its own secret" } });
  expect(answer.status).toBe(200);
  expect(await tenant.signIn()).toMatchObject({ org_slug: tenant.slug });
  expect(moved.secretsSeen).toEqual(["its own secret"]);
  const back = await patch({ oidc: { issuer: op.issuer } });
  expect(back).toMatchObject({ status: 400, body: { code: "client_secret_required" } });
  await moved.close();
});

it("stays with its issuer while the rest of the connection changes", async () => {
  const answer = await patch({ name: "Renamed", oidc: { issuer: op.issuer, scopes: ["openid"] } });
  expect(answer.status).toBe(200);
  expect(await tenant.signIn()).toMatchObject({ org_slug: tenant.slug });
  expect(op.secretsSeen).toContain(tenant.clientSecret);
});
