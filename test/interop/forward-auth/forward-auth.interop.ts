import { type Browser, createBrowser, createHttp, type Http, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { answerRestart } from "../../attacks/saml/portal.ts";
import { addCompany, type Company, person } from "../../attacks/verify/victim.ts";
import { IDENTITY_HEADERS } from "../../harness/auth-proxy.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { type Echo, startEcho } from "../echo.ts";
import { startCaddy } from "./caddy.ts";
import { startNginx } from "./nginx.ts";
import type { ReverseProxy } from "./proxy.ts";

const SSO = "https://sso.example.test";
const WIKI = "https://wiki.example.test";

const PROXIES = [
  { name: "nginx", start: startNginx },
  { name: "caddy", start: startCaddy },
];
const WANTED = (process.env.PROXIES ?? "").split(" ").filter((name) => name !== "");

describe.each(PROXIES.filter(({ name }) => WANTED.includes(name)))("$name", ({ start }) => {
  let site: SamlSite;
  let company: Company;
  let clientId: string;
  let application: Echo;
  let proxy: ReverseProxy;
  let http: Http;
  beforeAll(async () => {
    site = await startSamlSite(undefined, { publicUrl: SSO, env: { RATE_LIMITS: "off" } });
    company = await addCompany(site, "acme");
    const redirectUris = [`${WIKI}/session/callback`];
    const { body } = await site.gateway.api("POST", "/applications", { name: "Wiki", redirectUris });
    ({ clientId } = z.object({ clientId: z.string() }).parse(body));
    application = await startEcho();
    proxy = await start({ gatewayPort: site.gateway.port, clientId, applicationUrl: application.url });
    http = createHttp({ "sso.example.test": site.gateway.port, "wiki.example.test": proxy.port });
  });
  afterAll(async () => {
    await http.close();
    await proxy.stop();
    await application.stop();
    await site.stop();
  });

  async function signIn(browser: Browser, url: string, groups: string[] = []): Promise<Page> {
    const onward = async (first: Page) => {
      let page = first;
      while ([SSO, WIKI].some((origin) => page.location.startsWith(`${origin}/`))) {
        page = await browser.get(page.location);
      }
      return page;
    };
    const who = person("ann@acme.example.test", { groups });
    // The gateway's own application names the organization; the proxy then finds the browser signed in.
    const { page } = await company.tenant.leave(browser);
    await answerRestart(company.tenant, company.idp, browser, page, who);
    return onward(await browser.get(url));
  }

  const received = (page: Page) => z.record(z.string(), z.string()).parse(JSON.parse(page.body));

  it("has a browser sign in, and hands on who it is", async () => {
    const browser = createBrowser(http);
    const stranger = await browser.get(`${WIKI}/page?x=1&y=%20`);
    expect([302, 303]).toContain(stranger.status);
    expect(stranger.location).toContain(`${WIKI}/session/start?return_to=`);
    const page = await signIn(browser, `${WIKI}/page?x=1&y=%20`);
    expect(received(page)).toMatchObject({
      uri: "/page?x=1&y=%20",
      "x-auth-application": clientId,
      "x-auth-email": "ann@acme.example.test",
      "x-auth-org-slug": "acme",
      "x-auth-roles": "member",
    });
  });

  it("replaces what the client sends under the gateway's names", async () => {
    const browser = createBrowser(http);
    await signIn(browser, `${WIKI}/`);
    const headers = Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, "forged"]));
    const page = await browser.send(`${WIKI}/`, { method: "GET", headers });
    expect(page.status).toBe(200);
    expect(page.body).not.toContain("forged");
  });

  it("takes the longest answer that the gateway gives", async () => {
    const browser = createBrowser(http);
    const groups = Array.from({ length: 500 }, (_, n) => `Group ${n}, ${"ü".repeat(20)}`);
    const told = received(await signIn(browser, `${WIKI}/`, groups));
    expect(told).toMatchObject({ "x-auth-omitted": "groups", "x-auth-roles": "member" });
    expect(told["x-auth-groups"] ?? "").toBe(""); // nginx leaves empty headers out
  });

  it("lets nobody in once the session is revoked", async () => {
    const browser = createBrowser(http);
    const { "x-auth-session": id } = received(await signIn(browser, `${WIKI}/`));
    await site.gateway.api("DELETE", `/organizations/acme/sessions/${id}`);
    expect((await browser.get(`${WIKI}/`)).location).toContain(`${WIKI}/session/start?`);
  });
});
