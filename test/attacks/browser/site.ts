import {
  type Browser,
  createBrowser,
  followWithin,
  type HeldCookie,
  type Page,
} from "@sallyport/testing-browser";
import { z } from "zod";
import type { SignInStart } from "../../harness/application.ts";
import { readRequest, type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";
import { addOpenTenant } from "../saml/portal.ts";
import { answer, newIdp } from "../saml/victim.ts";

export const DOMAIN = "example.test";
const PUBLIC_URL = `https://sso.${DOMAIN}`;

/** The gateway on a subdomain, reached by https as in production, and an organization for each protocol. */
export interface BrowserSite extends Pick<SamlSite, "application" | "gateway" | "stop"> {
  readonly saml: Way & { readonly tenant: SamlTenant; readonly idp: ReturnType<typeof newIdp> };
  readonly oidc: Way;
  newBrowser(): Browser;
  /** Sends a browser from the application as far as the gateway's own redirects go. */
  start(browser: Browser, choice: Readonly<Record<string, string>>): Promise<Started>;
  /** Follows the gateway's redirects; the page that leads elsewhere, or nowhere. */
  follow(browser: Browser, page: Page): Promise<Page>;
  /** A whole sign-in; the email that the application is told. */
  signIn(browser: Browser, way: Way, person: string): Promise<string | undefined>;
}

export interface Started {
  readonly start: SignInStart;
  readonly page: Page;
}

/** How the people of one organization sign in. */
export interface Way {
  readonly slug: string;
  /**
   * The browser follows `page` to its IdP, which knows `person` there and asks nothing; and brings what the IdP answers.
   * Resolves to what the gateway says of it.
   */
  throughIdp(browser: Browser, page: Page, person: string): Promise<Page>;
  /** How many live sessions the organization has. */
  sessions(): Promise<number>;
  lastError(): Promise<string | null>;
}

const sessions = z.object({ items: z.array(z.unknown()) });
const records = z.object({ items: z.array(z.object({ errorCode: z.string().nullable() })).min(1) });

export async function startBrowserSite(): Promise<BrowserSite> {
  const site = await startSamlSite(undefined, { publicUrl: PUBLIC_URL, env: { RATE_LIMITS: "off" } });
  const { gateway, application, http } = site;
  const op = await startScriptedOp();
  const saml = await addSaml(site);
  const oidc = await addOidc(site, op);

  const follow: BrowserSite["follow"] = async (browser, first) => {
    let page = first;
    while (page.location.startsWith(`${PUBLIC_URL}/`)) {
      page = await browser.get(page.location);
    }
    return page;
  };
  const start: BrowserSite["start"] = async (browser, choice) => {
    const started = application.startUrl(choice);
    return { start: started, page: await follow(browser, await browser.get(started.url)) };
  };
  return {
    gateway,
    application,
    saml,
    oidc,
    newBrowser: () => createBrowser(http),
    start,
    follow,
    async signIn(browser, way, person) {
      const { start: started, page } = await start(browser, { organization: way.slug });
      const back = await follow(browser, await way.throughIdp(browser, page, person));
      return (await application.claimsOf(started, back.location || `${back.status}`)).email;
    },
    async stop() {
      await op.close();
      await site.stop();
    },
  };
}

function countsOf(site: SamlSite, slug: string): Pick<Way, "slug" | "sessions" | "lastError"> {
  const list = async (path: string) => (await site.gateway.api("GET", `/organizations/${slug}/${path}`)).body;
  return {
    slug,
    sessions: async () => sessions.parse(await list("sessions?live=true")).items.length,
    lastError: async () => records.parse(await list("login-records?limit=1")).items[0]?.errorCode ?? null,
  };
}

async function addSaml(site: SamlSite): Promise<BrowserSite["saml"]> {
  const idp = newIdp();
  const tenant = await addOpenTenant(site, "acme", idp);
  return {
    ...countsOf(site, "acme"),
    tenant,
    idp,
    throughIdp(browser, page, nameId) {
      const request = readRequest(page);
      const SAMLResponse = answer(tenant, idp, request, { nameId });
      return tenant.post(browser, { SAMLResponse, RelayState: request.relayState });
    },
  };
}

async function addOidc(site: SamlSite, op: ScriptedOp): Promise<Way> {
  const slug = "bravo";
  await site.gateway.api("POST", "/organizations", { slug, name: slug, domains: [`${slug}.example.test`] });
  const { issuer } = op;
  const { status, body } = await site.gateway.api("POST", `/organizations/${slug}/connections`, {
    type: "oidc",
    name: "OIDC",
    oidc: { issuer, clientId: "gateway", clientSecret: "the secret of bravo" },
  });
  if (status !== 201) {
    throw new Error(`No connection: ${JSON.stringify(body)}`);
  }
  return {
    ...countsOf(site, slug),
    async throughIdp(browser, page, email) {
      const auth_time = Math.floor(Date.now() / 1000);
      op.claims = { sub: email, email, email_verified: true, auth_time };
      const atIdp = await browser.get(page.location);
      const back = await followWithin(browser, atIdp, issuer);
      return browser.get(back.location);
    },
  };
}

/** Answers the page that asks for the work email. */
/**
 * What a neighbouring subdomain can do for the attacker: it plants all that the attacker's browser holds, under the names
 * that it has, and under such as might be taken for them.
 */
export function plantAll(attacker: Browser, victim: Browser, interactionId = ""): void {
  const own = attacker.cookies
    .held()
    .flatMap((cookie) => namesLike(cookie.name).map((name) => ({ ...cookie, name })));
  // Those of oidc-provider, which once tied a request to its browser.
  const tied: HeldCookie[] = [
    "sallyport_interaction",
    "sallyport_resume",
    "_interaction",
    "_interaction_resume",
  ]
    .flatMap((name) => [name, `__Secure-${name}`])
    .map((name) => ({ name, value: interactionId, path: "/" }));
  for (const cookie of [...own, ...tied]) {
    victim.cookies.plant(DOMAIN, cookie);
  }
}

/** Names that no browser takes for prefixed ones (what it would, a subdomain cannot set), and careless servers may. */
function namesLike(name: string): string[] {
  const bare = name.replace(/^__(Host|Secure)-/, "");
  return [
    name,
    bare,
    `__Secure-${bare}`,
    `__host-${bare}`,
    // Spaces to JavaScript (the last as the bytes of U+2000), none to a browser.
    ...["\u00a0", "\u0085", "\u00e2\u0080\u0080"].map((space) => `${space}__Host-${bare}`),
  ];
}
