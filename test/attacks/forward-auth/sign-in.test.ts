/**
 * Browsers sign in to an application that has a proxy before it and knows nothing of OpenID Connect. The gateway sets its
 * cookie on that application's host: it must be that browser's, of that host, as long as the session holds, and lead
 * nowhere else. CWE-601, CWE-352, CWE-384, CWE-290; RFC 9700, 4.7; RFC 6265bis, 4.1.3.2.
 */

import { type Browser, type Page, submitForm } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IDENTITY_HEADERS } from "../../harness/auth-proxy.ts";
import { answerRestart } from "../saml/portal.ts";
import { person } from "../verify/victim.ts";
import { BLOG, type ForwardAuthSite, received, SSO, startForwardAuthSite, WIKI } from "./site.ts";

let world: ForwardAuthSite;
beforeAll(async () => {
  world = await startForwardAuthSite();
});
afterAll(() => world.stop());

const SESSION = "__Host-sallyport-host-session";
const sessionOf = (browser: Browser, origin = WIKI) => browser.cookies.value(origin, SESSION) ?? "";

/** A browser that is signed in at the wiki. */
async function signedIn(email?: string): Promise<Browser> {
  const browser = world.newBrowser();
  const page = await world.visit(browser, `${WIKI}/`, email);
  expect(page.status).toBe(200);
  return browser;
}

/** Follows every redirect. */
async function onward(browser: Browser, first: Page): Promise<Page> {
  let page = first;
  while (page.location !== "") {
    page = await browser.get(page.location);
  }
  return page;
}

/** As far as the callback, which is not visited: the one-time hand-over. */
async function handOver(browser: Browser): Promise<string> {
  await world.visit(browser, `${BLOG}/`); // signed in at the gateway
  let page = await browser.get(`${WIKI}/session/start?return_to=/`);
  while (!page.location.startsWith(`${WIKI}/session/callback?`)) {
    page = await browser.get(page.location);
  }
  return page.location;
}

/** Whether the wiki lets a request with this cookie pass. */
async function passes(cookie: string, origin = WIKI): Promise<boolean> {
  const page = await world.newBrowser().send(`${origin}/`, { method: "GET", headers: { cookie } });
  return page.status === 200;
}

describe("a browser", () => {
  it("signs in once, and comes to the page that it asked for", async () => {
    const browser = world.newBrowser();
    const page = await world.visit(
      browser,
      `${WIKI}/pages/a%20b?x=1&y=%2F&return_to=z`,
      "bea@acme.example.test",
    );
    expect(received(page)).toMatchObject({
      uri: "/pages/a%20b?x=1&y=%2F&return_to=z",
      "x-auth-application": world.wiki.clientId,
      "x-auth-email": "bea@acme.example.test",
      "x-auth-org-slug": "acme",
      "x-auth-roles": "member",
      "x-auth-omitted": "",
    });
    expect((await browser.get(`${WIKI}/again`)).status).toBe(200);
    expect((await world.visit(browser, `${BLOG}/too`)).status).toBe(200);
  });

  it("is given cookies of that host alone, for all of it, out of reach of scripts and plain http", async () => {
    const browser = world.newBrowser();
    const page = await browser.get(`${WIKI}/session/start?return_to=/`);
    const lines = page.headers.getSetCookie();
    const callback = await browser.get(await handOver(browser));
    for (const line of [...lines, ...callback.headers.getSetCookie()]) {
      expect(line).toMatch(/^__Host-sallyport-host-(browser|session)=/);
      expect(line).toMatch(/; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
      expect(line).not.toMatch(/domain=/i);
    }
    expect([lines.length, callback.headers.getSetCookie().length]).toEqual([1, 1]);
  });

  it("signs in in two tabs at once", async () => {
    const browser = await signedIn();
    const [one, two] = [
      await browser.get(`${WIKI}/session/start?return_to=/one`),
      await browser.get(`${WIKI}/session/start?return_to=/two`),
    ];
    for (const [page, path] of [
      [two, "/two"],
      [one, "/one"],
    ] as const) {
      const end = await onward(browser, page);
      expect(received(end).uri).toBe(path);
    }
  });

  it("is let out at once when its session is revoked, and when its person signs out", async () => {
    const browser = await signedIn();
    const { "x-auth-session": id = "" } = received(await browser.get(`${WIKI}/`));
    await world.site.gateway.api("DELETE", `/organizations/acme/sessions/${id}`);
    const page = await browser.get(`${WIKI}/`);
    expect([page.status, page.location]).toEqual([
      302,
      `${WIKI}/session/start?organization=acme&return_to=/`,
    ]);

    const leaver = await signedIn();
    await submitForm(leaver, await leaver.get(`${SSO}/oauth2/logout?client_id=${world.wiki.clientId}`));
    expect((await leaver.get(`${WIKI}/`)).status).toBe(302);
  });
});

describe("the way back", () => {
  it.each([
    ["another host", "https://evil.example/"],
    ["another host, encoded", "https%3A%2F%2Fevil.example%2F"],
    ["a host without a scheme", "//evil.example/"],
    ["one, encoded", "%2F%2Fevil.example%2F"],
    ["backslashes", "/\\evil.example/"],
    ["backslashes, encoded", "%2F%5Cevil.example"],
    ["a path that resolves to one", "/..//evil.example/"],
    ["a tab that browsers drop", "/%09/evil.example"],
    ["a user before the host", "@evil.example/"],
    ["a script", "javascript:alert(1)"],
    ["a line break", "%2F%0d%0aset-cookie:%20x=y"],
    ["too much", `/${"x".repeat(2_000)}`],
  ])("stays on the host: %s", async (_, returnTo) => {
    const browser = world.newBrowser();
    await world.visit(browser, `${BLOG}/`);
    let page = await browser.get(`${WIKI}/session/start?return_to=${returnTo}`);
    while (!page.url.startsWith(`${WIKI}/session/callback`)) {
      page = await browser.get(page.location);
    }
    const { origin, pathname } = new URL(page.location);
    expect([page.status, origin]).toEqual([303, WIKI]);
    expect(pathname).not.toMatch(/^\/[/\\]/);
    expect(page.headers.getSetCookie().join()).not.toContain("x=y");
  });

  it("begins for no host that no application has registered, whoever says that it was asked for", async () => {
    for (const headers of [
      { "x-forwarded-host": "evil.example" },
      { "x-forwarded-host": "wiki.example.test.evil.example" },
      { "x-forwarded-host": "evil.example/wiki.example.test" },
      { "x-forwarded-host": "wiki.example.test@evil.example" },
      { "x-forwarded-host": "" },
    ]) {
      const page = await world
        .newBrowser()
        .send(`${SSO}/session/start?return_to=/`, { method: "GET", headers });
      expect([page.status, page.location]).toEqual([400, ""]);
      expect(page.headers.getSetCookie()).toEqual([]);
    }
  });

  it("ends in no other host's cookie: a code goes to the registered address alone", async () => {
    const browser = world.newBrowser();
    await world.visit(browser, `${BLOG}/`);
    const forged = { "x-forwarded-host": "wiki.example.test" };
    const page = await browser.send(`${SSO}/session/start?return_to=/`, { method: "GET", headers: forged });
    let at = page;
    while (at.location !== "" && !at.location.startsWith(`${WIKI}/`)) {
      at = await browser.get(at.location);
    }
    const end = await browser.get(at.location);
    expect([end.status, sessionOf(browser)]).toEqual([400, ""]);
  });
});

describe("a hand-over", () => {
  it("is of the browser that began: the victim does not become the attacker", async () => {
    const attacker = world.newBrowser();
    const callback = await handOver(attacker);
    const victim = world.newBrowser();
    const page = await victim.get(callback);
    expect([page.status, sessionOf(victim)]).toEqual([400, ""]);
    // A victim who has begun a sign-in of their own has another token.
    const begun = world.newBrowser();
    await begun.get(`${WIKI}/session/start?return_to=/`);
    expect([(await begun.get(callback)).status, sessionOf(begun)]).toEqual([400, ""]);
    expect([(await attacker.get(callback)).status, sessionOf(attacker)]).not.toContain("");
  });

  it("is worth nothing to a thief, at the callback or at the token endpoint", async () => {
    const victim = world.newBrowser();
    const callback = await handOver(victim);
    expect((await world.newBrowser().get(callback)).status).toBe(400);
    const { searchParams } = new URL(callback);
    const redeemed = await world.newBrowser().post(`${SSO}/oauth2/token`, {
      grant_type: "authorization_code",
      client_id: world.wiki.clientId,
      code: searchParams.get("code") ?? "",
      redirect_uri: `${WIKI}/session/callback`,
      code_verifier: searchParams.get("state") ?? "",
    });
    expect([redeemed.status, redeemed.body]).toEqual([401, expect.stringContaining("invalid_client")]);
  });

  it("is good once, and a second use ends what the first gave", async () => {
    const browser = world.newBrowser();
    const callback = await handOver(browser);
    expect((await browser.get(callback)).status).toBe(303);
    expect((await browser.get(`${WIKI}/`)).status).toBe(200);
    expect((await browser.get(callback)).status).toBe(400);
    expect((await browser.get(`${WIKI}/`)).status).toBe(302);
  });

  it.each([
    [
      "the code of another sign-in of the same browser",
      (own: URL, other: URL) => {
        own.searchParams.set("code", other.searchParams.get("code") ?? "");
      },
    ],
    [
      "a state that was changed",
      (own: URL) => {
        const [body = "", mac] = (own.searchParams.get("state") ?? "").split(".");
        const state = {
          ...JSON.parse(Buffer.from(body, "base64url").toString()),
          returnTo: "https://evil.example/",
        };
        own.searchParams.set("state", `${Buffer.from(JSON.stringify(state)).toString("base64url")}.${mac}`);
      },
    ],
    ["no state", (own: URL) => own.searchParams.delete("state")],
    ["a code of the attacker's making", (own: URL) => own.searchParams.set("code", "x".repeat(43))],
  ])("is refused with %s", async (_, change) => {
    const browser = world.newBrowser();
    const [own, other] = [new URL(await handOver(browser)), new URL(await handOver(browser))];
    change(own, other);
    const page = await browser.get(own.href);
    expect([page.status, sessionOf(browser)]).toEqual([400, ""]);
  });

  it("is not another host's", async () => {
    const browser = world.newBrowser();
    const callback = new URL(await handOver(browser));
    const page = await browser.get(`${BLOG}/session/callback${callback.search}`);
    expect(page.status).toBe(400);
  });
});

describe("a cookie", () => {
  it("opens its own application alone", async () => {
    const cookie = `${SESSION}=${sessionOf(await signedIn())}`;
    expect([await passes(cookie), await passes(cookie, BLOG)]).toEqual([true, false]);
  });

  it("is nobody's but ours to make, and no other of ours passes for it", async () => {
    const browser = await signedIn();
    const good = sessionOf(browser);
    const [body = "", mac = ""] = good.split(".");
    const said = JSON.parse(Buffer.from(body, "base64url").toString());
    const anew = (changes: object) =>
      Buffer.from(JSON.stringify({ ...said, ...changes })).toString("base64url");
    const { location } = await browser.get(`${WIKI}/session/start?return_to=/`);
    const state = new URL(location).searchParams.get("state") ?? "";
    const forged = [
      `${anew({ exp: said.exp + 3600 })}.${mac}`,
      `${anew({ aud: world.blog.clientId })}.${mac}`,
      `${body}.`,
      `${body}.${"A".repeat(43)}`,
      body,
      `.${mac}`,
      state,
      "x".repeat(5_000),
      "%00",
    ];
    for (const value of forged) {
      expect(await passes(`${SESSION}=${value}`), value.slice(0, 60)).toBe(false);
    }
    // Nor under a name that a neighbouring subdomain could set.
    for (const name of ["sallyport-host-session", `\u00a0${SESSION}`]) {
      expect(await passes(`x=y; ${name}=${good}`), name).toBe(false);
    }
    expect(await passes(`${SESSION}=${good}`)).toBe(true);
  });
});

describe("headers", () => {
  it("are the gateway's alone: whatever the client sends under their names is replaced", async () => {
    const browser = await signedIn();
    const forged = Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, "admin"]));
    const page = await browser.send(`${WIKI}/`, { method: "GET", headers: forged });
    const told = received(page);
    for (const name of IDENTITY_HEADERS) {
      expect(told[name], name).not.toBe("admin");
      expect(told[name], name).toBeDefined();
    }
  });

  it("are short enough for a proxy, and say what was left out", async () => {
    const groups = Array.from({ length: 200 }, (_, n) => `Group ${n} ${"x".repeat(30)}`);
    const browser = world.newBrowser();
    const atIdp = await world.visit(browser, `${WIKI}/`, null);
    const who = person("gus@acme.example.test", { groups });
    const { tenant, idp } = world.company;
    const at = await onward(browser, await answerRestart(tenant, idp, browser, atIdp, who));
    const told = received(at);
    expect(told).toMatchObject({ "x-auth-groups": "", "x-auth-omitted": "groups", "x-auth-roles": "member" });
    expect(IDENTITY_HEADERS.map((name) => `${name}: ${told[name]}\r\n`).join("").length).toBeLessThan(3_800);
  });
});

describe("a proxy that lets the gateway answer (Traefik, Caddy, Envoy)", () => {
  const ask = (headers: Record<string, string>, more = "") =>
    world.newBrowser().send(`${SSO}/session/verify?audience=${world.wiki.clientId}&sign_in=redirect${more}`, {
      method: "GET",
      headers: { "x-forwarded-host": "wiki.example.test", "x-forwarded-uri": "/page?x=1&y=2", ...headers },
    });
  const start = (path: string) => `${WIKI}/session/start?return_to=${encodeURIComponent(path)}`;

  it("is told where a page signs in", async () => {
    const page = await ask({});
    expect([page.status, page.location]).toEqual([302, start("/page?x=1&y=2")]);
    const envoy = await ask({ "x-forwarded-uri": "/other" }, "&path=/page?x=1");
    expect(envoy.location).toBe(start("/page?x=1"));
  });

  it.each([
    ["a script's request", { "sec-fetch-mode": "cors" }],
    ["an image", { "sec-fetch-mode": "no-cors", accept: "image/*" }],
    ["a program", { accept: "application/json" }],
    ["a form that is posted", { "x-forwarded-method": "POST" }],
    ["a host that is not the application's", { "x-forwarded-host": "evil.example" }],
    ["another application's host", { "x-forwarded-host": "blog.example.test" }],
  ])("is told 401 for %s", async (_, headers) => {
    const page = await ask(headers);
    expect([page.status, page.location]).toEqual([401, ""]);
  });

  it.each(["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil.example"])(
    "is not told to leave the host for %s",
    async (uri) => {
      expect((await ask({ "x-forwarded-uri": uri })).location).toBe(start("/"));
    },
  );
});
