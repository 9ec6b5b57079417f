/**
 * Answers that no IdP gave: anybody can bring them, each may be half a megabyte, and each is a record that the connection's
 * administrator is to read. CWE-770 (allocation without limits), CWE-117 (a log that an attacker fills).
 */

import type { TestLogin } from "@sallyport/saml/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { SamlTenant } from "../../harness/saml-site.ts";
import { newIdp } from "../saml/victim.ts";
import { type FloodSite, idp, signInAt, startFloodSite } from "./site.ts";

const evil = newIdp(idp.entityId);
let site: FloodSite;
beforeAll(async () => {
  site = await startFloodSite("signIn=0.1/30");
});
afterAll(() => site.stop());

const acs = (tenant: SamlTenant, ip: string, fields: Record<string, string>) =>
  fetch(tenant.acsUrl, {
    method: "POST",
    headers: { "x-forwarded-for": ip },
    body: new URLSearchParams({ ...fields, sallyport_second_post: "1" }),
  });

/** Comes back to a new OIDC connection, at the address that it names. */
async function callbacks(query: string): Promise<(ip: string) => Promise<Response>> {
  const { body } = await site.gateway.api("POST", "/organizations/bravo/connections", {
    type: "oidc",
    name: "OIDC",
    oidc: { issuer: "https://op.example.test", clientId: "sallyport", clientSecret: "secret" },
  });
  const { oidc } = z.object({ oidc: z.object({ redirectUri: z.string() }) }).parse(body);
  return (ip) => fetch(`${oidc.redirectUri}?${query}`, { headers: { "x-forwarded-for": ip } });
}

it.each<[string, string, () => Promise<(ip: string) => Promise<Response>>]>([
  [
    "at the ACS",
    "192.0.2.1",
    async () => (ip) => acs(site.acme, ip, { SAMLResponse: "A".repeat(400_000), RelayState: "none" }),
  ],
  ["at the ACS, to nothing", "192.0.2.2", async () => (ip) => acs(site.bravo, ip, { SAMLResponse: "AAAA" })],
  ["at the callback", "192.0.2.3", () => callbacks(`state=none&code=${"c".repeat(8_000)}`)],
  [
    "at the callback, to nothing",
    "192.0.2.4",
    () => callbacks(`error=x&error_description=${"e".repeat(8_000)}`),
  ],
])("leave few records, then none: %s", async (_name, ip, prepare) => {
  const send = await prepare();
  const before = await site.rows("login_records");
  const answers: Response[] = [];
  for (let n = 0; n < 25; n++) {
    answers.push(await send(ip));
  }
  expect(answers.map(({ status }) => status)).toEqual([...Array(15).fill(400), ...Array(10).fill(429)]);
  expect(await site.rows("login_records")).toBe(before + 15);
  const last = answers.at(-1);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await last?.text()).toContain("request id");
});

it("whoever brings a good one is let in, at the same connection from elsewhere", async () => {
  expect(await signInAt(site.acme, site.browserAt("203.0.113.7"))).toBe(true);
});

const ATTRIBUTES = Array.from({ length: 100 }, (_, n) => [`attribute${n}`, ["v".repeat(1_000)]]);

it.each<[string, Partial<TestLogin>]>([
  ["long names", { nameId: "n".repeat(100_000) }],
  ["many attributes", { attributes: Object.fromEntries(ATTRIBUTES) }],
])("what is refused is kept with its beginning only: %s", async (_name, changes) => {
  const browser = site.browserAt("203.0.113.8");
  const departure = await site.acme.leave(browser);
  const { spEntityId: audience, acsUrl } = site.acme;
  const SAMLResponse = evil.signResponse({ audience, acsUrl, inResponseTo: departure.id, ...changes });
  const page = await site.acme.post(browser, { SAMLResponse, RelayState: departure.relayState });
  expect(page.status).toBe(400);
  const { rows } = await site.gateway.database.sql.query<{ response: string; bytes: number }>(
    `SELECT response, octet_length(response) + octet_length(steps::text) AS bytes FROM login_records
     WHERE outcome = 'failure' ORDER BY id DESC LIMIT 1`,
  );
  expect(rows[0]?.bytes).toBeLessThan(8_192);
  expect(rows[0]?.response).toContain("<samlp:Response");
  expect(rows[0]?.response).toContain("[cut]");
});
