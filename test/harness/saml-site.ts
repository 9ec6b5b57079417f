import { inflateRawSync } from "node:zlib";
import type { SessionClaims } from "@sallyport/claims";
import { defined } from "@sallyport/defined";
import {
  type Browser,
  createBrowser,
  createHttp,
  formOf,
  type Http,
  type Page,
  submitForm,
} from "@sallyport/testing-browser";
import { z } from "zod";
import { addApplication, CALLBACK, type SignInStart, type TestApplication } from "./application.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./gateway.ts";

/** The real gateway over HTTP with an application, and organizations that sign in by SAML. */
export interface SamlSite {
  readonly gateway: TestGateway;
  /** For browsers of a test's own. */
  readonly http: Http;
  readonly application: TestApplication;
  /** `saml` as the management API takes it, such as `{ metadataXml, signRequests: true }`. */
  addTenant(
    slug: string,
    saml: Readonly<Record<string, unknown>>,
    options?: TenantOptions,
  ): Promise<SamlTenant>;
  /** A browser of nobody yet; `headers` go with each of its requests, as a proxy in front would add them. */
  newBrowser(headers?: Readonly<Record<string, string>>): Browser;
  stop(): Promise<void>;
}

export interface TenantOptions {
  readonly domains?: readonly string[];
  readonly provider?: string;
}

/** An organization with one SAML connection. */
export interface SamlTenant {
  readonly slug: string;
  readonly connectionId: string;
  readonly acsUrl: string;
  readonly spEntityId: string;
  readonly spMetadataUrl: string;
  /** Takes a browser from the application as far as to the IdP; `choice` such as `{ prompt: "login" }`. */
  leave(browser: Browser, choice?: Readonly<Record<string, string>>): Promise<Departure>;
  /** Posts what the IdP answered as the IdP's page does: from another site, then again from our own as often as asked. */
  post(browser: Browser, fields: PostedFields): Promise<Page>;
  /** From the page that the ACS answered to the application, and to what it is told of the person. */
  arrive(browser: Browser, departure: Departure, page: Page): Promise<SessionClaims>;
  /** The newest login record. */
  lastRecord(): Promise<z.infer<typeof loginRecord>>;
  /** How many live sessions the organization has. */
  sessions(): Promise<number>;
}

export type PostedFields = Readonly<{ SAMLResponse: string; RelayState?: string }>;

/** A sign-in that waits for its IdP. */
export interface Departure {
  readonly start: SignInStart;
  /** Where the browser is sent: a redirect, or a page with a form for the IdP. */
  readonly page: Page;
  /** The AuthnRequest's. */
  readonly id: string;
  readonly xml: string;
  readonly relayState: string;
}

const connection = z.object({
  id: z.string(),
  saml: z.object({ acsUrl: z.string(), spEntityId: z.string(), spMetadataUrl: z.string() }),
});
const records = z.object({ items: z.array(z.object({ id: z.string() })).min(1) });
const loginRecord = z.object({
  outcome: z.string(),
  errorCode: z.string().nullable(),
  steps: z.array(z.unknown()),
  response: z.string().nullable(),
});
const sessions = z.object({ items: z.array(z.unknown()) });

/**
 * `callback`: where the application listens. Default: nowhere, as no test follows the browser so far.
 * `options`: of the gateway. Default: without limits.
 */
export async function startSamlSite(
  callback = CALLBACK,
  options: TestGatewayOptions = { env: { RATE_LIMITS: "off" } },
): Promise<SamlSite> {
  const gateway = await startTestGateway(options);
  const { hostname } = new URL(gateway.url);
  const http = createHttp({ [hostname]: gateway.port });
  const application = await addApplication(gateway, callback);

  async function call(method: string, path: string, status: number, body?: unknown): Promise<unknown> {
    const answer = await gateway.api(method, path, body);
    if (answer.status === status) {
      return answer.body;
    }
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  return {
    gateway,
    http,
    application,
    newBrowser: (added = {}) =>
      createBrowser({
        ...http,
        send: (url, call) => http.send(url, { ...call, headers: { ...call.headers, ...added } }),
      }),
    async addTenant(slug, saml, { domains = [`${slug}.example.test`], provider } = {}) {
      await call("POST", "/organizations", 201, { slug, name: slug, domains });
      const made = await call("POST", `/organizations/${slug}/connections`, 201, {
        type: "saml",
        name: "SAML",
        ...defined({ provider }),
        saml,
      });
      const { id, saml: sp } = connection.parse(made);
      return {
        slug,
        connectionId: id,
        ...sp,
        async leave(browser, choice = {}) {
          const start = application.startUrl({ organization: slug, ...choice });
          const page = await followInside(browser, await browser.get(start.url), gateway.url);
          return { start, page, ...readRequest(page) };
        },
        async post(browser, fields) {
          let page = await browser.post(sp.acsUrl, fields, "fromOtherSite");
          while (page.status === 200 && formOf(page).action === sp.acsUrl) {
            page = await submitForm(browser, page);
          }
          return page;
        },
        async arrive(browser, { start }, page) {
          const last = await followInside(browser, page, gateway.url);
          return application.claimsOf(start, last.location || `${last.url} (${last.status}: ${last.body})`);
        },
        async lastRecord() {
          const list = await call("GET", `/organizations/${slug}/login-records?limit=1`, 200);
          const [newest] = records.parse(list).items;
          if (newest === undefined) {
            throw new Error(`${slug} has no login record`);
          }
          return loginRecord.parse(
            await call("GET", `/organizations/${slug}/login-records/${newest.id}`, 200),
          );
        },
        async sessions() {
          return sessions.parse(await call("GET", `/organizations/${slug}/sessions?live=true`, 200)).items
            .length;
        },
      };
    },
    async stop() {
      await http.close();
      await gateway.stop();
    },
  };
}

/** Follows redirects as long as they stay at the gateway. */
async function followInside(browser: Browser, first: Page, gatewayUrl: string): Promise<Page> {
  let page = first;
  while (page.location.startsWith(`${gatewayUrl}/`)) {
    page = await browser.get(page.location);
  }
  return page;
}

/** The AuthnRequest that a redirect or a form carries. */
export function readRequest(page: Page): Pick<Departure, "id" | "xml" | "relayState"> {
  const byRedirect = page.location !== "";
  const fields = byRedirect ? Object.fromEntries(new URL(page.location).searchParams) : formOf(page).fields;
  const message = Buffer.from(fields.SAMLRequest ?? "", "base64");
  const xml = (byRedirect ? inflateRawSync(message) : message).toString();
  const id = / ID="([^"]+)"/.exec(xml)?.[1];
  if (id === undefined) {
    throw new Error(`${page.url} answered ${page.status}: ${page.location || page.body}`);
  }
  return { id, xml, relayState: fields.RelayState ?? "" };
}

/** The certificate that the service provider's metadata tells the IdP, PEM. */
export async function publishedCertificate(
  { spMetadataUrl }: Pick<SamlTenant, "spMetadataUrl">,
  use: "signing" | "encryption",
): Promise<string> {
  const metadata = await (await fetch(spMetadataUrl)).text();
  const key = new RegExp(`<KeyDescriptor use="${use}">[\\s\\S]*?X509Certificate>([^<]+)<`).exec(metadata);
  if (key?.[1] === undefined) {
    throw new Error(`${spMetadataUrl} holds no key for ${use}`);
  }
  return `-----BEGIN CERTIFICATE-----\n${key[1].replace(/\s/g, "")}\n-----END CERTIFICATE-----`;
}
