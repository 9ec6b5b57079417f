import { randomUUID } from "node:crypto";
import { type SessionClaims, sessionClaims } from "@sallyport/claims";
import { createTestIdp, type TestLogin } from "@sallyport/saml/testing";
import { formOf, type Page, submitForm } from "@sallyport/testing-browser";
import { expect } from "vitest";
import { z } from "zod";
import { CALLBACK } from "../../harness/application.ts";
import { type OidcSite, startOidcSite } from "../../harness/oidc-site.ts";
import { readRequest } from "../../harness/saml-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";

/** The real gateway over HTTP, and companies whose people sign in, are pushed, and are entered by hand. */
export interface People {
  readonly site: OidcSite;
  /** The OpenID Provider of all companies. */
  readonly op: ScriptedOp;
  addCompany(options?: CompanyOptions): Promise<Company>;
  stop(): Promise<void>;
}

export interface CompanyOptions {
  /** What the OpenID Connect connection's product is. */
  readonly provider?: string;
  /** More of the OpenID Connect connection, and of the SAML one. */
  readonly oidc?: Readonly<Record<string, unknown>>;
  readonly saml?: Readonly<Record<string, unknown>>;
  /** Verified domains. Default: one of its own. */
  readonly domains?: readonly string[];
}

/** An organization that people sign in to by OpenID Connect and by SAML. */
export interface Company {
  readonly slug: string;
  readonly organizationId: string;
  /** An address of its verified domain. */
  at(name: string): string;
  /** A whole sign-in with what the OpenID Provider says, in a new browser; `choice` is more of the application's request. */
  signIn(
    claims: Readonly<Record<string, unknown>>,
    choice?: Readonly<Record<string, string>>,
  ): Promise<Entry>;
  signInBySaml(login: Partial<TestLogin>): Promise<Entry>;
  addDirectory(): Promise<Directory>;
  /** `body` to the management API, below the organization; throws at any other status. */
  api(method: string, path: string, status: number, body?: unknown): Promise<unknown>;
  members(email?: string): Promise<Member[]>;
  member(userId: string): Promise<Member>;
  conflicts(status?: "open" | "resolved"): Promise<Conflict[]>;
  map(...mappings: { readonly group: string; readonly role: string }[]): Promise<void>;
  /** Types of the audit events, the newest first. */
  eventTypes(): Promise<string[]>;
  liveSessions(): Promise<number>;
  /** The newest login record, in one text. */
  lastRecord(): Promise<string>;
  /** Resolves once the reconciler has seen all that was pushed. */
  settled(): Promise<void>;
}

/** What an application is given for a sign-in, or the page that told why there was none. */
export type Entry =
  | { readonly claims: SessionClaims; readonly accessToken: string; readonly page?: undefined }
  | { readonly page: Page; readonly claims?: undefined; readonly accessToken?: undefined };

/** A directory, as its SCIM client reaches it. Each write resolves once the reconciler has seen it. */
export interface Directory {
  readonly id: string;
  /** Resolves to the resource's id. */
  push(user: Readonly<Record<string, unknown>>): Promise<string>;
  patch(id: string, value: Readonly<Record<string, unknown>>): Promise<void>;
  remove(id: string): Promise<void>;
  addGroup(displayName: string, ...memberIds: string[]): Promise<string>;
  setMembers(groupId: string, ...memberIds: string[]): Promise<void>;
  /** Ids of the users that a filter finds. */
  find(filter: string): Promise<string[]>;
  /** Answers as soon as the push is stored. */
  send(method: string, path: string, body?: unknown): Promise<Response>;
}

const member = z.object({
  id: z.string(),
  userId: z.string(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  status: z.string(),
  source: z.string(),
  directory: z.string().nullable(),
  unmanaged: z.boolean(),
  roles: z.array(z.string()),
});
export type Member = z.infer<typeof member>;

const party = z.object({ userId: z.string(), email: z.string().nullable() });
const conflict = z.object({
  id: z.string(),
  claim: z.string(),
  shownBy: z.string(),
  user: party,
  other: party,
  actions: z.array(z.string()),
});
export type Conflict = z.infer<typeof conflict>;

const made = z.object({ id: z.string() });
const connection = z.object({
  id: z.string(),
  saml: z.object({ acsUrl: z.string(), spEntityId: z.string() }),
});
const newDirectory = z.object({ id: z.string(), baseUrl: z.string(), token: z.string() });
const found = z.object({ Resources: z.array(made).default([]) });
const itemsOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export async function startPeople(): Promise<People> {
  const op = await startScriptedOp();
  const site = await startOidcSite();
  return {
    site,
    op,
    addCompany: (options = {}) => addCompany(site, op, options),
    async stop() {
      await site.stop();
      await op.close();
    },
  };
}

/** Whom the application was told of. */
export function letIn({ claims, page }: Entry): SessionClaims {
  if (claims !== undefined) {
    return claims;
  }
  throw new Error(`Nobody was let in: ${page.url} answered ${page.status}: ${page.body}`);
}

/** The page that told why nobody was let in. */
export function refused({ claims, page }: Entry): Page {
  if (page !== undefined) {
    return page;
  }
  throw new Error(`Let in: ${JSON.stringify(claims)}`);
}

/** `emails` of a SCIM user, the first of them primary. */
export function emails(...values: readonly string[]) {
  return { emails: values.map((value, index) => ({ value, primary: index === 0 })) };
}

async function addCompany(site: OidcSite, op: ScriptedOp, options: CompanyOptions): Promise<Company> {
  const { gateway, application } = site;
  const slug = `acme-${randomUUID().slice(0, 8)}`;
  const domains = options.domains ?? [`${slug}.example.test`];
  const organization = made.parse(
    await site.call("POST", "/organizations", 201, { slug, name: slug, domains }),
  );
  const api: Company["api"] = (method, path, status, body) =>
    site.call(method, `/organizations/${slug}${path}`, status, body);
  const byOidc = made.parse(
    await api("POST", "/connections", 201, {
      ...{ type: "oidc", name: "OIDC", provider: options.provider ?? "generic" },
      oidc: { issuer: op.issuer, clientId: "gateway", clientSecret: `secret of ${slug}`, ...options.oidc },
    }),
  );
  const idp = createTestIdp({ entityId: `https://idp.${slug}.example.test` });
  const bySaml = connection.parse(
    await api("POST", "/connections", 201, {
      ...{ type: "saml", name: "SAML", provider: options.provider ?? "generic" },
      saml: { metadataXml: idp.metadata(), ...options.saml },
    }),
  );

  /** From the application to the IdP, which `answer` plays, and back to the application. */
  async function enter(
    choice: Readonly<Record<string, string>>,
    answer: (page: Page, browser: ReturnType<OidcSite["newBrowser"]>) => Promise<Page>,
  ): Promise<Entry> {
    const browser = site.newBrowser();
    const start = application.startUrl({ organization: slug, ...choice });
    const follow = async (first: Page) => {
      let page = first;
      while (page.location.startsWith(`${gateway.url}/`)) {
        page = await browser.get(page.location);
      }
      return page;
    };
    const page = await follow(await answer(await follow(await browser.get(start.url)), browser));
    if (!page.location.startsWith(CALLBACK)) {
      return { page };
    }
    const { accessToken } = await application.tokensOf(start, page.location);
    const headers = { authorization: `Bearer ${accessToken}` };
    const userinfo = await fetch(`${gateway.url}/oauth2/userinfo`, { headers });
    return { claims: sessionClaims.parse(await userinfo.json()), accessToken };
  }

  const company: Company = {
    slug,
    organizationId: organization.id,
    at: (name) => `${name}@${domains[0]}`,
    api,
    async signIn(claims, choice = {}) {
      op.claims = claims;
      return enter({ connection: byOidc.id, ...choice }, async (page, browser) =>
        page.location.startsWith(op.issuer) ? browser.get(page.location) : page,
      );
    },
    async signInBySaml(login) {
      const { acsUrl, spEntityId: audience } = bySaml.saml;
      return enter({ connection: bySaml.id }, async (asked, browser) => {
        const { id: inResponseTo, relayState: RelayState } = readRequest(asked);
        const SAMLResponse = idp.signResponse({ audience, acsUrl, inResponseTo, ...login });
        let page = await browser.post(acsUrl, { SAMLResponse, RelayState }, "fromOtherSite");
        while (page.status === 200 && /<form/.test(page.body) && formOf(page).action === acsUrl) {
          page = await submitForm(browser, page);
        }
        return page;
      });
    },
    async addDirectory() {
      const directory = newDirectory.parse(await api("POST", "/directories", 201, { name: "Directory" }));
      return directoryOf(directory, () => company.settled());
    },
    async members(email) {
      const query = email === undefined ? "" : `?email=${encodeURIComponent(email)}`;
      return itemsOf(member).parse(await api("GET", `/members${query}`, 200)).items;
    },
    async member(userId) {
      const one = (await company.members()).find((each) => each.userId === userId);
      if (one === undefined) {
        throw new Error(`${userId} is no member`);
      }
      return one;
    },
    async conflicts(status = "open") {
      return itemsOf(conflict).parse(await api("GET", `/conflicts?status=${status}`, 200)).items;
    },
    async map(...mappings) {
      await api("PUT", "/group-mappings", 200, mappings);
      await company.settled();
    },
    async eventTypes() {
      const page = await api("GET", "/audit-events?limit=100", 200);
      return itemsOf(z.object({ type: z.string() }))
        .parse(page)
        .items.map(({ type }) => type);
    },
    async liveSessions() {
      return itemsOf(z.unknown()).parse(await api("GET", "/sessions?live=true", 200)).items.length;
    },
    async lastRecord() {
      const list = itemsOf(made).parse(await api("GET", "/login-records?limit=1", 200));
      return JSON.stringify(await api("GET", `/login-records/${list.items[0]?.id}`, 200));
    },
    async settled() {
      const marks = async () => {
        const { rows } = await gateway.database.sql.query<{ count: number }>(
          `SELECT (SELECT count(*) FROM dirty_directory_users WHERE organization_id = $1::uuid)::int
                + (SELECT count(*) FROM dirty_directory_groups WHERE organization_id = $1::uuid)::int AS count`,
          [organization.id],
        );
        return rows[0]?.count;
      };
      await expect.poll(marks, { timeout: 20_000 }).toBe(0);
    },
  };
  return company;
}

function directoryOf(
  { id, baseUrl, token }: z.infer<typeof newDirectory>,
  settled: () => Promise<void>,
): Directory {
  const send: Directory["send"] = (method, path, body) =>
    fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, status: number, body?: unknown) => {
    const answer = await send(method, path, body);
    const text = await answer.text();
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    }
    await settled();
    return text === "" ? undefined : JSON.parse(text);
  };
  const replacing = (value: object) => ({ schemas: [PATCH], Operations: [{ op: "replace", value }] });
  const references = (ids: readonly string[]) => ({ members: ids.map((value) => ({ value })) });
  return {
    id,
    send,
    async push(user) {
      return made.parse(await call("POST", "/Users", 201, { schemas: [USER], active: true, ...user })).id;
    },
    async patch(userId, value) {
      await call("PATCH", `/Users/${userId}`, 200, replacing(value));
    },
    async remove(userId) {
      await call("DELETE", `/Users/${userId}`, 204);
    },
    async addGroup(displayName, ...memberIds) {
      const group = { schemas: [GROUP], displayName, ...references(memberIds) };
      return made.parse(await call("POST", "/Groups", 201, group)).id;
    },
    async setMembers(groupId, ...memberIds) {
      await call("PATCH", `/Groups/${groupId}`, 204, replacing(references(memberIds)));
    },
    async find(filter) {
      const answer = await call("GET", `/Users?filter=${encodeURIComponent(filter)}`, 200);
      return found.parse(answer).Resources.map((resource) => resource.id);
    },
  };
}
