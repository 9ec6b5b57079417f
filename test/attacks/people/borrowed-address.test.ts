/**
 * Pre-hijacking: a stranger signs in first with the address of somebody who has yet to come, and is given their name, roles
 * and `sub` when they do. "Pre-hijacked accounts" (Sudhodanan, Paverd, 2022); "nOAuth" (Descope, 2023); CWE-290.
 */

import { sessionClaims } from "@sallyport/claims";
import { defined } from "@sallyport/defined";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Company, type Entry, emails, letIn, type People, startPeople } from "./company.ts";

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

const CEO = { name: "The CEO" };

/** What may come of an address that a stranger merely asserts. */
const strangers: readonly (readonly [string, (company: Company) => Promise<Entry>])[] = [
  [
    "a stranger who signs in first with the address, unverified",
    (company) => company.signIn({ sub: "mallory", email: company.at("ceo"), email_verified: false }),
  ],
  [
    "one whose IdP says so in a text",
    (company) => company.signIn({ sub: "mallory", email: company.at("CEO"), email_verified: "false" }),
  ],
  ...[false, true, undefined].map(
    (verified) =>
      [
        `a member who changes their address (email_verified: ${verified})`,
        async (company: Company) => {
          letIn(await company.signIn({ sub: "mallory", email: company.at("mallory"), email_verified: true }));
          return company.signIn({
            ...{ sub: "mallory", email: company.at("ceo") },
            ...defined({ email_verified: verified }),
          });
        },
      ] as const,
  ),
  [
    "a member who changes their address at a SAML IdP",
    async (company) => {
      const nameId = "mallory";
      letIn(await company.signInBySaml({ nameId, attributes: { email: company.at("mallory") } }));
      return company.signInBySaml({ nameId, attributes: { email: company.at("ceo") } });
    },
  ],
  [
    "a member by SAML who first had no address",
    async (company) => {
      const nameIdFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
      letIn(await company.signInBySaml({ nameId: "mallory", nameIdFormat }));
      return company.signInBySaml({
        nameId: "mallory",
        nameIdFormat,
        attributes: { email: company.at("ceo") },
      });
    },
  ],
  [
    "a member who changes their address, and says so again and again",
    async (company) => {
      const login = (name: string) =>
        company.signIn({ sub: "mallory", email: company.at(name), email_verified: true });
      if ((await company.members()).length === 0) {
        letIn(await login("mallory"));
      }
      for (const name of ["ceo", "ceo"]) {
        letIn(await login(name));
      }
      return login("ceo");
    },
  ],
  [
    "a member who changes their address back and forth",
    async (company) => {
      const login = (name: string) =>
        company.signIn({ sub: "mallory", email: company.at(name), email_verified: true });
      for (const name of ["mallory", "ceo", "mallory"]) {
        letIn(await login(name));
      }
      return login("ceo");
    },
  ],
];

describe.each(strangers)("%s", (_who, sneak) => {
  it("is not whom the CEO's verified login finds", async () => {
    const company = await people.addCompany();
    const mallory = letIn(await sneak(company));
    const ceo = letIn(
      await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true, ...CEO }),
    );
    expect(ceo.sub).not.toBe(mallory.sub);
    expect(await company.conflicts()).toMatchObject([
      { claim: `address:${company.at("ceo")}`, user: { userId: ceo.sub }, other: { userId: mallory.sub } },
    ]);
    expect((await company.member(mallory.sub)).name).not.toBe(CEO.name);
  });

  it("is not whom the CEO's login by SAML finds", async () => {
    const company = await people.addCompany();
    const mallory = letIn(await sneak(company));
    const ceo = letIn(
      await company.signInBySaml({ nameId: "ceo", attributes: { email: company.at("ceo") } }),
    );
    expect(ceo.sub).not.toBe(mallory.sub);
    expect(await company.conflicts()).toHaveLength(1);
  });

  it("is not whom the push of the CEO makes an executive", async () => {
    const company = await people.addCompany();
    await company.map({ group: "Executives", role: "admin" });
    const mallory = letIn(await sneak(company));
    const directory = await company.addDirectory();
    const id = await directory.push({
      userName: company.at("ceo"),
      displayName: CEO.name,
      ...emails(company.at("ceo")),
    });
    await directory.addGroup("Executives", id);
    expect(await company.conflicts()).toMatchObject([
      { claim: `address:${company.at("ceo")}`, shownBy: "directory", other: { userId: mallory.sub } },
    ]);
    expect(await company.member(mallory.sub)).toMatchObject({ roles: ["member"], source: "jit" });
    expect((await company.member(mallory.sub)).name).not.toBe(CEO.name);
    const ceo = letIn(await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true }));
    expect(ceo).toMatchObject({ roles: ["admin", "member"], name: CEO.name });
    expect(ceo.sub).not.toBe(mallory.sub);
    const again = await sneak(company);
    expect(letIn(again)).toMatchObject({ sub: mallory.sub, roles: ["member"] });
    expect(await company.conflicts()).not.toHaveLength(0);
  });

  it("is not whom an administrator adds", async () => {
    const company = await people.addCompany();
    const mallory = letIn(await sneak(company));
    const added = await company.api("POST", "/members", 201, {
      email: company.at("ceo"),
      roles: ["admin"],
      ...CEO,
    });
    expect(added).toMatchObject({ roles: ["admin", "member"] });
    expect(added).not.toMatchObject({ userId: mallory.sub });
    expect(letIn(await sneak(company))).toMatchObject({ sub: mallory.sub, roles: ["member"] });
    const ceo = letIn(await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true }));
    expect(ceo).toMatchObject({ roles: ["admin", "member"], name: CEO.name });
    expect(added).toMatchObject({ userId: ceo.sub });
    expect(await company.conflicts()).not.toHaveLength(0);
  });
});

describe("a member who changed their address to the CEO's, and whose IdP says that it is verified", () => {
  async function changed() {
    const company = await people.addCompany();
    const login = (name: string) =>
      company.signIn({ sub: "mallory", email: company.at(name), email_verified: true });
    letIn(await login("mallory"));
    const { claims, accessToken } = await login("ceo");
    expect(claims).toMatchObject({ email: company.at("ceo"), email_verified: true });
    const verifiedNow = async () => {
      const headers = { authorization: `Bearer ${accessToken}` };
      const answer = await fetch(`${people.site.gateway.url}/oauth2/userinfo`, { headers });
      return sessionClaims.parse(await answer.json()).email_verified;
    };
    return { company, login, verifiedNow };
  }

  it.each<[string, (company: Company) => Promise<unknown>]>([
    [
      "signs in",
      async (company) =>
        letIn(await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true })),
    ],
    [
      "is pushed",
      async (company) =>
        (await company.addDirectory()).push({ userName: company.at("ceo"), ...emails(company.at("ceo")) }),
    ],
    ["is added", (company) => company.api("POST", "/members", 201, { email: company.at("ceo") })],
  ])("is not taken for the CEO by applications once that one %s", async (_how, come) => {
    const { company, login, verifiedNow } = await changed();
    expect(await verifiedNow()).toBe(true);
    await come(company);
    expect(await verifiedNow()).toBe(false);
    expect(letIn(await login("ceo")).email_verified).toBe(false);
    expect(letIn(await login("mallory")).email_verified).toBe(true);
    const ceo = letIn(await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true }));
    expect(ceo.email_verified).toBe(true);
  });
});

describe("honestly", () => {
  it("one who signed in with a verified address is who is pushed, and who signs in elsewhere", async () => {
    const company = await people.addCompany();
    await company.map({ group: "Executives", role: "admin" });
    const ceo = letIn(await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true }));
    const directory = await company.addDirectory();
    const id = await directory.push({
      userName: company.at("ceo"),
      displayName: CEO.name,
      ...emails(company.at("ceo")),
    });
    await directory.addGroup("Executives", id);
    const bySaml = await company.signInBySaml({ nameId: "ceo", attributes: { email: company.at("ceo") } });
    expect(letIn(bySaml)).toMatchObject({ sub: ceo.sub, name: CEO.name, roles: ["admin", "member"] });
    expect(await company.conflicts()).toEqual([]);
  });

  it("one who signed in before the domain was verified is who is pushed, once a login said so again", async () => {
    const company = await people.addCompany({ domains: [] });
    const domain = `${company.slug}.example.test`;
    const login = () => company.signIn({ sub: "ceo", email: `ceo@${domain}` });
    const ceo = letIn(await login());
    await company.api("POST", "/domains", 201, { name: domain });
    expect(letIn(await login())).toMatchObject({ sub: ceo.sub, email_verified: true });
    await (await company.addDirectory()).push({ userName: `ceo@${domain}`, displayName: CEO.name });
    expect(letIn(await login())).toMatchObject({ sub: ceo.sub, name: CEO.name });
    expect(await company.conflicts()).toEqual([]);
  });

  it("one who was added by hand is who signs in", async () => {
    const company = await people.addCompany();
    const added = await company.api("POST", "/members", 201, { email: company.at("ceo"), roles: ["admin"] });
    const ceo = letIn(await company.signIn({ sub: "ceo", email: company.at("ceo"), email_verified: true }));
    expect(ceo.roles).toEqual(["admin", "member"]);
    expect(added).toMatchObject({ userId: ceo.sub });
  });
});

describe("a conflict", () => {
  async function claimed() {
    const company = await people.addCompany();
    const login = (sub: string, verified: boolean) =>
      company.signIn({ sub, email: company.at("jo"), email_verified: verified });
    const first = letIn(await login("first", false));
    const second = letIn(await login("second", true));
    const [conflict, ...more] = await company.conflicts();
    expect(more).toEqual([]);
    const resolve = (action: string, status: number) =>
      company.api("POST", `/conflicts/${conflict?.id}/resolve`, status, { action });
    return { company, login, first, second, conflict, resolve };
  }

  it("is linked by an administrator, and audited", async () => {
    const { company, login, first, resolve } = await claimed();
    await resolve("link", 204);
    expect(letIn(await login("second", true)).sub).toBe(first.sub);
    expect(letIn(await login("first", false)).sub).toBe(first.sub);
    expect(await company.conflicts()).toEqual([]);
    expect(await company.eventTypes()).toEqual(
      expect.arrayContaining(["conflict.created", "conflict.resolved", "identity.moved", "user.deleted"]),
    );
  });

  it("is kept apart by an administrator, audited, and not raised again", async () => {
    const { company, login, first, second, resolve } = await claimed();
    await resolve("keepApart", 204);
    expect(letIn(await login("second", true)).sub).toBe(second.sub);
    expect(letIn(await login("first", true)).sub).toBe(first.sub);
    expect(await company.conflicts()).toEqual([]);
    expect(await company.conflicts("resolved")).toMatchObject([{ actions: [] }]);
    expect(await company.eventTypes()).toContain("conflict.resolved");
    await resolve("link", 409);
  });

  it("is nobody else's: another company's key neither sees nor settles it", async () => {
    const { conflict } = await claimed();
    const other = await people.addCompany();
    expect(await other.conflicts()).toEqual([]);
    await other.api("GET", `/conflicts/${conflict?.id}`, 404);
    await other.api("POST", `/conflicts/${conflict?.id}/resolve`, 404, { action: "link" });
  });

  it("is none between people of two companies", async () => {
    const one = await people.addCompany();
    const two = await people.addCompany({ domains: [] });
    const email = one.at("jo");
    const jo = letIn(await one.signIn({ sub: "jo", email, email_verified: true }));
    const mallory = letIn(await two.signIn({ sub: "jo", email, email_verified: true }));
    expect(mallory.sub).not.toBe(jo.sub);
    expect([await one.conflicts(), await two.conflicts()]).toEqual([[], []]);
  });
});
