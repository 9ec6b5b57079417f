import { oidcRedirectUri } from "@sallyport/connections";
import type { SignInRequest } from "@sallyport/interactions";
import { findLiveSession } from "@sallyport/sessions";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";
import { createUpstreamOp, type UpstreamOp } from "../../testing/upstream-op.ts";

let fixture: SignInFixture;
let upstream: UpstreamOp;
let organizationId: string;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  upstream = await createUpstreamOp();
  organizationId = await fixture.addOrganization("bravo", ["bravo.com"]);
  const { issuer, clientId, clientSecret } = upstream;
  connectionId = await fixture.addOidcConnection(organizationId, {
    issuer,
    clientId,
    clientSecret,
    scopes: ["openid", "profile", "email", "groups"],
  });
  upstream.allow(oidcRedirectUri(fixture.publicUrl, connectionId));
});
afterAll(async () => {
  await upstream.close();
  await fixture.close();
});
beforeEach(() => {
  upstream.error = null;
  upstream.metadata = {};
  upstream.person = { sub: "jo", claims: { email: "jo@bravo.com", name: "Jo Doe" } };
});

const lastRecord = () =>
  fixture.database.prisma.loginRecord.findFirst({ where: { connectionId }, orderBy: { id: "desc" } });

function start(browser: Browser, request: Partial<SignInRequest> = {}): Promise<Page> {
  return fixture.visit(browser, { connection: connectionId, ...request });
}

async function login(request: Partial<SignInRequest> = {}) {
  const browser = createBrowser();
  const callback = await upstream.authenticate(browser, await start(browser, request));
  const visit = await browser.get(callback);
  const sessionId = visit.location === "" ? null : new URL(visit.location).searchParams.get("session");
  return { visit, callback, browser, sessionId };
}

it("signs a person in, with the same kind of session as SAML", async () => {
  upstream.person = {
    sub: "ann",
    claims: { email: "Ann@Bravo.com", email_verified: true, given_name: "Ann", groups: ["Engineering"] },
  };
  const { sessionId } = await login();
  expect(await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now())).toMatchObject({
    organizationId,
    connectionType: "oidc",
    user: { email: "ann@bravo.com", emailVerified: true, givenName: "Ann" },
    roles: ["member"],
    groups: ["Engineering"],
  });
  const record = await lastRecord();
  expect(record).toMatchObject({ outcome: "success", sessionId });
  expect(JSON.parse(record?.response ?? "")).toMatchObject({ sub: "ann", iss: upstream.issuer });
  expect(record?.request).toMatch(/state=%5Bmasked%5D/);
});

it("asks with PKCE, state and nonce, and passes on what the application wants", async () => {
  const { callback } = await login({ forceLogin: true, acrValues: ["urn:mfa"], loginHint: "jo@bravo.com" });
  expect(Object.fromEntries(upstream.lastRequest)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    prompt: "login",
    acr_values: "urn:mfa",
    login_hint: "jo@bravo.com",
    scope: "openid profile email groups",
  });
  expect(upstream.lastRequest.get("nonce")).toMatch(/^[\w-]{43}$/);
  expect(new URL(callback).searchParams.get("iss")).toBe(upstream.issuer);
});

it.each<[string, string, string[] | undefined, string]>([
  ["an IdP that announces it", "generic", ["none", "login", "select_account"], "select_account"],
  ["an IdP that is known to support it", "entra", undefined, "select_account"],
  ["an IdP that announces others", "entra", ["none", "login", "consent"], "login"],
  ["an IdP of which nothing is known", "generic", undefined, "login"],
])("asks %s for a choice of accounts, and others for a new sign-in", async (_, provider, values, prompt) => {
  upstream.metadata = values === undefined ? {} : { prompt_values_supported: values };
  const { issuer, clientId, clientSecret } = upstream;
  const connection = await fixture.addOidcConnection(
    organizationId,
    { issuer, clientId, clientSecret },
    { provider },
  );
  const ask = async (request: Partial<SignInRequest>) => {
    const { location } = await start(createBrowser(), { connection, ...request });
    return Object.fromEntries(new URL(location).searchParams);
  };
  const asked = await ask({ selectAccount: true });
  expect([asked.prompt, asked.max_age]).toEqual([prompt, prompt === "login" ? "0" : undefined]);
  expect(await ask({ selectAccount: true, maxAge: 60 })).toMatchObject({
    prompt,
    max_age: prompt === "login" ? "0" : "60",
  });
  expect(await ask({ selectAccount: true, forceLogin: true })).toMatchObject({
    prompt: "login",
    max_age: "0",
  });
});

it("takes a callback once", async () => {
  const { callback, browser } = await login();
  const again = await browser.get(callback);
  expect([again.status, (await lastRecord())?.errorCode]).toEqual([400, "login_used"]);
});

it("redeems nothing for whoever only looks", async () => {
  const browser = createBrowser();
  const callback = await upstream.authenticate(browser, await start(browser));
  const looked = await fetch(callback, {
    method: "HEAD",
    headers: { cookie: `sallyport-browser=${browser.cookies.value(fixture.publicUrl, "sallyport-browser")}` },
  });
  expect([looked.status, looked.headers.get("allow")]).toEqual([405, "GET"]);
  expect((await browser.get(callback)).status).toBe(303);
});

it("refuses another browser's callback, and keeps the login for its own", async () => {
  const browser = createBrowser();
  const callback = await upstream.authenticate(browser, await start(browser));
  const stranger = await createBrowser().get(callback);
  expect([stranger.status, (await lastRecord())?.errorCode]).toEqual([403, "login_other_browser"]);
  expect((await browser.get(callback)).status).toBe(303);
});

it("refuses another issuer's answer (RFC 9207, mix-up)", async () => {
  const browser = createBrowser();
  const callback = new URL(await upstream.authenticate(browser, await start(browser)));
  callback.searchParams.set("iss", "https://other.example.test");
  const visit = await browser.get(callback.toString());
  expect([visit.status, (await lastRecord())?.errorCode]).toEqual([400, "oidc_issuer_parameter_mismatch"]);
});

it("refuses a code that another login was given", async () => {
  const browser = createBrowser();
  const stolen = new URL(await upstream.authenticate(browser, await start(browser)));
  const other = createBrowser();
  const callback = new URL(await upstream.authenticate(other, await start(other)));
  callback.searchParams.set("code", stolen.searchParams.get("code") ?? "");
  const visit = await other.get(callback.toString());
  expect([visit.status, (await lastRecord())?.errorCode]).toEqual([400, "oidc_invalid_grant"]);
});

it("ends the IdP's own refusal on a page, with the way back to the application", async () => {
  upstream.error = { error: "access_denied", error_description: "not assigned" };
  const { visit, browser } = await login();
  expect(visit.status).toBe(403);
  expect(visit.body).not.toContain("not assigned");
  expect(await lastRecord()).toMatchObject({ outcome: "failure", errorCode: "oidc_access_denied" });
  const home = await browser.post(visit.form?.action ?? "", {
    ...visit.form?.fields,
    abort: "idp_refused",
  });
  expect(home.location).toBe("https://app.example.test/callback?error=access_denied");
});

it("tells when the IdP cannot be reached, and says so to the application", async () => {
  const id = await fixture.addOidcConnection(organizationId, {
    issuer: "http://localhost:9",
    clientId: "c",
    clientSecret: "s",
  });
  const browser = createBrowser();
  const page = await start(browser, { connection: id });
  expect(page.status).toBe(502);
  const record = await fixture.database.prisma.loginRecord.findFirst({ where: { connectionId: id } });
  expect(record).toMatchObject({ outcome: "failure", errorCode: "idp_unreachable" });
  const home = await browser.post(page.form?.action ?? "", {
    ...page.form?.fields,
    abort: "idp_unreachable",
  });
  expect(home.location).toBe("https://app.example.test/callback?error=temporarily_unavailable");
});

it("links by email only where the IdP does not disown the address", async () => {
  const { prisma } = fixture.database;
  upstream.person = { sub: "first", claims: { email: "kim@bravo.com" } };
  await login();
  upstream.person = { sub: "second", claims: { email: "kim@bravo.com", email_verified: false } };
  await login();
  const users = await prisma.user.findMany({ where: { email: "kim@bravo.com" }, orderBy: { id: "asc" } });
  expect(users.map((user) => user.emailVerified)).toEqual([true, false]);
});

it("keeps roles when Entra sends a link in place of the groups", async () => {
  await fixture.addRole(organizationId, "admin", ["Admins"]);
  const claims = { email: "eve@bravo.com" };
  upstream.person = { sub: "eve", claims: { ...claims, groups: ["Admins"] } };
  await login();
  upstream.person = { sub: "eve", claims: { ...claims, _claim_names: { groups: "src1" } } };
  const { sessionId } = await login();
  const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
  expect(session?.roles).toEqual(["admin", "member"]);
  expect(JSON.stringify((await lastRecord())?.steps)).toContain("groups_overage");
});
