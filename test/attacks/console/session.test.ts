/**
 * The console's session: how it is come by, what it is good for, and when it ends.
 * CWE-352 (cross-site request forgery), CWE-384 (session fixation), CWE-601 (open redirect), CWE-613 (insufficient session
 * expiration); RFC 6749, 10.12; RFC 9700, 4.7.
 */

import type { Browser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleSite, call, OWN, PUBLIC_URL, startConsoleSite } from "./site.ts";

const COOKIE = "__Host-sallyport_console";

let site: ConsoleSite;
let ada: string;
beforeAll(async () => {
  site = await startConsoleSite();
  ada = await site.acme.addMember("ada", "organizationAdmin");
  await site.acme.addMember("vic", "organizationViewer");
  await site.acme.addMember("nobody");
  await site.operators.addMember("olga", "operator");
}, 60_000);
afterAll(() => site.stop());

async function signedIn(name = "ada", company = site.acme): Promise<Browser> {
  const browser = site.newBrowser();
  expect((await company.signIn(browser, name)).location).toBe(`${PUBLIC_URL}/console`);
  return browser;
}
const session = (browser: Browser) => call(browser, "GET", "/console/session");

describe("signing in", () => {
  it("leads to the page that was wanted, and tells who it is and what they may do", async () => {
    const browser = site.newBrowser();
    const page = await site.acme.signIn(browser, "ada", "/console/members?q=x");
    expect([page.status, page.location]).toEqual([303, `${PUBLIC_URL}/console/members?q=x`]);
    const { status, body } = await session(browser);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      actor: { type: "person", email: "ada@acme.example.test" },
      role: "organizationAdmin",
      organization: { id: site.acme.id, slug: "acme" },
      organizations: [{ id: site.acme.id, role: "organizationAdmin" }],
      permissions: expect.arrayContaining(["members.write"]),
    });
    const listed = await call(browser, "GET", "/api/v1/organizations");
    expect(listed).toMatchObject({ status: 200, body: { items: [{ slug: "acme" }] } });
  });

  it("makes an operator of a member of the operators' organization, who reaches all", async () => {
    const browser = await signedIn("olga", site.operators);
    expect((await session(browser)).body).toMatchObject({ role: "operator", organization: null });
    expect((await call(browser, "GET", "/api/v1/organizations/bravo")).status).toBe(200);
  });

  it("lets nobody in who has no role", async () => {
    const browser = site.newBrowser();
    const page = await site.acme.signIn(browser, "nobody");
    expect([page.status, page.body.includes("console_role_missing")]).toEqual([403, true]);
    expect((await session(browser)).code).toBe("authentication_required");
  });

  it.each([
    "https://evil.example.test/",
    "//evil.example.test/console",
    "/\\evil.example.test",
    "/console/..//evil.example.test",
    "/console/../oauth2/logout",
    "/console//evil.example.test",
    "/console@evil.example.test",
    "/consoles",
    "javascript:alert(1)",
    "/console\r\nset-cookie: x=1",
    `/console/${"x".repeat(2_000)}`,
  ])("never leads away from the console: %j", async (wanted) => {
    const page = await site.acme.signIn(site.newBrowser(), "ada", wanted);
    expect(page.location).toBe(`${PUBLIC_URL}/console`);
  });

  it("counts once, and in the browser alone that began it", async () => {
    const victim = site.newBrowser();
    const attacker = site.newBrowser();
    const address = await site.acme.signInToCallback(attacker, "vic");
    for (const [name, page] of [
      ["another browser's", await victim.get(address)],
      ["its state changed", await attacker.get(address.replace(/state=[^&]{8}/, "state=AAAAAAAA"))],
      ["without a state", await attacker.get(address.replace(/state=[^&]*/, ""))],
    ] as const) {
      expect([name, page.status]).toEqual([name, 400]);
    }
    expect((await session(victim)).status).toBe(401);
    expect((await attacker.get(address)).status).toBe(303); // its own, none the worse
    expect((await session(attacker)).status).toBe(200);
    expect((await attacker.get(address)).status).toBe(400);
    // The code's second use ends what the first led to (RFC 6749, 4.1.2).
    expect((await session(attacker)).status).toBe(401);
  });

  it("gives the browser a new session, whatever cookie it brought", async () => {
    const attacker = await signedIn("vic");
    const fixed = attacker.cookies.value(PUBLIC_URL, COOKIE) ?? "";
    const victim = site.newBrowser();
    victim.cookies.hold(PUBLIC_URL, COOKIE, fixed);
    await site.acme.signIn(victim, "ada");
    expect(victim.cookies.value(PUBLIC_URL, COOKIE)).not.toBe(fixed);
    expect((await session(attacker)).status).toBe(401); // theirs was the one that was replaced
    expect((await session(victim)).body).toMatchObject({ role: "organizationAdmin" });
  });
});

describe("a request by the cookie", () => {
  const forged = [
    ["of another site", { ...OWN, "sec-fetch-site": "cross-site" }],
    ["of a neighbouring subdomain", { ...OWN, "sec-fetch-site": "same-site" }],
    ["that somebody typed", { ...OWN, "sec-fetch-site": "none" }],
    ["of another origin, from an old browser", { origin: "https://evil.test", "x-sallyport-console": "1" }],
    ["without an origin, from an old browser", { "x-sallyport-console": "1" }],
    ["of a sandboxed page", { ...OWN, origin: "null" }],
    ["without the console's header", { origin: PUBLIC_URL, "sec-fetch-site": "same-origin" }],
  ] as const;

  it.each(forged)("%s changes nothing", async (_name, headers) => {
    const browser = await signedIn();
    const body = { name: "Evil" };
    for (const [method, path] of [
      ["PATCH", "/api/v1/organizations/acme"],
      ["POST", "/console/sign-out"],
      ["PUT", "/console/session"],
    ] as const) {
      expect(await call(browser, method, path, { body, headers })).toMatchObject({
        ...{ status: 403, code: "console_request_refused" },
      });
    }
    expect(await call(browser, "GET", "/api/v1/organizations/acme")).toMatchObject({
      ...{ status: 200, body: { name: "acme" } },
    });
  });

  it("is never allowed to another origin by CORS", async () => {
    const browser = await signedIn();
    const headers = {
      ...OWN,
      origin: "https://evil.test",
      "access-control-request-headers": "x-sallyport-console",
    };
    for (const path of ["/api/v1/organizations", "/console/session"]) {
      const page = await browser.send(PUBLIC_URL + path, { method: "GET", headers });
      expect([...page.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });

  it("counts for nothing beside an Authorization", async () => {
    const browser = await signedIn();
    for (const authorization of ["Bearer sp_key_none", "Basic eDp5", "x"]) {
      const { status } = await call(browser, "GET", "/api/v1/organizations", {
        headers: { ...OWN, authorization },
      });
      expect([authorization, status]).toEqual([authorization, 401]);
    }
  });
});

describe("a session ends", () => {
  it("when the person signs out, with the sign-in that it rests on", async () => {
    const browser = await signedIn();
    expect((await call(browser, "POST", "/console/sign-out")).status).toBe(204);
    expect((await session(browser)).status).toBe(401);
    const again = await browser.get(`${PUBLIC_URL}/console/sign-in?organization=acme`);
    const next = await browser.get(again.location);
    expect(next.location).not.toContain("/console/callback");
  });

  it("with its cookie, which whoever kept a copy cannot use again", async () => {
    const browser = await signedIn();
    const copy = browser.cookies.value(PUBLIC_URL, COOKIE) ?? "";
    await call(browser, "POST", "/console/sign-out");
    const thief = site.newBrowser();
    thief.cookies.hold(PUBLIC_URL, COOKIE, copy);
    expect((await call(thief, "GET", "/api/v1/organizations")).status).toBe(401);
  });

  it("when somebody suspends or removes the person, or takes their role, at once", async () => {
    const path = "/organizations/acme/members";
    const ends: [string, (id: string) => Promise<unknown>][] = [
      ["suspended", (id) => site.gateway.api("PATCH", `${path}/${id}`, { status: "suspended" })],
      ["removed", (id) => site.gateway.api("DELETE", `${path}/${id}`)],
      ["without the role", (id) => site.gateway.api("DELETE", `${path}/${id}/console-role`)],
    ];
    for (const [name, end] of ends) {
      const person = `p-${name.replaceAll(" ", "-")}`;
      const memberId = await site.acme.addMember(person, "organizationAdmin");
      const browser = await signedIn(person);
      expect((await call(browser, "GET", "/api/v1/organizations/acme")).status).toBe(200);
      await end(memberId);
      expect([name, (await call(browser, "GET", "/api/v1/organizations/acme")).status]).toEqual([name, 401]);
      expect([name, (await session(browser)).status]).toEqual([name, 401]);
    }
  });

  it("when a session is revoked, and when its connection is disabled", async () => {
    const browser = await signedIn();
    const { body } = await site.gateway.api("GET", "/organizations/acme/sessions?live=true&limit=100");
    for (const { id } of (body as { items: { id: string }[] }).items) {
      await site.gateway.api("DELETE", `/organizations/acme/sessions/${id}`);
    }
    expect((await session(browser)).status).toBe(401);
  });

  it("after an hour unused, after twelve in any case; that of the root key after one", async () => {
    const [used, idle, busy, root] = [
      await signedIn(),
      await signedIn(),
      await signedIn(),
      site.newBrowser(),
    ];
    const authorization = `Bearer ${site.gateway.rootKey}`;
    await call(root, "POST", "/console/session", { headers: { ...OWN, authorization } });
    const at = async (minutes: number, browser: Browser) => {
      site.clock.ahead = minutes * 60_000;
      return (await session(browser)).status;
    };
    expect(await at(40, root)).toBe(200);
    expect(await at(59, used)).toBe(200);
    expect(await at(61, root)).toBe(401);
    expect(await at(61, idle)).toBe(401);
    const lasted: number[] = [];
    for (let minutes = 50; (await at(minutes, busy)) === 200; minutes += 50) {
      lasted.push(minutes);
    }
    expect(lasted.at(-1)).toBeGreaterThan(60);
    expect(lasted.at(-1)).toBeLessThan(12 * 60);
    site.clock.ahead = 0;
  });
});

describe("the root key", () => {
  it("opens the console where nobody can sign in, and makes the first operator", async () => {
    const browser = site.newBrowser();
    const authorization = `Bearer ${site.gateway.rootKey}`;
    const made = await call(browser, "POST", "/console/session", { headers: { ...OWN, authorization } });
    expect(made).toMatchObject({
      status: 201,
      body: { actor: { type: "rootKey" }, role: "operator", organization: null, organizations: [] },
    });
    expect((await call(browser, "GET", "/api/v1/signing-keys")).status).toBe(200);
    await call(browser, "POST", "/console/sign-out");
    expect((await session(browser)).status).toBe(401);
  });

  it("is not what another key is, nor taken from another site's page", async () => {
    const browser = site.newBrowser();
    for (const [authorization, headers, code] of [
      ["Bearer sp_root_wrong", OWN, "key_invalid"],
      ["", OWN, "key_invalid"],
      [
        `Bearer ${site.gateway.rootKey}`,
        { ...OWN, "sec-fetch-site": "cross-site" },
        "console_request_refused",
      ],
    ] as const) {
      const { code: told } = await call(browser, "POST", "/console/session", {
        headers: { ...headers, authorization },
      });
      expect(told).toBe(code);
    }
    expect(browser.cookies.value(PUBLIC_URL, COOKIE)).toBeUndefined();
  });
});

it("chooses among the organizations where the person has a role, and no other", async () => {
  const browser = await signedIn();
  const choose = (organizationId: string) =>
    call(browser, "PUT", "/console/session", { body: { organizationId } });
  expect(await choose(site.acme.id)).toMatchObject({ status: 200, body: { organization: { slug: "acme" } } });
  for (const id of [site.bravo.id, site.operators.id, ada]) {
    expect((await choose(id)).code).toBe("organization_not_found");
  }
});
