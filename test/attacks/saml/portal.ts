import type { TestIdp, TestLogin } from "@sallyport/saml/testing";
import { type Browser, followWithin, type Page } from "@sallyport/testing-browser";
import type { SignInStart, TestApplication } from "../../harness/application.ts";
import { readRequest, type SamlSite, type SamlTenant } from "../../harness/saml-site.ts";
import { answer } from "./victim.ts";

/** An organization whose connection takes people in who come from the IdP's own pages. */
export function addOpenTenant(site: SamlSite, slug: string, idp: TestIdp): Promise<SamlTenant> {
  const idpInitiated = { applicationId: site.application.id };
  return site.addTenant(slug, { metadataXml: idp.metadata(), idpInitiated });
}

/** What the IdP's own pages post: a response that answers nothing. */
export function unsolicited(
  tenant: Pick<SamlTenant, "spEntityId" | "acsUrl">,
  idp: TestIdp,
  changes: Partial<TestLogin> = {},
): string {
  return answer(tenant, idp, { id: "" }, { inResponseTo: undefined, ...changes });
}

/** Whether the browser was sent to the IdP with a request of ours, which is all that an unsolicited response leads to. */
export const startsOver = (page: Page): boolean => page.location.includes("SAMLRequest=");

/** Answers the request that `page` carries, as the IdP does for whoever is signed in at `browser`. */
export function answerRestart(
  tenant: SamlTenant,
  idp: TestIdp,
  browser: Browser,
  page: Page,
  changes: Partial<TestLogin> = {},
): Promise<Page> {
  const request = readRequest(page);
  const SAMLResponse = answer(tenant, idp, request, changes);
  return tenant.post(browser, { SAMLResponse, RelayState: request.relayState });
}

/** The application's own request, as far as the gateway's redirects go: to its callback, or to an IdP. */
export async function authorize(
  site: SamlSite,
  application: TestApplication,
  browser: Browser,
  choice: Readonly<Record<string, string>> = {},
): Promise<{ start: SignInStart; location: string }> {
  const start = application.startUrl(choice);
  const { location } = await followWithin(browser, await browser.get(start.url), site.gateway.url);
  return { start, location };
}
