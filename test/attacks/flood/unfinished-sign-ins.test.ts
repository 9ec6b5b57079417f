/**
 * Sign-ins that are started and never finished: each leaves a request that waits, a login request and a login record, and
 * needs nothing but an application's client id. Nobody who finishes theirs may notice, behind the same address, neither.
 * CWE-770 (allocation without limits), CWE-645 (a lockout that an attacker can bring about).
 */

import { formOf } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { letIn } from "../saml/victim.ts";
import { ask, come, type FloodSite, signInAt, startFloodSite } from "./site.ts";

// It stands still, so that nothing is forgotten meanwhile: but when a test says so.
let clock = Date.now();
let site: FloodSite;
beforeAll(async () => {
  site = await startFloodSite("signIn=0.1/30", { now: () => new Date(clock) });
});
afterAll(() => site.stop());

/** Asks so many times, each time as another browser; the statuses that came. */
async function flood(times: number, ip: (n: number) => string, slug = "acme"): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) {
    statuses.push((await ask(site, site.browserAt(ip(n)), slug)).status);
  }
  return statuses;
}
const refused = (statuses: readonly number[]) => statuses.filter((status) => status === 429).length;

describe("from one address", () => {
  it("end in a page that says when to come back, and in no more rows", async () => {
    const before = { requests: await site.rows("login_requests"), waiting: await site.rows("op_artifacts") };
    const statuses = await flood(50, () => "192.0.2.11");
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(303));
    expect(statuses.slice(30)).toEqual(Array(20).fill(429));
    expect(await site.rows("login_requests")).toBe(before.requests + 30);
    expect(await site.rows("op_artifacts")).toBe(before.waiting + 30);

    const page = await ask(site, site.browserAt("192.0.2.11"), "acme");
    expect(page.body).toContain("Too many sign-ins");
    expect(page.body).toContain("request id");
    expect(page.headers.getSetCookie()).toEqual([]);
    const answer = await fetch(page.url, {
      headers: { "x-forwarded-for": "192.0.2.11" },
      redirect: "manual",
    });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.headers.get("location")).toBeNull();
  });

  it("are let in again, a few, after the time that was told", async () => {
    await flood(40, () => "192.0.2.21");
    clock += 20_000;
    expect(refused(await flood(10, () => "192.0.2.21"))).toBe(8);
  });

  it("hinder nobody elsewhere, at the same connection and application", async () => {
    await flood(50, () => "192.0.2.31");
    expect(await signInAt(site.acme, site.browserAt("192.0.2.32"))).toBe(true);
  });

  it("hinder nobody there who had left for the IdP before", async () => {
    const browser = site.browserAt("192.0.2.41");
    const departure = await site.acme.leave(browser);
    await flood(50, () => "192.0.2.41");
    expect(letIn(await come(site.acme, browser, departure))).toBe(true);
  });

  it("cannot be told apart by a forged X-Forwarded-For", async () => {
    // The proxy in front adds the address that it sees behind whatever the client has sent.
    expect(refused(await flood(50, (n) => `198.51.100.${n}, 192.0.2.51`))).toBe(20);
    expect(await signInAt(site.acme, site.browserAt("198.51.100.7"))).toBe(true);
  });

  it("count by /64, which whoever has one IPv6 address has whole", async () => {
    expect(refused(await flood(50, (n) => `2001:db8:1:2::${n.toString(16)}`))).toBe(20);
    expect(await signInAt(site.acme, site.browserAt("2001:db8:9:9::1"))).toBe(true);
  });
});

describe("from one sign-in page", () => {
  it("are few, however often its form is sent", async () => {
    const browser = site.browserAt("192.0.2.71");
    const { location } = await browser.get(site.application.startUrl({}).url);
    const { action, fields } = formOf(await browser.get(location));
    const before = await site.rows("login_records");
    const statuses: number[] = [];
    for (let n = 0; n < 150; n++) {
      const page = await browser.post(action, { ...fields, email: "ann@acme.example.test" });
      statuses.push(page.status);
    }
    expect(refused(statuses)).toBeGreaterThan(30);
    expect(await site.rows("login_records")).toBe(before + 150 - refused(statuses));
  });
});

describe("pushed requests of a client without a secret", () => {
  it("count as much", async () => {
    const push = (ip: string) =>
      fetch(`${site.gateway.url}/oauth2/par`, {
        method: "POST",
        headers: { "x-forwarded-for": ip },
        body: new URL(site.application.startUrl({ organization: "acme" }).url).searchParams,
      });
    const before = await site.rows("op_artifacts");
    const statuses: number[] = [];
    for (let n = 0; n < 70; n++) {
      statuses.push((await push("192.0.2.81")).status);
    }
    expect(statuses).toEqual([...Array(60).fill(201), ...Array(10).fill(429)]);
    expect(await site.rows("op_artifacts")).toBe(before + 60);
    const answer = await push("192.0.2.81");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: "temporarily_unavailable" });
    expect((await push("192.0.2.82")).status).toBe(201);
  });
});

describe("honest people", () => {
  it("sign in while somebody floods from their own network, where they have done so before", async () => {
    const ann = site.browserAt("203.0.113.91");
    expect(await signInAt(site.acme, ann)).toBe(true);
    // What Ann's success gave back is used up, too.
    await flood(80, () => "203.0.113.91");
    expect((await ask(site, site.browserAt("203.0.113.91"), "acme")).status).toBe(429);
    expect(await signInAt(site.bravo, ann)).toBe(true);
  });

  it("sign in though a page somewhere has their browsers ask for it as images, many times", async () => {
    const headers = {
      "x-forwarded-for": "203.0.113.92",
      "sec-fetch-dest": "image",
      "sec-fetch-site": "cross-site",
    };
    const before = await site.rows("op_artifacts");
    for (let n = 0; n < 50; n++) {
      await ask(site, site.newBrowser(headers), "acme");
    }
    expect(await site.rows("op_artifacts")).toBeLessThanOrEqual(before + 30);
    // Others have filled the connection by now: then a network has a share of 20.
    const document = { ...headers, "sec-fetch-dest": "document" };
    for (let n = 0; n < 15; n++) {
      expect((await ask(site, site.newBrowser(document), "acme")).status).toBe(303);
    }
  });

  it("behind one address are never limited, many times as many as may be unfinished", async () => {
    for (let n = 0; n < 100; n++) {
      expect(await signInAt(site.acme, site.browserAt("203.0.113.9"))).toBe(true);
    }
  });

  it("nor when they all leave for the IdP before the first comes back, once a few have come through", async () => {
    for (let n = 0; n < 20; n++) {
      await signInAt(site.acme, site.browserAt("203.0.113.10"));
    }
    const browsers = Array.from({ length: 50 }, () => site.browserAt("203.0.113.10"));
    const departures = await Promise.all(browsers.map((browser) => site.acme.leave(browser)));
    const pages = await Promise.all(
      departures.map((departure, n) => come(site.acme, browsers[n] ?? site.browserAt(""), departure)),
    );
    expect(pages.every(letIn)).toBe(true);
  });

  it("nor those who are signed in already and only go to another application", async () => {
    const browser = site.browserAt("203.0.113.11");
    const departure = await site.acme.leave(browser);
    await site.acme.arrive(browser, departure, await come(site.acme, browser, departure));
    for (let n = 0; n < 80; n++) {
      const page = await ask(site, browser, "acme");
      expect(page.location).toContain("code=");
    }
  });

  it("nor applications that only ask whether somebody is signed in", async () => {
    for (let n = 0; n < 80; n++) {
      const page = await ask(site, site.browserAt("203.0.113.12"), "acme", { prompt: "none" });
      expect(page.location).toContain("error=login_required");
    }
  });
});
