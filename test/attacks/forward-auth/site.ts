import { type Browser, createBrowser, createHttp, type Page } from "@sallyport/testing-browser";
import { z } from "zod";
import { type AuthProxy, startAuthProxy } from "../../harness/auth-proxy.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { answerRestart } from "../saml/portal.ts";
import { addCompany, type Company, person } from "../verify/victim.ts";

export const SSO = "https://sso.example.test";
export const WIKI = "https://wiki.example.test";
export const BLOG = "https://blog.example.test";

/** A gateway, and two applications that know nothing of it: a proxy stands before each. */
export interface ForwardAuthSite {
  readonly site: SamlSite;
  readonly wiki: ProtectedApplication;
  readonly blog: ProtectedApplication;
  readonly company: Company;
  newBrowser(): Browser;
  /** From a page of a protected host to where the browser ends up; at the IdP it signs in as `email`, or stays there. */
  visit(browser: Browser, url: string, email?: string | null): Promise<Page>;
  stop(): Promise<void>;
}

export interface ProtectedApplication {
  readonly clientId: string;
  readonly proxy: AuthProxy;
}

const created = z.object({ clientId: z.string() });

/** What the application behind the proxy was sent. */
export const received = (page: Page): Record<string, string> =>
  z.record(z.string(), z.string()).parse(JSON.parse(page.body));

export async function startForwardAuthSite(): Promise<ForwardAuthSite> {
  const site = await startSamlSite(undefined, { publicUrl: SSO, env: { RATE_LIMITS: "off" } });
  const company = await addCompany(site, "acme");

  async function addApplication(origin: string, organization: string): Promise<ProtectedApplication> {
    const redirectUris = [`${origin}/session/callback`];
    const { body } = await site.gateway.api("POST", "/applications", { name: origin, redirectUris });
    const { clientId } = created.parse(body);
    const proxy = await startAuthProxy({
      gatewayPort: site.gateway.port,
      audience: clientId,
      signIn: `/session/start?organization=${organization}&return_to={uri}`,
    });
    return { clientId, proxy };
  }

  const [wiki, blog] = [await addApplication(WIKI, "acme"), await addApplication(BLOG, "acme")];
  const http = createHttp({
    "sso.example.test": site.gateway.port,
    "wiki.example.test": wiki.proxy.port,
    "blog.example.test": blog.proxy.port,
  });

  const onward = async (browser: Browser, first: Page): Promise<Page> => {
    let page = first;
    while ([SSO, WIKI, BLOG].some((origin) => page.location.startsWith(`${origin}/`))) {
      page = await browser.get(page.location);
    }
    return page;
  };

  return {
    site,
    wiki,
    blog,
    company,
    newBrowser: () => createBrowser(http),
    async visit(browser, url, email = "ann@acme.example.test") {
      const page = await onward(browser, await browser.get(url));
      return email !== null && page.location.includes("SAMLRequest=")
        ? onward(browser, await answerRestart(company.tenant, company.idp, browser, page, person(email)))
        : page;
    },
    async stop() {
      await http.close();
      await Promise.all([wiki.proxy.stop(), blog.proxy.stop()]);
      await site.stop();
    },
  };
}
