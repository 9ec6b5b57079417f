import { createTestIdp, type TestIdp, type TestLogin } from "@sallyport/saml/testing";
import type { Browser } from "@sallyport/testing-browser";
import type { TestApplication, TestTokens } from "../../harness/application.ts";
import type { SamlSite, SamlTenant } from "../../harness/saml-site.ts";
import { answerRestart } from "../saml/portal.ts";

/** An organization, and the IdP of its own, which says what it likes. */
export interface Company {
  readonly tenant: SamlTenant;
  readonly idp: TestIdp;
}

export async function addCompany(
  site: SamlSite,
  slug: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Company> {
  const idp = createTestIdp({ entityId: `https://idp.${slug}.example.test` });
  const tenant = await site.addTenant(slug, { metadataXml: idp.metadata(), ...settings });
  return { tenant, idp };
}

/** Who signs in, as the IdP names them. */
export function person(email: string, attributes: NonNullable<TestLogin["attributes"]> = {}) {
  return { nameId: email, attributes: { email, ...attributes } };
}

/** Signs somebody in at an application, and returns what that one is given. */
export async function tokensOf(
  site: SamlSite,
  { tenant, idp }: Company,
  who: Partial<TestLogin>,
  options: { application?: TestApplication; scope?: string; browser?: Browser } = {},
): Promise<TestTokens> {
  const {
    application = site.application,
    scope = "openid email profile",
    browser = site.newBrowser(),
  } = options;
  const start = application.startUrl({ organization: tenant.slug, scope });
  let page = await browser.get(start.url);
  while (page.location.startsWith(`${site.gateway.url}/`)) {
    page = await browser.get(page.location);
  }
  if (page.location.includes("SAMLRequest=")) {
    page = await answerRestart(tenant, idp, browser, page, who);
    while (page.location.startsWith(`${site.gateway.url}/`)) {
      page = await browser.get(page.location);
    }
  }
  return application.tokensOf(start, page.location || `${page.url} (${page.status}: ${page.body})`);
}

/** What the gateway answers a proxy that stands before the application of `audience`. */
export async function verify(
  site: SamlSite,
  accessToken: string | undefined,
  query: string,
): Promise<{
  readonly status: number;
  readonly identity: Readonly<Record<string, string>>;
  readonly body: string;
}> {
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  const answer = await fetch(`${site.gateway.url}/session/verify${query}`, { headers });
  const identity = [...answer.headers].filter(([name]) => name.startsWith("x-auth-"));
  return { status: answer.status, identity: Object.fromEntries(identity), body: await answer.text() };
}
