import { newId } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { createTestIdp, type TestIdp } from "@sallyport/saml/testing";
import { followWithin, submitForm } from "@sallyport/testing-browser";
import { decodeJwt } from "jose";
import { expect, vi } from "vitest";
import { z } from "zod";
import { answerRestart, unsolicited } from "../attacks/saml/portal.ts";
import { answer } from "../attacks/saml/victim.ts";
import { readRequest, type SamlSite, type SamlTenant, startSamlSite } from "../harness/saml-site.ts";
import { type ScriptedOp, startScriptedOp } from "../harness/scripted-op.ts";
import { startListeners } from "./listeners.ts";
import { entraPatch, entraUser, oktaChange, oktaUser, type UnusualPerson } from "./person.ts";

const made = z.object({ id: z.string() });
const directory = z.object({ id: z.string(), baseUrl: z.string(), token: z.string() });
const members = z.object({ items: z.array(z.object({ id: z.string(), userId: z.string() })) });
const url = z.object({ url: z.string() });

type Directory = z.infer<typeof directory>;

/** One organization whose people come by two directories, SAML and OpenID Connect. */
export interface World {
  readonly site: SamlSite;
  readonly idp: TestIdp;
  readonly organizationId: string;
  readonly okta: Directory;
  readonly entra: Directory;
  /** Puts somebody into everything that keeps anything of people. */
  populate(person: UnusualPerson): Promise<Populated>;
  /** Sends a SCIM request, of whatever outcome. */
  scim(
    to: Directory,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }>;
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  memberOf(address: string): Promise<{ readonly id: string; readonly userId: string } | undefined>;
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export interface Populated {
  readonly userId: string;
  readonly memberId: string;
  readonly oktaId: string;
  readonly entraId: string;
  readonly accessToken: string;
}

export async function createWorld(
  redis?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<World> {
  const site = await startSamlSite(undefined, {
    env: { RATE_LIMITS: "off", TRUST_PROXY: "loopback", ...env },
    ...(redis === undefined ? {} : { redis }),
  });
  const idp = createTestIdp({ entityId: "https://idp.acme.example.test" });
  const op = await startScriptedOp();
  const idpInitiated = { applicationId: site.application.id };
  const tenant = await site.addTenant("acme", { metadataXml: idp.metadata(), idpInitiated });
  const { database } = site.gateway;

  const api: World["api"] = async (method, path, body) => {
    const answer = await site.gateway.api(method, path, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  };
  const scim: World["scim"] = async (to, method, path, body) => {
    const answer = await fetch(`${to.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${to.token}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const settle = () =>
    vi.waitFor(
      async () => {
        const { rows } = await database.sql.query(
          "SELECT FROM dirty_directory_users UNION ALL SELECT FROM dirty_directory_groups LIMIT 1",
        );
        expect(rows).toEqual([]);
      },
      { timeout: 30_000, interval: 20 },
    );

  const okta = directory.parse(
    await api("POST", "/organizations/acme/directories", { name: "Okta", provider: "okta" }),
  );
  const entra = directory.parse(
    await api("POST", "/organizations/acme/directories", { name: "Entra", provider: "entra" }),
  );
  const oidc = made.parse(
    await api("POST", "/organizations/acme/connections", {
      type: "oidc",
      name: "OIDC",
      oidc: { issuer: op.issuer, clientId: "gateway", clientSecret: "the secret of acme" },
    }),
  );
  await api("PUT", "/organizations/acme/group-mappings", [{ group: "Astronomers", role: "admin" }]);
  await api("PUT", "/organizations/acme/guard", { share: 0, people: 1, minutes: 60 });
  const group = made.parse(
    (
      await scim(okta, "POST", "/Groups", {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        displayName: "Astronomers",
        members: [],
      })
    ).body,
  );
  const organization = made.parse(await api("GET", "/organizations/acme"));
  await api("POST", "/organizations/acme/members", { email: "somebody.else@acme.example.test" });
  const memberOf: World["memberOf"] = async (address) =>
    members.parse(await api("GET", `/organizations/acme/members?email=${encodeURIComponent(address)}`))
      .items[0];

  const listeners = await startListeners(site, api);
  const world: World = {
    site,
    idp,
    organizationId: organization.id,
    okta,
    entra,
    scim,
    api,
    memberOf,
    settle,
    populate: async (person) => {
      const context = { world, tenant, oidcId: oidc.id, groupId: group.id, op };
      const { oktaId, entraId } = await pushEverywhere(context, person);
      const { accessToken, formerSession } = await signInEverywhere(context, person);
      const member = await memberOf(person.address);
      expect(member).toBeDefined();
      const { id: memberId, userId } = member ?? { id: "", userId: "" };
      await mentionEverywhere(context, person, userId);
      await listeners.hearOf(person, {
        rename: async () => {
          const value = { displayName: `${person.givenName} ${person.familyName} II`, nickName: newId() };
          const change = { schemas: [PATCH], Operations: [{ op: "replace", value }] };
          await scim(okta, "PATCH", `/Users/${oktaId}`, change);
          await scim(entra, "PATCH", `/Users/${entraId}`, change);
          await settle();
        },
        endSession: () => api("DELETE", `/organizations/acme/sessions/${formerSession}`),
      });
      await api("PUT", `/organizations/acme/members/${memberId}/console-role`, { role: "organizationAdmin" });
      return { userId, memberId, oktaId, entraId, accessToken };
    },
    stop: async () => {
      await site.stop();
      await listeners.stop();
      await op.close();
    },
  };
  return world;
}

interface Context {
  readonly world: World;
  readonly tenant: SamlTenant;
  readonly oidcId: string;
  readonly groupId: string;
  readonly op: ScriptedOp;
}

const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** By both directories: new, looked up, changed, in groups, refused, in bulk. */
async function pushEverywhere({ world, groupId }: Context, person: UnusualPerson) {
  const { okta, entra, scim, settle } = world;
  const lookUp = (value: string) => `/Users?filter=${encodeURIComponent(`userName eq "${value}"`)}`;
  await scim(okta, "GET", lookUp(person.formerAddress));
  const { id: oktaId } = made.parse((await scim(okta, "POST", "/Users", oktaUser(person))).body);
  await settle();
  expect((await scim(okta, "POST", "/Users", oktaUser(person))).status).toBe(409);
  expect((await scim(okta, "PUT", `/Users/${oktaId}`, oktaChange(person, oktaId))).status).toBe(200);
  await settle();
  await scim(okta, "GET", lookUp(person.address));
  await scim(okta, "GET", "/Users?startIndex=1&count=100");
  await scim(okta, "POST", "/Users/.search", {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
    filter: `emails.value eq "${person.secondAddress}"`,
  });

  await scim(entra, "GET", `/Users?filter=${encodeURIComponent(`externalId eq "${person.nickname}"`)}`);
  const { id: entraId } = made.parse((await scim(entra, "POST", "/Users", entraUser(person))).body);
  await settle();
  expect((await scim(entra, "PATCH", `/Users/${entraId}`, entraPatch(person))).status).toBe(200);
  await settle();
  const bulk = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
    Operations: [
      {
        method: "PATCH",
        path: `/Users/${entraId}`,
        data: { schemas: [PATCH], Operations: [{ op: "replace", path: "nickName", value: person.nickname }] },
      },
    ],
  };
  expect((await scim(entra, "POST", "/Bulk", bulk)).status).toBe(200);

  const display = `${person.givenName} ${person.familyName}`;
  const add = { op: "add", path: "members", value: [{ value: oktaId, display }] };
  await scim(okta, "PATCH", `/Groups/${groupId}`, { schemas: [PATCH], Operations: [add] });
  await settle();
  // Held, by a guard that lets nobody lose anything.
  const remove = { op: "remove", path: `members[value eq "${oktaId}"]` };
  await scim(okta, "PATCH", `/Groups/${groupId}`, { schemas: [PATCH], Operations: [remove] });
  await scim(entra, "POST", "/Groups", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: `Group of ${newId()}`,
    // By an externalId that the directory gave up meanwhile: a member who may yet come.
    members: [{ value: entraId, display }, { value: person.nickname }],
  });
  await settle();
  return { oktaId, entraId };
}

/** By both IdPs: good, refused, asked for by nobody, and as a test. */
async function signInEverywhere({ world, tenant, oidcId, op }: Context, person: UnusualPerson) {
  const { site, idp, api } = world;
  const headers = { "x-forwarded-for": person.ip };
  const who = {
    nameId: person.nameId,
    attributes: {
      email: person.address,
      givenName: person.givenName,
      surname: person.familyName,
      displayName: `${person.givenName} ${person.familyName}`,
      groups: ["Astronomers"],
    },
  };
  const inside = site.gateway.url;
  const bySaml = async () => {
    const browser = site.newBrowser(headers);
    const start = site.application.startUrl({ connection: tenant.connectionId, login_hint: person.address });
    const page = await followWithin(browser, await browser.get(start.url), inside);
    const back = await answerRestart(tenant, idp, browser, page, who);
    const { location } = await followWithin(browser, back, inside);
    return site.application.tokensOf(start, location);
  };
  const former = await bySaml();
  const { accessToken } = await bySaml();

  op.claims = {
    sub: person.subject,
    email: person.address,
    email_verified: true,
    name: `${person.givenName} ${person.familyName}`,
    preferred_username: person.preferredUsername,
    phone_number: person.phone,
  };
  const browser = site.newBrowser(headers);
  const start = site.application.startUrl({ connection: oidcId });
  let page = await browser.get(start.url);
  while (page.location.startsWith(inside) || page.location.startsWith(op.issuer)) {
    page = await browser.get(page.location);
  }
  await site.application.tokensOf(start, page.location);

  // Refused: signed by nobody, for somebody else.
  for (const wrong of [{ sign: "none" as const }, { audience: "https://elsewhere.example.test" }]) {
    const failing = site.newBrowser(headers);
    const departure = await tenant.leave(failing, { connection: tenant.connectionId });
    await answerRestart(tenant, idp, failing, departure.page, { ...who, ...wrong });
  }
  const portal = site.newBrowser(headers);
  await tenant.post(portal, { SAMLResponse: unsolicited(tenant, idp, who) });
  // Begun, and never gone on with.
  const leaving = site.newBrowser(headers);
  const hint = { connection: tenant.connectionId, login_hint: person.address };
  await followWithin(leaving, await leaving.get(site.application.startUrl(hint).url), inside);
  await site.newBrowser(headers).get(site.application.startUrl({ login_hint: person.formerAddress }).url);
  const pushed = new URL(site.application.startUrl({ organization: "acme", login_hint: person.address }).url);
  const par = await fetch(`${inside}/oauth2/par`, { method: "POST", body: pushed.searchParams });
  expect(par.status).toBe(201);

  const test = url.parse(
    await api("POST", `/organizations/acme/connections/${tenant.connectionId}/test-logins`),
  );
  const tester = site.newBrowser(headers);
  const toIdp = await followWithin(tester, await tester.get(test.url), inside);
  const asked = readRequest(toIdp);
  let tested = await tester.post(
    tenant.acsUrl,
    { SAMLResponse: answer(tenant, idp, asked, who), RelayState: asked.relayState },
    "fromOtherSite",
  );
  while (tested.form?.action === tenant.acsUrl) {
    tested = await submitForm(tester, tested);
  }
  expect(tested.body).toContain("The test is done");
  return { accessToken, formerSession: String(decodeJwt(former.accessToken).sid) };
}

/** By administrators: typed into names, looked for, noted by a setup page; and as an administrator themselves. */
async function mentionEverywhere({ world }: Context, person: UnusualPerson, userId: string) {
  const { site, api, organizationId } = world;
  const { sql } = site.gateway.database;
  const name = `${person.givenName} ${person.familyName}`;
  await api("GET", `/search?q=${encodeURIComponent(person.address)}`);
  await api("GET", `/organizations/acme/search?q=${encodeURIComponent(name)}`).catch(() => undefined);
  const link = z
    .object({ url: z.string() })
    .parse(await api("POST", "/organizations/acme/setup-links", { intents: ["sso"], name: `For ${name}` }));
  const token = link.url.slice(link.url.lastIndexOf("/") + 1);
  const progress = { step: "test", tester: { email: person.address, note: "tried it" } };
  await site.gateway.api("PUT", "/setup/progress", { progress }, token);
  await sql.query("UPDATE setup_links SET progress = $2 WHERE name = $1", [`For ${name}`, progress]);
  await api("POST", "/api-keys", { name: `Laptop of ${person.address}`, organization: "acme" });
  await api("PATCH", `/organizations/acme/members/${(await world.memberOf(person.address))?.id}`, {
    roles: ["admin"],
    takeOver: true,
  }).catch(() => undefined);
  const other = await sql.query<{ id: string }>(
    "SELECT id FROM users WHERE organization_id = $1 AND id <> $2 LIMIT 1",
    [organizationId, userId],
  );
  const conflictId = newId();
  const claim = `address:${person.formerAddress.toLowerCase()}`;
  const otherUserId = other.rows[0]?.id ?? userId;
  if (otherUserId !== userId) {
    await sql.query(
      `INSERT INTO conflicts (id, organization_id, user_id, other_user_id, claim, source)
       VALUES ($1, $2, $3, $4, $5, 'manual')`,
      [conflictId, organizationId, otherUserId, userId, claim],
    );
  }
  await recordEvents(sql, [
    {
      organizationId,
      type: "conflict.created",
      actor: { type: "system" },
      resource: { type: "conflict", id: conflictId },
      after: { userId: otherUserId, otherUserId: userId, claim },
    },
    // What the person did as an administrator.
    {
      organizationId,
      type: "group_mapping.created",
      actor: { type: "user", id: userId },
      ip: person.ip,
      resource: { type: "groupMapping", id: newId() },
      after: { group: "Astronomers", role: "admin" },
    },
  ]);
}
