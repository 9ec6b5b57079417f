import type { SessionClaims } from "@sallyport/claims";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { SignInStart } from "../harness/application.ts";
import { launchBrowser } from "../harness/browser.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../harness/saml-site.ts";
import type { Behaviour, ForeignIdp } from "./foreign-idp.ts";
import { type LandingPage, startLandingPage } from "./landing-page.ts";

/** The gateway, an application, a foreign IdP and a real browser. */
export interface Fixture {
  readonly site: SamlSite;
  readonly idp: ForeignIdp;
  /** An organization whose connection the IdP trusts as its one service provider. */
  addTenant(behaviour?: Behaviour, saml?: object): Promise<SamlTenant>;
  /** Of somebody who was never here. */
  newPage(): Promise<Page>;
  /** From the application through the IdP's login page and back; what the application is told. */
  signIn(tenant: SamlTenant, page: Page, options?: SignInOptions): Promise<SessionClaims>;
  /** From the IdP's own pages to the application; what that is told, and to which of its pages the person wants. */
  comeFromPortal(
    tenant: SamlTenant,
    page: Page,
    relayState?: string,
  ): Promise<{ readonly claims: SessionClaims; readonly target: string | null }>;
}

export interface SignInOptions {
  /** Default: types the password. */
  readonly atIdp?: (page: Page) => Promise<void>;
  /** What the application asks for, such as `{ prompt: "login" }`. */
  readonly choice?: Readonly<Record<string, string>>;
}

export interface FixtureOptions {
  readonly start: () => Promise<ForeignIdp>;
  /** The connection's provider: whose attribute names it reads. */
  readonly provider: string;
}

/** Sets the fixture up before the tests of a file and takes it down behind them; it is there once they run. */
export function useFixture(options: FixtureOptions): () => Fixture {
  let landing: LandingPage;
  let site: SamlSite;
  let idp: ForeignIdp;
  let browser: Browser;
  let tenants = 0;
  beforeAll(async () => {
    landing = await startLandingPage();
    [site, idp, browser] = await Promise.all([startSamlSite(landing.url), options.start(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await idp?.stop();
    await site?.stop();
    await landing?.stop();
  });

  async function arrive(page: Page): Promise<void> {
    const landed = page.waitForURL(`${landing.url}*`);
    const refused = page.getByRole("alert").waitFor(); // on the gateway's own page
    await Promise.any([landed, refused]);
    if (page.url().startsWith(landing.url)) {
      return;
    }
    const shown = await page.locator("body").innerText();
    throw new Error(`The sign-in ended at ${page.url()}:\n${shown}\n${(await idp.log()).slice(-3000)}`);
  }

  return () => ({
    site,
    idp,
    async addTenant(behaviour = {}, saml = {}) {
      tenants += 1;
      const tenant = await site.addTenant(
        `org${tenants}`,
        { metadataXml: await idp.metadataXml(), ...saml },
        { domains: tenants === 1 ? ["acme.example.test"] : [], provider: options.provider },
      );
      await idp.trust(await publishedMetadata(tenant), behaviour);
      return tenant;
    },
    async newPage() {
      const context = await browser.newContext();
      context.setDefaultTimeout(8_000);
      return context.newPage();
    },
    async signIn(tenant, page, { atIdp = idp.signIn, choice = {} } = {}) {
      const start = site.application.startUrl({ organization: tenant.slug, ...choice });
      await page.goto(start.url);
      await atIdp(page);
      await arrive(page);
      return site.application.claimsOf(start, page.url());
    },
    async comeFromPortal(tenant, page, relayState) {
      let query = new URLSearchParams();
      let start: SignInStart | undefined;
      landing.onStart((given) => {
        query = given;
        start = site.application.startUrl({ organization: given.get("organization") ?? "" });
        return start.url;
      });
      await page.goto(idp.startUrl(tenant, relayState));
      await idp.signIn(page);
      await arrive(page);
      if (start === undefined || query.get("iss") !== site.gateway.url) {
        throw new Error(`sent by ${query}`);
      }
      const claims = await site.application.claimsOf(start, page.url());
      return { claims, target: query.get("target_link_uri") };
    },
  });
}

export async function publishedMetadata({ spMetadataUrl }: SamlTenant): Promise<string> {
  return (await fetch(spMetadataUrl)).text();
}

/** The first certificate in metadata, as base64 as it stands there. */
export const certificateOf = (metadata: string): string =>
  /X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? "";
