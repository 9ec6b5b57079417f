/**
 * An administrator who makes a way back before they go: a setup link for an identity provider of their own, by which they
 * could sign in as anybody of the organization; of the operators' organization, as an operator. And an API key, which goes on
 * by intent, and must not go unnoticed. CWE-613, CWE-286, CWE-708.
 */

import type { Browser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type Company, type ConsoleSite, call, startConsoleSite } from "./site.ts";

const link = z.object({ id: z.string(), url: z.string(), createdBy: z.string().nullable() });
const key = z.object({ id: z.string(), key: z.string() });
const listed = z.object({ items: z.array(z.object({ id: z.string(), creatorLeft: z.boolean() })) });

let site: ConsoleSite;
beforeAll(async () => {
  site = await startConsoleSite();
});
afterAll(() => site.stop());

/** Signs in to the console, and makes a setup link there. */
async function makeLink(browser: Browser, org: Company) {
  const { status, body } = await call(browser, "POST", `/api/v1/organizations/${org.slug}/setup-links`, {
    body: { intents: ["sso"], expiresInDays: 365 },
  });
  expect([status, body]).toMatchObject([201, { creatorLeft: false, createdBy: expect.any(String) }]);
  const { id, url } = link.parse(body);
  return { id, token: url.slice(url.lastIndexOf("/") + 1) };
}
const opens = async (token: string) => (await site.gateway.api("GET", "/setup", undefined, token)).status;
const creatorLeft = async (path: string, id: string) =>
  listed.parse((await site.gateway.api("GET", `${path}?limit=200`)).body).items.find((item) => item.id === id)
    ?.creatorLeft;

let count = 0;
async function administrator(company: Company, role: string) {
  const name = `admin${count++}`;
  const memberId = await company.addMember(name, role);
  const browser = site.newBrowser();
  await company.signIn(browser, name);
  return { memberId, browser };
}
const member = (company: Company, memberId: string) => `/organizations/${company.slug}/members/${memberId}`;

type End = (company: Company, memberId: string) => Promise<unknown>;
const ENDS: [string, End][] = [
  ["loses the role", (company, id) => site.gateway.api("DELETE", `${member(company, id)}/console-role`)],
  ["is suspended", (company, id) => site.gateway.api("PATCH", member(company, id), { status: "suspended" })],
  ["is removed", (company, id) => site.gateway.api("DELETE", member(company, id))],
  ["is erased", (company, id) => site.gateway.api("POST", `${member(company, id)}/erase`)],
  ["becomes a viewer", (company, id) => company.giveRole(id, "organizationViewer")],
  [
    "is ended by the directory",
    (_company, id) =>
      site.gateway.database.sql.query("UPDATE memberships SET directory = 'ended' WHERE id = $1", [id]),
  ],
];

it.each(ENDS)("who %s has no setup link any more", async (_how, end) => {
  const { memberId, browser } = await administrator(site.acme, "organizationAdmin");
  const { id, token } = await makeLink(browser, site.acme);
  expect(await opens(token)).toBe(200);
  await end(site.acme, memberId);
  expect(await opens(token)).toBe(401);
  const made = await site.gateway.api(
    "POST",
    `/organizations/${site.acme.slug}/connections`,
    {
      type: "oidc",
      name: "Mine",
      oidc: { issuer: "https://idp.evil.test", clientId: "c", clientSecret: "s" },
    },
    token,
  );
  expect(made.status).toBe(401);
  expect(await creatorLeft(`/organizations/${site.acme.slug}/setup-links`, id)).toBe(true);
});

it("an operator's links end with the role, those for the operators' organization, too; a key's go on", async () => {
  const { memberId, browser } = await administrator(site.operators, "operator");
  const links = [await makeLink(browser, site.acme), await makeLink(browser, site.operators)];
  expect(await Promise.all(links.map(({ token }) => opens(token)))).toEqual([200, 200]);
  await site.gateway.api("DELETE", `${member(site.operators, memberId)}/console-role`);
  expect(await Promise.all(links.map(({ token }) => opens(token)))).toEqual([401, 401]);
  const { body } = await site.gateway.api("POST", `/organizations/${site.acme.slug}/setup-links`, {
    intents: ["sso"],
  });
  const { url, createdBy } = link.parse(body);
  expect([createdBy, await opens(url.slice(url.lastIndexOf("/") + 1))]).toEqual([null, 200]);
});

it("an operator's API key goes on, and says that its creator has left", async () => {
  const { memberId, browser } = await administrator(site.operators, "operator");
  const { body } = await call(browser, "POST", "/api/v1/api-keys", { body: { name: "Billing" } });
  const made = key.parse(body);
  expect(await creatorLeft("/api-keys", made.id)).toBe(false);
  await site.gateway.api("DELETE", member(site.operators, memberId));
  expect(await creatorLeft("/api-keys", made.id)).toBe(true);
  expect((await site.gateway.api("GET", "/organizations", undefined, made.key)).status).toBe(200);
});
