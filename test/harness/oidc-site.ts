import type { SessionClaims } from "@sallyport/claims";
import { type Browser, createBrowser, createHttp, type Page } from "@sallyport/testing-browser";
import { z } from "zod";
import { addApplication, CALLBACK, type SignInStart, type TestApplication } from "./application.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./gateway.ts";
import type { ScriptedOp } from "./scripted-op.ts";

/** The real gateway over HTTP with an application, and organizations that sign in by OpenID Connect. */
export interface OidcSite {
  readonly gateway: TestGateway;
  readonly application: TestApplication;
  /** `oidc` is more of the connection, as the management API takes it. */
  addTenant(
    slug: string,
    op: Pick<ScriptedOp, "issuer"> & { readonly clientSecret?: string },
    oidc?: Readonly<Record<string, unknown>>,
    domains?: readonly string[],
  ): Promise<OidcTenant>;
  newBrowser(): Browser;
  /** Calls the management API, and throws at any other status. */
  call(method: string, path: string, status: number, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export interface OidcTenant {
  readonly slug: string;
  readonly organizationId: string;
  readonly connectionId: string;
  /** Of the connection, below `/api/v1`. */
  readonly path: string;
  /** A management key of this organization alone. */
  readonly key: string;
  readonly clientSecret: string;
  /** Takes a browser from the application as far as to the IdP, or to the page that tells why not. */
  leave(browser: Browser, choice?: Readonly<Record<string, string>>): Promise<Leaving>;
  /** The newest login record. */
  lastRecord(): Promise<LoginRecord>;
  /** Takes a new browser through a whole sign-in, to what the application is told; or to the page that it ended on. */
  signIn(): Promise<SessionClaims | Page>;
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

const made = z.object({ id: z.string() });
const records = z.object({ items: z.array(made).min(1) });
const apiKey = z.object({ key: z.string() });

export async function startOidcSite(options: TestGatewayOptions = {}): Promise<OidcSite> {
  const gateway = await startTestGateway({ ...options, env: { RATE_LIMITS: "off", ...options.env } });
  const http = createHttp();
  const application = await addApplication(gateway);

  async function call(method: string, path: string, status: number, body?: unknown): Promise<unknown> {
    const answer = await gateway.api(method, path, body);
    if (answer.status === status) {
      return answer.body;
    }
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  return {
    gateway,
    application,
    call,
    newBrowser: () => createBrowser(http),
    async addTenant(slug, op, oidc = {}, domains = [`${slug}.example.test`]) {
      const { issuer, clientSecret = `the secret of ${slug}` } = op;
      const organization = made.parse(
        await call("POST", "/organizations", 201, { slug, name: slug, domains }),
      );
      const connection = await call("POST", `/organizations/${slug}/connections`, 201, {
        type: "oidc",
        name: "OIDC",
        oidc: { issuer, clientId: "gateway", clientSecret, ...oidc },
      });
      const { key } = apiKey.parse(await call("POST", "/api-keys", 201, { name: slug, organization: slug }));
      const { id } = made.parse(connection);
      return {
        slug,
        organizationId: organization.id,
        connectionId: id,
        path: `/organizations/${slug}/connections/${id}`,
        key,
        clientSecret,
        async leave(browser, choice = {}) {
          const start = application.startUrl({ organization: slug, ...choice });
          return { start, page: await browser.follow(await browser.get(start.url), gateway.url) };
        },
        async lastRecord() {
          const path = `/organizations/${slug}/login-records`;
          const [newest] = records.parse(await call("GET", `${path}?limit=1`, 200)).items;
          return record.parse(await call("GET", `${path}/${newest?.id}`, 200));
        },
        async signIn() {
          const browser = createBrowser(http);
          const start = application.startUrl({ organization: slug });
          let page = await browser.get(start.url);
          while (page.location !== "" && !page.location.startsWith(CALLBACK)) {
            page = await browser.get(page.location);
          }
          return page.location === "" ? page : application.claimsOf(start, page.location);
        },
      };
    },
    async stop() {
      await http.close();
      await gateway.stop();
    },
  };
}
