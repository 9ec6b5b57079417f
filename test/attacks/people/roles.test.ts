/**
 * Roles that outlive what granted them: whoever was an admin once stays one, for the IdP or the directory says nothing more
 * of it. CWE-271 (privilege dropping), CWE-613.
 */

import { defined } from "@sallyport/defined";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Company, letIn, type People, startPeople } from "./company.ts";

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

const ADMIN = ["admin", "member"];
const MEMBER = ["member"];
const EXECUTIVES = { groups: ["Executives"] };

async function newCompany(options: Parameters<People["addCompany"]>[0] = {}) {
  const company = await people.addCompany(options);
  await company.map({ group: "Executives", role: "admin" });
  return company;
}

const login = (company: Company, more: Readonly<Record<string, unknown>> = {}) =>
  company.signIn({ sub: "jo", email: company.at("jo"), email_verified: true, ...more });
const rolesOf = async (company: Company, more: Readonly<Record<string, unknown>> = {}) =>
  letIn(await login(company, more)).roles;

/** Logins that do not tell which groups somebody is in. */
const silences: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["without a groups claim", {}],
  ["with a groups claim that is null", { groups: null }],
  [
    "under Entra's overage",
    { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph" } } },
  ],
  ["under overage that says so in a word", { hasgroups: true }],
];

describe("a role that a sign-in gave", () => {
  it("goes with the group", async () => {
    const company = await newCompany();
    expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
    expect(await rolesOf(company, { groups: [] })).toEqual(MEMBER);
    expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
    expect(await rolesOf(company, { groups: ["Others"] })).toEqual(MEMBER);
  });

  it("goes with the mapping at once, in the session that is open", async () => {
    const company = await newCompany();
    const { accessToken, claims } = await login(company, EXECUTIVES);
    expect(claims?.roles).toEqual(ADMIN);
    await company.map();
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await fetch(`${people.site.gateway.url}/oauth2/userinfo`, { headers });
    expect(await answer.json()).toMatchObject({ roles: MEMBER });
    expect(await company.members()).toMatchObject([{ roles: MEMBER }]);
  });

  it.each(silences)(
    "stays %s, gives none anew, and goes with the mapping all the same",
    async (_how, silence) => {
      const company = await newCompany();
      expect(await rolesOf(company, silence)).toEqual(MEMBER);
      expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
      expect(await rolesOf(company, silence)).toEqual(ADMIN);
      await company.map({ group: "Others", role: "admin" });
      expect(await rolesOf(company, silence)).toEqual(MEMBER);
      await company.map({ group: "Executives", role: "admin" });
      expect(await rolesOf(company, silence)).toEqual(MEMBER);
    },
  );

  it("is none under overage, whatever groups stand beside it", async () => {
    const company = await newCompany();
    expect(await rolesOf(company, { ...EXECUTIVES, hasgroups: true })).toEqual(MEMBER);
  });

  it("stays where userinfo failed, which might have told", async () => {
    people.op.discovery = { userinfo_endpoint: `${people.op.issuer}/nowhere` };
    try {
      const company = await newCompany();
      expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
      expect(await rolesOf(company)).toEqual(ADMIN);
      await company.map();
      expect(await rolesOf(company)).toEqual(MEMBER);
    } finally {
      people.op.discovery = {};
    }
  });

  it("by SAML stays without the attribute, and goes with an empty one", async () => {
    const company = await newCompany();
    const bySaml = async (groups?: readonly string[]) => {
      const attributes = { email: company.at("jo"), ...defined({ groups }) };
      return letIn(await company.signInBySaml({ nameId: "jo", attributes })).roles;
    };
    expect(await bySaml(["Executives"])).toEqual(ADMIN);
    expect(await bySaml()).toEqual(ADMIN);
    expect(await bySaml([])).toEqual(MEMBER);
  });

  it("goes with the membership, and does not come back with it", async () => {
    const company = await newCompany();
    expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
    const [jo] = await company.members();
    await company.api("DELETE", `/members/${jo?.id}`, 204);
    const again = await company.api("POST", "/members", 201, { email: company.at("jo") });
    expect(again).toMatchObject({ userId: jo?.userId, roles: MEMBER });
    expect(await rolesOf(company)).toEqual(MEMBER);
  });

  it("is not given by the groups of another company's mapping", async () => {
    await newCompany();
    const other = await people.addCompany();
    expect(await rolesOf(other, EXECUTIVES)).toEqual(MEMBER);
  });
});

describe("a role of somebody whom a directory manages", () => {
  async function managed() {
    const company = await newCompany();
    const directory = await company.addDirectory();
    const id = await directory.push({ userName: company.at("jo") });
    return { company, directory, id };
  }

  it.each(silences)(
    "goes when they leave the group, and then the mapping, signing in %s",
    async (_how, silence) => {
      const { company, directory, id } = await managed();
      const group = await directory.addGroup("Executives", id);
      expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
      await directory.setMembers(group);
      expect(await company.members()).toMatchObject([{ roles: MEMBER }]);
      expect(await rolesOf(company, silence)).toEqual(MEMBER);
      await directory.setMembers(group, id);
      expect(await rolesOf(company, silence)).toEqual(ADMIN);
      await company.map();
      expect(await rolesOf(company, silence)).toEqual(MEMBER);
    },
  );

  it("is not given by what the identity provider asserts", async () => {
    const { company } = await managed();
    expect(await rolesOf(company, EXECUTIVES)).toEqual(MEMBER);
  });

  it("that a sign-in gave before ends when the directory adopts them", async () => {
    const company = await newCompany();
    expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
    const directory = await company.addDirectory();
    const id = await directory.push({ userName: company.at("jo") });
    expect(await company.members()).toMatchObject([{ roles: MEMBER, source: "directory" }]);
    expect(await rolesOf(company, EXECUTIVES)).toEqual(MEMBER);
    await directory.addGroup("Executives", id);
    expect(await rolesOf(company, { groups: [] })).toEqual(ADMIN);
  });

  it.each([true, false])(
    "of a member by hand whom a directory knows is the directory's (pushed first: %s)",
    async (first) => {
      const company = await newCompany();
      await company.api("POST", "/members", 201, { email: company.at("jo") });
      const directory = await company.addDirectory();
      const push = () => directory.push({ userName: company.at("jo") });
      if (first) {
        await push();
      } else {
        expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
      }
      if (!first) {
        await push();
      }
      expect(await company.members()).toMatchObject([
        { roles: MEMBER, source: "manual", directory: "active" },
      ]);
      expect(await rolesOf(company, EXECUTIVES)).toEqual(MEMBER);
    },
  );

  it("is given by both where the organization says so, and ends when it does no longer", async () => {
    const { company, directory, id } = await managed();
    await company.api("PATCH", "", 200, { rolesFrom: "directoryAndSignIn" });
    expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
    const group = await directory.addGroup("Executives", id);
    await directory.setMembers(group);
    expect(await rolesOf(company)).toEqual(ADMIN);
    expect(await rolesOf(company, { groups: [] })).toEqual(MEMBER);
    expect(await rolesOf(company, EXECUTIVES)).toEqual(ADMIN);
    await company.api("PATCH", "", 200, { rolesFrom: "directory" });
    expect(await company.members()).toMatchObject([{ roles: MEMBER }]);
    expect(await rolesOf(company, EXECUTIVES)).toEqual(MEMBER);
  });

  it.each(["deleted", "renamed"])("goes with a group that is %s", async (how) => {
    const { company, directory, id } = await managed();
    const group = await directory.addGroup("Executives", id);
    expect(await rolesOf(company)).toEqual(ADMIN);
    const answer =
      how === "deleted"
        ? await directory.send("DELETE", `/Groups/${group}`)
        : await directory.send("PUT", `/Groups/${group}`, {
            schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            displayName: "Retired",
            members: [{ value: id }],
          });
    expect(answer.ok).toBe(true);
    await company.settled();
    expect(await rolesOf(company)).toEqual(MEMBER);
  });
});
