import { type Browser, createBrowser, createHttp, type Http, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { answerRestart } from "../../attacks/saml/portal.ts";
import { addCompany, type Company, person } from "../../attacks/verify/victim.ts";
import { IDENTITY_HEADERS } from "../../harness/auth-proxy.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { type Nginx, startNginx } from "./nginx.ts";

const SSO = "https://sso.example.test";
const WIKI = "https://wiki.example.test";

describe("nginx, with auth_request", () => {
  let site: SamlSite;
  let company: Company;
  let clientId: string;
  let nginx: Nginx;
  let http: Http;
  beforeAll(async () => {
    site = await startSamlSite(undefined, { publicUrl: SSO, env: { RATE_LIMITS: "off" } });
    company = await addCompany(site, "acme");
    const redirectUris = [`${WIKI}/session/callback`];
    const { body } = await site.gateway.api("POST", "/applications", { name: "Wiki", redirectUris });
    ({ clientId } = z.object({ clientId: z.string() }).parse(body));
    nginx = await startNginx(site.gateway.port, clientId);
    http = createHttp({ "sso.example.test": site.gateway.port, "wiki.example.test": nginx.port });
  });
  afterAll(async () => {
    await http.close();
    await nginx.stop();
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
    // The gateway's own application names the organization; nginx then finds the browser signed in.
    const { page } = await company.tenant.leave(browser);
    await answerRestart(company.tenant, company.idp, browser, page, who);
    return onward(await browser.get(url));
  }

  const received = (page: Page) => z.record(z.string(), z.string()).parse(JSON.parse(page.body));

  it("has a browser sign in, and hands on who it is", async () => {
    const browser = createBrowser(http);
    const stranger = await browser.get(`${WIKI}/page?x=1&y=%20`);
    expect([stranger.status, stranger.location]).toEqual([
      302,
      `${WIKI}/session/start?return_to=/page?x=1&y=%20`,
    ]);
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
    expect(told["x-auth-groups"]).toBeUndefined();
  });

  it("lets nobody in once the session is revoked", async () => {
    const browser = createBrowser(http);
    const { "x-auth-session": id } = received(await signIn(browser, `${WIKI}/`));
    await site.gateway.api("DELETE", `/organizations/acme/sessions/${id}`);
    expect((await browser.get(`${WIKI}/`)).status).toBe(302);
  });
});
