import type { TestIdp } from "@sallyport/saml/testing";
import { type Browser, type Call, createBrowser, type Page } from "@sallyport/testing-browser";
import { z } from "zod";
import { readRequest, type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { answer, newIdp } from "../saml/victim.ts";

export const PUBLIC_URL = "https://sso.example.test";
/** What the console's own code sends along. */
export const OWN = { origin: PUBLIC_URL, "sec-fetch-site": "same-origin", "x-sallyport-console": "1" };

/** The gateway at an https address as in production, with the operators' organization and two others that sign in by SAML. */
export interface ConsoleSite extends Pick<SamlSite, "gateway" | "stop"> {
  readonly operators: Company;
  readonly acme: Company;
  readonly bravo: Company;
  readonly clock: { ahead: number };
  newBrowser(): Browser;
}

export interface Company {
  readonly id: string;
  readonly slug: string;
  /** Makes a member, and resolves to the membership's id. */
  addMember(name: string, role?: string): Promise<string>;
  /** The answer to giving a member a role, by whoever has the key. */
  giveRole(
    memberId: string,
    role: string,
    key?: string,
  ): Promise<{ status: number; code: string | undefined }>;
  emailOf(name: string): string;
  /** Goes to the console by way of the company's IdP, which knows the person there. Ends at the console's answer. */
  signIn(browser: Browser, name: string, returnTo?: string): Promise<Page>;
  /** As far as to the gateway's `/console/callback`, which is not opened. */
  signInToCallback(browser: Browser, name: string, returnTo?: string): Promise<string>;
}

const withId = z.object({ id: z.string() });
const saml = z.object({ saml: z.object({ acsUrl: z.string(), spEntityId: z.string() }) });

export async function startConsoleSite(): Promise<ConsoleSite> {
  const clock = { ahead: 0 };
  const site = await startSamlSite(undefined, {
    publicUrl: PUBLIC_URL,
    env: { RATE_LIMITS: "off" },
    now: () => new Date(Date.now() + clock.ahead),
  });
  const company = async (slug: string) => {
    const existing = await site.gateway.api("GET", `/organizations/${slug}`);
    const made =
      existing.status === 200
        ? existing
        : await site.gateway.api("POST", "/organizations", { slug, name: slug });
    const { id } = withId.parse(made.body);
    await site.gateway.api("POST", `/organizations/${slug}/domains`, { name: `${slug}.example.test` });
    return createCompany(site, { id, slug }, newIdp(`https://idp.${slug}.example.test/metadata`));
  };
  return {
    gateway: site.gateway,
    stop: () => site.stop(),
    clock,
    newBrowser: () => createBrowser(site.http),
    operators: await company("operators"),
    acme: await company("acme"),
    bravo: await company("bravo"),
  };
}

async function createCompany(
  { gateway }: SamlSite,
  { id, slug }: Pick<Company, "id" | "slug">,
  idp: TestIdp,
): Promise<Company> {
  const { body } = await gateway.api("POST", `/organizations/${slug}/connections`, {
    type: "saml",
    name: "SAML",
    saml: { metadataXml: idp.metadata() },
  });
  const sp = saml.parse(body).saml;
  const emailOf = (name: string) => `${name}@${slug}.example.test`;

  async function giveRole(memberId: string, role: string, key?: string) {
    const path = `/organizations/${slug}/members/${memberId}/console-role`;
    const given = await gateway.api("PUT", path, { role }, key);
    return { status: given.status, code: codeOf(given.body) };
  }

  async function signInToCallback(browser: Browser, name: string, returnTo = "/console") {
    const query = new URLSearchParams({ return_to: returnTo, organization: slug });
    let page = await browser.get(`${PUBLIC_URL}/console/sign-in?${query}`);
    let asked = false;
    while (!page.location.startsWith(`${PUBLIC_URL}/console/callback`)) {
      if (page.location.startsWith(`${PUBLIC_URL}/`)) {
        page = await browser.get(page.location);
      } else if (!asked && page.location !== "") {
        asked = true;
        const request = readRequest(page);
        const SAMLResponse = answer(sp, idp, request, { nameId: emailOf(name) });
        page = await browser.post(
          sp.acsUrl,
          { SAMLResponse, RelayState: request.relayState },
          "fromOtherSite",
        );
        while (page.status === 200 && page.form?.action === sp.acsUrl) {
          page = await browser.post(sp.acsUrl, page.form.fields);
        }
      } else {
        throw new Error(`${page.url} answered ${page.status}: ${page.location || page.body}`);
      }
    }
    return page.location;
  }

  return {
    id,
    slug,
    emailOf,
    giveRole,
    signInToCallback,
    async addMember(name, role) {
      const made = await gateway.api("POST", `/organizations/${slug}/members`, { email: emailOf(name) });
      const memberId = withId.parse(made.body).id;
      if (role !== undefined && (await giveRole(memberId, role)).status !== 200) {
        throw new Error(`${name} of ${slug} cannot be ${role}`);
      }
      return memberId;
    },
    async signIn(browser, name, returnTo) {
      return browser.get(await signInToCallback(browser, name, returnTo));
    },
  };
}

export interface CallAnswer {
  readonly status: number;
  /** Of a problem. */
  readonly code: string | undefined;
  readonly body: unknown;
}

/** A request of the console's own code, unless `headers` say otherwise; `path` such as `/api/v1/organizations`. */
export async function call(
  browser: Browser,
  method: Call["method"],
  path: string,
  {
    body,
    headers = OWN,
  }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<CallAnswer> {
  const page = await browser.send(PUBLIC_URL + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const parsed: unknown = /[/+]json\b/.test(page.headers.get("content-type") ?? "")
    ? JSON.parse(page.body)
    : undefined;
  return { status: page.status, code: codeOf(parsed), body: parsed };
}

function codeOf(body: unknown): string | undefined {
  return z.object({ code: z.string() }).safeParse(body).data?.code;
}
