import type { SessionClaims } from "@sallyport/claims";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../harness/saml-site.ts";
import { type Behaviour, type ForeignIdp, PERSON } from "./foreign-idp.ts";
import { type LandingPage, startLandingPage } from "./landing-page.ts";

/** What every IdP has to be able to do with the gateway, in a real browser. */
export function describeSignIn(options: {
  readonly start: () => Promise<ForeignIdp>;
  /** The connection's provider: whose attribute names it reads. */
  readonly provider: string;
}): void {
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

  async function addTenant(behaviour: Behaviour = {}, saml: object = {}): Promise<SamlTenant> {
    tenants += 1;
    const tenant = await site.addTenant(
      `org${tenants}`,
      { metadataXml: await idp.metadataXml(), ...saml },
      { domains: tenants === 1 ? ["acme.example.test"] : [], provider: options.provider },
    );
    await idp.trust(await published(tenant), behaviour);
    return tenant;
  }

  const published = async ({ spMetadataUrl }: SamlTenant) => (await fetch(spMetadataUrl)).text();
  const certificateOf = (metadata: string) => /X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? "";

  async function newPage(): Promise<Page> {
    const context = await browser.newContext();
    context.setDefaultTimeout(8_000);
    return context.newPage();
  }

  /** From the application through the IdP's login page and back; what the application is told. */
  async function signIn(tenant: SamlTenant, page: Page, atIdp = idp.signIn): Promise<SessionClaims> {
    const start = site.application.startUrl({ organization: tenant.slug });
    await page.goto(start.url);
    await atIdp(page);
    await arrive(page);
    return site.application.claimsOf(start, page.url());
  }

  async function arrive(page: Page): Promise<void> {
    const landed = page.waitForURL(`${landing.url}*`);
    const refused = page.getByRole("alert").waitFor(); // on the gateway's own page
    await Promise.any([landed, refused]);
    if (page.url().startsWith(landing.url)) return;
    const shown = await page.locator("body").innerText();
    throw new Error(`The sign-in ended at ${page.url()}:\n${shown}\n${(await idp.log()).slice(-3000)}`);
  }

  const whole = {
    email: PERSON.email,
    name: PERSON.name,
    given_name: PERSON.givenName,
    family_name: PERSON.familyName,
    groups: [...PERSON.groups],
    connection_type: "saml",
    roles: ["member"],
  };

  it("signs in from the application, and the assertion is normalized", async () => {
    const tenant = await addTenant();
    const claims = await signIn(tenant, await newPage());
    expect(claims).toMatchObject({ ...whole, email_verified: true, org_slug: tenant.slug });
  });

  it("is the same person at the next login, who need not type anything while the IdP remembers them", async () => {
    const tenant = await addTenant();
    const page = await newPage();
    const first = await signIn(tenant, page);
    await page.context().clearCookies({ domain: "localhost" }); // the gateway's; the IdP is at 127.0.0.1
    const second = await signIn(tenant, page, async () => undefined);
    expect(second.sub).toBe(first.sub);
    expect(second.sid).not.toBe(first.sid);
  });

  it("decrypts its assertions", async () => {
    const tenant = await addTenant({ encrypt: true });
    const page = await newPage();
    const posted: string[] = [];
    page.on("request", (request) => {
      if (request.url() === tenant.acsUrl) posted.push(request.postData() ?? "");
    });
    expect(await signIn(tenant, page)).toMatchObject({ ...whole, email_verified: false });
    const response = new URLSearchParams(posted[0]).get("SAMLResponse") ?? "";
    expect(Buffer.from(response, "base64").toString()).toContain("EncryptedAssertion");
  });

  describe("where it takes signed requests only", () => {
    it.each(["redirect", "post"] as const)("verifies ours over %s", async (ssoBinding) => {
      const own = ssoBinding === "redirect" ? {} : await explicitly(ssoBinding);
      const tenant = await addTenant({ wantSignedRequests: true }, { ...own, signRequests: true });
      expect(await signIn(tenant, await newPage())).toMatchObject(whole);
    });

    it("verifies them indeed: it refuses those of another key", async () => {
      const tenant = await addTenant({}, { signRequests: true });
      const [known, foreign] = [await published(tenant), await published(await addTenant())];
      const anotherKey = known.replaceAll(certificateOf(known), certificateOf(foreign));
      await idp.trust(anotherKey, { wantSignedRequests: true });
      const page = await newPage();
      await page.goto(site.application.startUrl({ organization: tenant.slug }).url);
      if ((await page.locator("input[type=password]").count()) > 0) await idp.signIn(page);
      await page.waitForLoadState("networkidle");
      expect(new URL(page.url()).hostname, "the IdP keeps them").toBe("127.0.0.1");
      expect(await tenant.sessions()).toBe(0);
    });
  });

  /** The connection without metadata, for the other binding. */
  async function explicitly(ssoBinding: "post") {
    const xml = await idp.metadataXml();
    const service = /SingleSignOnService\s[^>]*HTTP-POST"[^>]*\sLocation="([^"]+)"/.exec(xml)?.[1];
    const ssoUrl = service ?? /SingleSignOnService\s[^>]*Location="([^"]+)"/.exec(xml)?.[1];
    const certificate = certificateOf(xml).replace(/\s/g, "");
    const idpEntityId = /entityID="([^"]+)"/.exec(xml)?.[1];
    return { metadataXml: undefined, idpEntityId, ssoUrl, ssoBinding, certificates: [certificate] };
  }

  it("is refused as an identity where it names people differently each time", async () => {
    const tenant = await addTenant({ transient: true });
    await expect(signIn(tenant, await newPage())).rejects.toThrow(/does not say who you are/);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "subject_transient" });
  });

  it("lets nobody in from its own pages, where the connection does not allow that", async () => {
    const tenant = await addTenant();
    const page = await newPage();
    await page.goto(idp.startUrl(tenant));
    await idp.signIn(page);
    await page.getByRole("heading", { name: "Please start at the application" }).waitFor();
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "response_unsolicited" });
    expect(await tenant.sessions()).toBe(0);
  });
}
