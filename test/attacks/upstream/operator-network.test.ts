/**
 * One list of networks for tenants and operators: an operator who lets the gateway tell applications on the internal
 * network of a logout thereby lets every organization's administrator have anything on that network called.
 * CWE-918, CWE-441; OWASP API Security Top 10 2023, API7.
 */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { CALLBACK } from "../../harness/application.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { answer, newIdp } from "../saml/victim.ts";
import { type HostileIdp, startHostileIdp } from "./hostile-idp.ts";

const LOOPBACK = "127.0.0.0/8,::1/128";
const ELSEWHERE = "203.0.113.0/24";
const idp = newIdp();

let site: SamlSite | undefined;
let inside: Server;
let upstream: HostileIdp;
/** What the application on loopback was told. */
let told: string[];
beforeEach(async () => {
  told = [];
  upstream = await startHostileIdp();
  inside = createServer((req, res) => {
    told.push(`${req.method} ${req.url}`);
    res.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => inside.once("listening", resolve));
});
afterEach(async () => {
  await site?.stop();
  site = undefined;
  await upstream.close();
  await new Promise((resolve) => inside.close(resolve));
});

async function start(env: { OUTBOUND_ALLOW: string; OUTBOUND_ALLOW_OPERATOR: string }): Promise<SamlSite> {
  site = await startSamlSite(CALLBACK, { env: { RATE_LIMITS: "off", ...env } });
  return site;
}

const insideUrl = (path: string) => `http://localhost:${(inside.address() as AddressInfo).port}${path}`;

/** Somebody signs in at an application on loopback, and an operator ends their session. */
async function endSession({ gateway, application, addTenant, newBrowser }: SamlSite): Promise<void> {
  await gateway.api("PATCH", `/applications/${application.id}`, {
    backchannelLogoutUri: insideUrl("/logout"),
  });
  const tenant = await addTenant("acme", { metadataXml: idp.metadata() });
  const browser = newBrowser();
  const departure = await tenant.leave(browser);
  const SAMLResponse = answer(tenant, idp, departure);
  const page = await tenant.post(browser, { SAMLResponse, RelayState: departure.relayState });
  const { sid } = await tenant.arrive(browser, departure, page);
  expect((await gateway.api("DELETE", `/organizations/acme/sessions/${sid}`)).status).toBe(204);
}

/** What an organization's own key can have fetched: metadata of SAML, and whatever an issuer leads to. */
async function reachesInside({ gateway, application, newBrowser, addTenant }: SamlSite) {
  await addTenant("bravo", { metadataXml: idp.metadata() });
  const made = await gateway.api("POST", "/api-keys", { name: "theirs", organization: "bravo" });
  const { key } = z.object({ key: z.string() }).parse(made.body);
  const send = (path: string, body: unknown) =>
    fetch(`${gateway.url}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const metadataUrl = insideUrl("/metadata");
  const saml = await send("/organizations/bravo/connections", {
    type: "saml",
    name: "SAML",
    saml: { metadataUrl },
  });
  const { issuer, clientSecret } = upstream;
  const oidc = await send("/organizations/bravo/connections", {
    type: "oidc",
    name: "OIDC",
    oidc: { issuer, clientId: "gateway", clientSecret },
  });
  const { id: connection } = z.object({ id: z.string() }).parse(await oidc.json());
  const browser = newBrowser();
  let page = await browser.get(application.startUrl({ connection }).url);
  while (page.location.startsWith(`${gateway.url}/`)) {
    page = await browser.get(page.location);
  }
  const registered = await send("/applications", { name: "Mine", redirectUris: [insideUrl("/")] });
  return {
    metadata: await saml.json(),
    metadataAsked: told.includes("GET /metadata"),
    issuerAsked: upstream.asked.discovery > 0,
    page: page.status,
    application: registered.status,
  };
}

it("keeps tenants' URLs out of what is open to operators' alone, whose applications are told", async () => {
  const site = await start({ OUTBOUND_ALLOW: ELSEWHERE, OUTBOUND_ALLOW_OPERATOR: LOOPBACK });
  await endSession(site);
  await expect.poll(() => told, { timeout: 20_000 }).toEqual(["POST /logout"]);
  expect(await reachesInside(site)).toMatchObject({
    metadata: { code: "metadata_unavailable", detail: expect.stringMatching(/in OUTBOUND_ALLOW\./) },
    metadataAsked: false,
    issuerAsked: false,
    page: 502,
    application: 403,
  });
});

it("keeps operators' URLs out of what is open to tenants' alone, whose IdPs are asked", async () => {
  const site = await start({ OUTBOUND_ALLOW: LOOPBACK, OUTBOUND_ALLOW_OPERATOR: ELSEWHERE });
  await endSession(site);
  const reason = () => site.gateway.logLines.join("");
  await expect.poll(reason, { timeout: 20_000 }).toContain("allow its network in OUTBOUND_ALLOW_OPERATOR.");
  expect(told).toEqual([]);
  expect(await reachesInside(site)).toMatchObject({
    metadataAsked: true,
    issuerAsked: true,
    application: 403,
  });
});
