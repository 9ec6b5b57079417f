/**
 * prompt=login (or max_age) taken out of the request to an OpenID Provider: it travels through the browser of the very
 * person who shall prove again who they are. Whoever sits at a session that was left open removes it, and is let in by what
 * the IdP remembers. OpenID Connect Core §2 (auth_time), §3.1.2.1 (prompt, max_age), §5.5.1.1; CWE-642.
 */

import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type HostileIdp, startHostileIdp } from "./hostile-idp.ts";
import { letIn, signIn } from "./sign-in.ts";

const HOUR = 3600;
let site: OidcSite;
let idp: HostileIdp;
let tenant: OidcTenant;
beforeAll(async () => {
  [site, idp] = await Promise.all([startOidcSite(), startHostileIdp()]);
  tenant = await site.addTenant("bravo", idp, {}, ["bravo.test"]);
});
afterAll(async () => {
  await idp.close();
  await site.stop();
});
beforeEach(() => {
  idp.reset();
  idp.authenticatedAt -= HOUR;
});

const AUTH_TIME = { id_token: { auth_time: { essential: true } } };
const strip =
  (...names: string[]) =>
  ({ searchParams }: URL) => {
    for (const name of names) {
      searchParams.delete(name);
    }
  };

it("asks for a new login, and for its time as essential, in every way that there is", async () => {
  const { request, page, start } = await signIn(site, tenant, idp, { choice: { prompt: "login" } });
  const { prompt, max_age, claims = "" } = Object.fromEntries(request.searchParams);
  expect([prompt, max_age, JSON.parse(claims)]).toEqual(["login", "0", AUTH_TIME]);
  expect(letIn(page)).toBe(true);
  const { auth_time } = await site.application.claimsOf(start, page.location);
  expect(auth_time).toBe(idp.authenticatedAt);
});

it("asks for the application's max_age, and lets in whoever is within it", async () => {
  const { request, page, start } = await signIn(site, tenant, idp, { choice: { max_age: "7200" } });
  const { prompt, max_age, claims = "" } = Object.fromEntries(request.searchParams);
  expect([prompt, max_age, JSON.parse(claims)]).toEqual([undefined, "7200", AUTH_TIME]);
  const { auth_time } = await site.application.claimsOf(start, page.location);
  expect(auth_time).toBe(idp.authenticatedAt);
});

it.each([
  ["prompt", ["prompt", "max_age"], "login_not_fresh"],
  ["all of it", ["prompt", "max_age", "claims"], "auth_time_missing"],
])("refuses a remembered login where %s was taken out", async (_, names, code) => {
  const onTheWay = strip(...names);
  const { page } = await signIn(site, tenant, idp, { choice: { prompt: "login" }, onTheWay });
  expect([page.status, letIn(page)]).toEqual([403, false]);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: code });
});

it("refuses a login of an unknown time where the application's max_age was taken out", async () => {
  const onTheWay = strip("max_age", "claims");
  const { page } = await signIn(site, tenant, idp, { choice: { max_age: "600" }, onTheWay });
  expect([page.status, letIn(page)]).toEqual([403, false]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "auth_time_missing" });
});

it("sends a remembered login on to a new one where it is older than the application's max_age", async () => {
  const onTheWay = strip("max_age");
  const { page } = await signIn(site, tenant, idp, { choice: { max_age: "600" }, onTheWay });
  const again = new URL(page.location);
  expect([again.origin, again.searchParams.get("prompt")]).toEqual([idp.issuer, "login"]);
});

it("refuses an IdP that cannot tell, and says what to do; without force it lets people in, and tells no time", async () => {
  idp.tellsAuthTime = "never";
  const forced = await signIn(site, tenant, idp, { choice: { prompt: "login" } });
  expect([forced.page.status, forced.page.body.includes("does not say when you signed in")]).toEqual([
    403,
    true,
  ]);
  const { steps } = await tenant.lastRecord();
  expect(JSON.stringify(steps)).toContain("Have the IdP put auth_time into the ID token");

  const { page, start } = await signIn(site, tenant, idp);
  const claims = await site.application.claimsOf(start, page.location);
  expect([claims.email, claims.auth_time]).toEqual(["jo@bravo.test", undefined]);
});

it.each([
  ["userinfo, which is not signed", () => ({ userinfo: { ...idp.userinfo, auth_time: nowInSeconds() } })],
  ["a time to come", () => ({ claims: { auth_time: nowInSeconds() + HOUR } })],
  ["milliseconds", () => ({ claims: { auth_time: Date.now() } })],
])("takes no word of the time from %s", async (_, said) => {
  Object.assign(idp, { tellsAuthTime: "never", ...said() });
  const { page } = await signIn(site, tenant, idp, { choice: { prompt: "login" } });
  expect([page.status, letIn(page)]).toEqual([403, false]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "auth_time_missing" });
});

it("goes by the session's own time for max_age, and has people of an unknown time sign in anew", async () => {
  const known = await signIn(site, tenant, idp, { choice: { max_age: "7200" } });
  const { browser } = known;
  const within = await tenant.leave(browser, { max_age: "4000" });
  expect(letIn(within.page)).toBe(true);
  const beyond = await tenant.leave(browser, { max_age: "600" });
  expect(new URL(beyond.page.location).searchParams.get("prompt")).toBe("login");

  const unknown = await signIn(site, tenant, idp);
  const asked = await tenant.leave(unknown.browser, { max_age: "999999" });
  expect(new URL(asked.page.location).searchParams.get("prompt")).toBe("login");
  const silent = await tenant.leave(unknown.browser, { max_age: "999999", prompt: "none" });
  expect(new URL(silent.page.location).searchParams.get("error")).toBe("login_required");
});

it("asks an IdP that knows the claims parameter for the time of every login", async () => {
  idp.metadata = { claims_parameter_supported: true };
  const other = await site.addTenant("charlie", idp);
  const { page, start, request } = await signIn(site, other, idp);
  expect(JSON.parse(request.searchParams.get("claims") ?? "")).toEqual({ id_token: { auth_time: null } });
  const { auth_time } = await site.application.claimsOf(start, page.location);
  expect(auth_time).toBe(idp.authenticatedAt);
});

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

it("lets whoever chose a remembered account in, but within the application's max_age alone", async () => {
  idp.metadata = { prompt_values_supported: ["none", "login", "select_account"] };
  const offers = await site.addTenant("offers", idp, {}, ["offers.test"]);
  const chosen = await signIn(site, offers, idp, { choice: { prompt: "select_account" } });
  const { prompt, max_age } = Object.fromEntries(chosen.request.searchParams);
  expect([prompt, max_age, letIn(chosen.page)]).toEqual(["select_account", undefined, true]);

  const choice = { prompt: "select_account", max_age: "600" };
  const late = await signIn(site, offers, idp, { choice, onTheWay: strip("max_age") });
  expect(new URL(late.page.location).searchParams.get("prompt")).toBe("login");
});

it("asks for a new login where no account can be chosen, and takes no remembered one for it", async () => {
  const choice = { prompt: "select_account" };
  const asked = await signIn(site, tenant, idp, { choice });
  expect([asked.request.searchParams.get("prompt"), letIn(asked.page)]).toEqual(["login", true]);
  idp.authenticatedAt -= HOUR;
  const { page } = await signIn(site, tenant, idp, { choice, onTheWay: strip("prompt", "max_age") });
  expect([page.status, letIn(page)]).toEqual([403, false]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_not_fresh" });
});
