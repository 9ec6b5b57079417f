import { createTestIdp, type TestIdp, type TestLogin } from "@sallyport/saml/testing";
import type { Browser, Page } from "@sallyport/testing-browser";
import type { Departure, SamlTenant } from "../../harness/saml-site.ts";

/** An IdP that a test plays: it says whatever the test wants of it. */
export const newIdp = (entityId = "https://idp.example.test/metadata"): TestIdp =>
  createTestIdp({ entityId });

/** What an honest IdP answers to a request, with `changes`. */
export function answer(
  tenant: Pick<SamlTenant, "spEntityId" | "acsUrl">,
  idp: TestIdp,
  departure: Pick<Departure, "id">,
  changes: Partial<TestLogin> = {},
): string {
  const { spEntityId: audience, acsUrl } = tenant;
  return idp.signResponse({ audience, acsUrl, inResponseTo: departure.id, ...changes });
}

/** Posts the answer to a sign-in that `browser` itself has started; resolves to what the ACS says. */
export async function signIn(
  tenant: SamlTenant,
  browser: Browser,
  respond: (departure: Departure) => string,
): Promise<{ departure: Departure; page: Page }> {
  const departure = await tenant.leave(browser);
  const { relayState: RelayState } = departure;
  return { departure, page: await tenant.post(browser, { SAMLResponse: respond(departure), RelayState }) };
}

/** Whether the ACS let somebody in: it sends them on, rather than showing a page. */
export const letIn = (page: Page): boolean => page.status === 303 && page.location !== "";
