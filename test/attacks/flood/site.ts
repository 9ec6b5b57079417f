import type { Browser, Page } from "@sallyport/testing-browser";
import { CALLBACK } from "../../harness/application.ts";
import { type Departure, type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp } from "../saml/victim.ts";

export const idp = newIdp();

/** A site with limits, behind one proxy that tells whose request it is, and two organizations of one IdP. */
export interface FloodSite extends SamlSite {
  readonly acme: SamlTenant;
  readonly bravo: SamlTenant;
  /** A browser of nobody yet at an address. */
  browserAt(ip: string): Browser;
  /** How many rows a table has. */
  rows(table: "op_artifacts" | "login_requests" | "login_records"): Promise<number>;
}

export async function startFloodSite(
  rateLimits: string,
  options: { readonly now?: () => Date; readonly redis?: string } = {},
): Promise<FloodSite> {
  const site = await startSamlSite(CALLBACK, {
    ...options,
    env: { RATE_LIMITS: rateLimits, TRUST_PROXY: "1" },
  });
  return {
    ...site,
    acme: await site.addTenant("acme", { metadataXml: idp.metadata() }),
    bravo: await site.addTenant("bravo", { metadataXml: idp.metadata() }),
    browserAt: (ip) => site.newBrowser({ "x-forwarded-for": ip }),
    async rows(table) {
      const { rows } = await site.gateway.database.sql.query<{ rows: number }>(
        `SELECT count(*)::int AS rows FROM ${table}`,
      );
      return rows[0]?.rows ?? 0;
    },
  };
}

/** Asks to sign in, as an application sends people to do; the page or redirect that comes of it. */
export async function ask(site: SamlSite, browser: Browser, slug: string, more: Record<string, string> = {}) {
  return browser.get(site.application.startUrl({ organization: slug, ...more }).url);
}

/** Signs somebody in, all the way; whether that went well. */
export async function signInAt(tenant: SamlTenant, browser: Browser): Promise<boolean> {
  return letIn(await come(tenant, browser, await tenant.leave(browser)));
}

/** Comes back from the IdP with its answer; the page or redirect that comes of it. */
export function come(tenant: SamlTenant, browser: Browser, departure: Departure): Promise<Page> {
  const SAMLResponse = answer(tenant, idp, departure);
  return tenant.post(browser, { SAMLResponse, RelayState: departure.relayState });
}
