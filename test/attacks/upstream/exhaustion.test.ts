/**
 * An IdP whose answers cost more than they weigh: 1 MB of `{},` is 350,000 objects, and five logins at once ended the
 * process for every tenant. CWE-400, CWE-409 (compression), CWE-674 (nesting); RFC 8725 §3.
 */

import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type Answer, type Endpoint, type HostileIdp, startHostileIdp } from "./hostile-idp.ts";
import { letIn, signIn } from "./sign-in.ts";

let site: OidcSite;
let idp: HostileIdp;
beforeAll(async () => {
  [site, idp] = await Promise.all([startOidcSite(), startHostileIdp()]);
});
afterAll(async () => {
  await idp.close();
  await site.stop();
});
beforeEach(() => idp.reset());

/** Each case has a tenant of its own: nothing is cached. */
let tenants = 0;
const addTenant = () => site.addTenant(`tenant-${++tenants}`, idp);

/** The status of a whole sign-in, wherever it ends. */
async function statusOf(tenant: OidcTenant): Promise<number> {
  const browser = site.newBrowser();
  const { page } = await tenant.leave(browser);
  if (page.location === "") {
    return page.status;
  }
  return (await browser.get(idp.authenticate(new URL(page.location)))).status;
}

const json = (res: ServerResponse) => res.setHeader("content-type", "application/json");
const body = (text: string): Answer => {
  return (_req, res) => json(res).end(text);
};
const objects = (count: number) => `${"{},".repeat(count)}{}`;
/** What is valid but for its freight, which no reader needs. */
const loaded: Record<Endpoint, (freight: string) => string> = {
  discovery: (freight) => `{"issuer":"${idp.issuer}","more":[${freight}]}`,
  jwks: (freight) => `{"keys":[],"more":[${freight}]}`,
  token: (freight) => `{"access_token":"x","token_type":"bearer","more":[${freight}]}`,
  userinfo: (freight) => `{"sub":"jo","more":[${freight}]}`,
};
const NEEDED = ["discovery", "jwks", "token"] as const;

describe.each(NEEDED)("an answer of %s", (endpoint) => {
  it.each<[string, () => Answer, string]>([
    ["a megabyte", () => body(loaded[endpoint](objects(349_000))), "idp_unreachable"],
    ["a megabyte that ends nowhere", () => endless, "idp_unreachable"],
    ["more values than are parsed", () => body(loaded[endpoint](objects(20_000))), "idp_answer_too_large"],
    ["deep nesting", () => body(loaded[endpoint]("[".repeat(900) + "]".repeat(900))), "idp_answer_too_large"],
    ["a compressed bomb", () => bomb, "idp_unreachable"],
    ["a redirect", () => redirect, "idp_unreachable"],
    ["a redirect with a body that ends nowhere", () => endlessRedirect, "idp_unreachable"],
  ])("of %s is refused, five times at once; honest again, it is taken", async (_, answer, code) => {
    const tenant = await addTenant();
    idp.answers = { [endpoint]: answer() };
    const refused = await Promise.all(Array.from({ length: 5 }, () => statusOf(tenant)));
    expect(refused).toEqual([502, 502, 502, 502, 502]);
    expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: code });
    idp.answers = {};
    expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
  });
});

const endless: Answer = (_req, res) => {
  json(res);
  pour(res);
};
const bomb: Answer = (_req, res) => {
  json(res).setHeader("content-encoding", "gzip");
  res.end(gzipSync(Buffer.alloc(10_000_000, "{},")));
};
const redirect: Answer = (_req, res) => res.writeHead(307, { location: "http://169.254.169.254/" }).end();
const endlessRedirect: Answer = (_req, res) => {
  res.writeHead(307, { location: `${idp.issuer}/elsewhere` });
  pour(res);
};

/** As much as is taken, until nobody does. */
function pour(res: ServerResponse): void {
  const chunk = "{},".repeat(5_000);
  const more = () => {
    while (!res.destroyed && res.write(chunk)) {}
  };
  res.on("drain", more);
  more();
}

describe("an ID token", () => {
  it.each<[string, () => Record<string, unknown>, string]>([
    ["more values than are parsed", () => ({ more: Array.from({ length: 25_000 }, () => 1) }), "values"],
    ["deep nesting", () => ({ more: JSON.parse("[".repeat(900) + "]".repeat(900)) }), "depth"],
    [
      "a thousand claims",
      () => Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`c${n}`, n])),
      "names",
    ],
  ])("of %s is refused", async (_, claims, detail) => {
    const tenant = await addTenant();
    idp.claims = claims();
    expect(await statusOf(tenant)).toBe(502);
    const { errorCode, steps } = await tenant.lastRecord();
    expect([errorCode, JSON.stringify(steps)]).toEqual([
      "idp_answer_too_large",
      expect.stringContaining(detail),
    ]);
  });

  it("of ten thousand groups is taken with as many as anybody has, and takes no role away", async () => {
    const tenant = await addTenant();
    const [slug, groups] = [`tenant-${tenants}`, Array.from({ length: 10_000 }, (_, n) => `g${n}`)];
    await site.gateway.api("POST", `/organizations/${slug}/roles`, { key: "editor", name: "Editor" });
    const last = groups.at(-1) ?? "";
    await site.gateway.api("PUT", `/organizations/${slug}/group-mappings`, [{ group: last, role: "editor" }]);
    const rolesAfterLogin = async () => {
      expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
      const { body } = await site.gateway.api("GET", `/organizations/${slug}/members`);
      return members.parse(body).items.map(({ roles }) => roles);
    };
    idp.claims = { groups: [last] };
    expect(await rolesAfterLogin()).toEqual([["editor", "member"]]);
    idp.claims = { groups };
    expect(await rolesAfterLogin()).toEqual([["editor", "member"]]);
    const steps = JSON.stringify((await tenant.lastRecord()).steps);
    expect(steps).toContain('"groups":2000');
    expect(steps).toContain("groups_cut");
    idp.claims = { groups: ["another"] };
    expect(await rolesAfterLogin()).toEqual([["member"]]);
  });
});

const members = z.object({ items: z.array(z.object({ roles: z.array(z.string()) })) });

describe("userinfo", () => {
  it.each<[string, () => Answer, string]>([
    ["a megabyte", () => body(loaded.userinfo(objects(349_000))), "idp_unreachable"],
    ["more values than are parsed", () => body(loaded.userinfo(objects(30_000))), "idp_answer_too_large"],
    ["a compressed bomb", () => bomb, "idp_unreachable"],
    ["a body that ends nowhere", () => endless, "idp_unreachable"],
    [
      "a JWT of more values than are parsed",
      () => (_req, res) => {
        const claims = Buffer.from(`{"sub":"jo","more":[${objects(30_000)}]}`).toString("base64url");
        res.setHeader("content-type", "application/jwt").end(`e30.${claims}.x`);
      },
      "idp_answer_too_large",
    ],
  ])(
    "of %s is as none: the login rests on the ID token, and the record says why",
    async (_, answer, code) => {
      const tenant = await addTenant();
      idp.answers = { userinfo: answer() };
      const pages = await Promise.all(Array.from({ length: 5 }, () => signIn(site, tenant, idp)));
      expect(pages.map(({ page }) => letIn(page))).toEqual([true, true, true, true, true]);
      const { steps } = await tenant.lastRecord();
      const told = JSON.stringify(steps);
      expect(told).toContain('"userinfo":"unavailable"');
      expect(told).toContain(`"problem":"${code}"`);
    },
  );
});

describe("a JWKS", () => {
  const jwks = (count: number, each: object = {}) =>
    body(
      JSON.stringify({
        keys: [
          idp.publicJwk,
          ...Array.from({ length: count }, (_, n) => ({ kty: "EC", kid: `k${n}`, ...each })),
        ],
      }),
    );

  it("of a thousand keys is refused", async () => {
    const tenant = await addTenant();
    idp.answers = { jwks: jwks(999) };
    expect(await statusOf(tenant)).toBe(502);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "idp_answer_too_large" });
  });

  it("of twenty keys with certificates is taken", async () => {
    const tenant = await addTenant();
    idp.answers = { jwks: jwks(19, { x5c: ["A".repeat(2_000)], x5t: "B" }) };
    expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
  });

  it("is asked for once by many logins at once, as is the discovery document, and not again for an unknown key", async () => {
    const tenant = await addTenant();
    const together = () => Promise.all(Array.from({ length: 8 }, () => statusOf(tenant)));
    idp.kid = "unknown";
    expect(new Set([...(await together()), ...(await together())])).toEqual(new Set([400]));
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "oidc_key_unknown" });
    expect([idp.asked.discovery, idp.asked.jwks, idp.asked.token]).toEqual([1, 1, 16]);
    idp.kid = "first";
    expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
  });
});
