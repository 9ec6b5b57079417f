import { type Browser, createBrowser, createHttp, type Page } from "@sallyport/testing-browser";
import { z } from "zod";
import { addApplication, type SignInStart, type TestApplication } from "../../harness/application.ts";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import type { HostileIdp } from "./hostile-idp.ts";

/** The real gateway over HTTP with an application, and organizations that sign in by OpenID Connect. */
export interface UpstreamSite {
  readonly gateway: TestGateway;
  readonly application: TestApplication;
  addTenant(slug: string, idp: Pick<HostileIdp, "issuer" | "clientSecret">): Promise<UpstreamTenant>;
  newBrowser(): Browser;
  stop(): Promise<void>;
}

export interface UpstreamTenant {
  readonly connectionId: string;
  /** From the application as far as to the IdP, or to the page that tells why not. */
  leave(browser: Browser, choice?: Readonly<Record<string, string>>): Promise<Leaving>;
  /** The newest login record. */
  lastRecord(): Promise<LoginRecord>;
}

export interface Leaving {
  readonly start: SignInStart;
  readonly page: Page;
}

const record = z.object({
  outcome: z.string(),
  errorCode: z.string().nullable(),
  steps: z.array(z.looseObject({ name: z.string() })),
  response: z.string().nullable(),
});
export type LoginRecord = z.infer<typeof record>;

export async function startUpstreamSite(
  options: Parameters<typeof startTestGateway>[0] = {},
): Promise<UpstreamSite> {
  const gateway = await startTestGateway({
    ...options,
    env: { RATE_LIMITS: "off", ...options.env },
  });
  const http = createHttp();
  const application = await addApplication(gateway);
  return {
    gateway,
    application,
    newBrowser: () => createBrowser(http),
    async addTenant(slug, { issuer, clientSecret }) {
      const domains = [`${slug}.test`];
      await gateway.api("POST", "/organizations", { slug, name: slug, domains });
      const oidc = { issuer, clientId: "gateway", clientSecret };
      const made = await gateway.api("POST", `/organizations/${slug}/connections`, {
        type: "oidc",
        name: "OIDC",
        oidc,
      });
      const { id } = z.object({ id: z.string() }).parse(made.body);
      return {
        connectionId: id,
        async leave(browser, choice = {}) {
          const start = application.startUrl({ organization: slug, ...choice });
          return { start, page: await follow(browser, await browser.get(start.url), gateway.url) };
        },
        async lastRecord() {
          const path = `/organizations/${slug}/login-records`;
          const list = await gateway.api("GET", `${path}?limit=1`);
          const [newest] = z.object({ items: z.array(z.object({ id: z.string() })) }).parse(list.body).items;
          if (newest === undefined) {
            throw new Error(`${slug} has no login record`);
          }
          return record.parse((await gateway.api("GET", `${path}/${newest.id}`)).body);
        },
      };
    },
    async stop() {
      await http.close();
      await gateway.stop();
    },
  };
}

/** A whole sign-in at `idp`; `onTheWay` is what the person's browser makes of the authorization request. */
export async function signIn(
  site: UpstreamSite,
  tenant: UpstreamTenant,
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
  return { start, browser, request, page: await follow(browser, callback, site.gateway.url) };
}

/** Follows redirects as long as they stay at the gateway. */
async function follow(browser: Browser, first: Page, gatewayUrl: string): Promise<Page> {
  let page = first;
  while (page.location.startsWith(`${gatewayUrl}/`)) {
    page = await browser.get(page.location);
  }
  return page;
}

/** Whether the browser is on its way back to the application, with a code. */
export function letIn({ location }: Page): boolean {
  return location !== "" && new URL(location).searchParams.has("code");
}
