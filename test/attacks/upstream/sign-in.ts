import type { Browser, Page } from "@sallyport/testing-browser";
import type { Leaving, OidcSite, OidcTenant } from "../../harness/oidc-site.ts";
import type { HostileIdp } from "./hostile-idp.ts";

/** A whole sign-in at `idp`; `onTheWay` is what the person's browser makes of the authorization request. */
export async function signIn(
  site: OidcSite,
  tenant: OidcTenant,
  idp: HostileIdp,
  { choice = {}, browser = site.newBrowser(), onTheWay = (_request: URL): void => undefined } = {},
): Promise<Leaving & { readonly browser: Browser; readonly request: URL }> {
  const { start, page } = await tenant.leave(browser, choice);
  const request = new URL(page.location || `about:${page.status}`);
  if (request.origin !== idp.issuer) {
    throw new Error(`The gateway answered ${page.status}: ${page.body}`);
  }
  onTheWay(request);
  const callback = await browser.get(idp.authenticate(request));
  return { start, browser, request, page: await browser.follow(callback, site.gateway.url) };
}

/** Whether the browser is on its way back to the application, with a code. */
export function letIn({ location }: Page): boolean {
  return location !== "" && new URL(location).searchParams.has("code");
}
