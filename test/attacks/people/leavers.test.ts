/**
 * A leaver who still gets in: by another address, another name, another way to sign in than the one that was closed.
 * CWE-613 (insufficient session expiration), CWE-285; NIST SP 800-53 PS-4 (personnel termination).
 */

import { defined } from "@sallyport/defined";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Company,
  type CompanyOptions,
  type Directory,
  type Entry,
  emails,
  letIn,
  type People,
  refused,
  startPeople,
} from "./company.ts";

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

type User = Readonly<Record<string, unknown>>;

/** How a directory and an IdP name one leaver. */
interface Leaver {
  readonly options?: CompanyOptions;
  user(company: Company): User;
  signIn(company: Company): Promise<Entry>;
  /** What the directory knew them by has changed before they left. */
  readonly changed?: (company: Company) => User;
}

const byAddress = (name: string, verified?: boolean) => (company: Company) =>
  company.signIn({
    ...{ sub: "someone", email: company.at(name) },
    ...defined({ email_verified: verified }),
  });
const byUserName = (company: Company) => ({ userName: company.at("jo") });

const leavers: readonly (readonly [string, Leaver])[] = [
  ["by their address", { user: byUserName, signIn: byAddress("jo", true) }],
  ["by their address, which the IdP does not verify", { user: byUserName, signIn: byAddress("jo", false) }],
  [
    "by an address of a domain that is not verified",
    {
      options: { domains: [] },
      user: () => ({ userName: "jo@nowhere.test" }),
      signIn: (company) => company.signIn({ sub: "someone", email: "jo@nowhere.test" }),
    },
  ],
  ["by their address in capitals", { user: byUserName, signIn: byAddress("JO") }],
  [
    "by their user name",
    {
      user: () => ({ userName: "jo.doe" }),
      signIn: (company) => company.signIn({ sub: "someone", preferred_username: "Jo.Doe" }),
    },
  ],
  [
    "by their user name as the subject",
    { user: () => ({ userName: "jo.doe" }), signIn: (company) => company.signIn({ sub: "jo.doe" }) },
  ],
  [
    "by their user name, which is an address, as the subject",
    { user: byUserName, signIn: (company) => company.signIn({ sub: company.at("jo") }) },
  ],
  [
    "by a secondary address",
    {
      user: (company) => ({ ...byUserName(company), ...emails(company.at("jo"), company.at("alias")) }),
      signIn: byAddress("alias"),
    },
  ],
  [
    "by an address that was pushed with a space behind it",
    {
      user: (company) => ({ userName: "jo.doe", ...emails(`${company.at("jo")} `) }),
      signIn: byAddress("jo"),
    },
  ],
  [
    "by a user name that was pushed with a space behind it",
    { user: () => ({ userName: "jo.doe " }), signIn: (company) => company.signIn({ sub: "jo.doe" }) },
  ],
  [
    "by a former address",
    {
      user: (company) => ({ ...byUserName(company), ...emails(company.at("maiden")) }),
      changed: (company) => emails(company.at("jo")),
      signIn: byAddress("maiden"),
    },
  ],
  [
    "by a former user name",
    {
      user: () => ({ userName: "jo.maiden" }),
      changed: () => ({ userName: "jo.doe" }),
      signIn: (company) => company.signIn({ sub: "jo.maiden" }),
    },
  ],
  [
    "by their externalId",
    {
      user: () => ({ userName: "jo.doe", externalId: "00u1" }),
      signIn: (company) => company.signIn({ sub: "00u1" }),
    },
  ],
  [
    "by the subject that the connection knows",
    {
      options: { provider: "entra" },
      user: () => ({ userName: "jo.doe", externalId: "oid-1" }),
      signIn: (company) => company.signIn({ sub: "pairwise", oid: "oid-1" }),
    },
  ],
  [
    "by SAML",
    {
      user: byUserName,
      signIn: (company) =>
        company.signInBySaml({ nameId: "someone", attributes: { mail: company.at("jo") } }),
    },
  ],
  [
    "by SAML, with their user name as NameID",
    { user: () => ({ userName: "jo.doe" }), signIn: (company) => company.signInBySaml({ nameId: "JO.DOE" }) },
  ],
];

const endings: readonly (readonly [
  string,
  (directory: Directory, id: string, company: Company) => Promise<void>,
])[] = [
  ["deactivated", (directory, id) => directory.patch(id, { active: false })],
  ["deleted", (directory, id) => directory.remove(id)],
  [
    "gone with their directory",
    async (directory, _id, company) => {
      await company.api("DELETE", `/directories/${directory.id}`, 204);
      await company.settled();
    },
  ],
];

async function pushed({ options, user, changed }: Leaver) {
  const company = await people.addCompany(options);
  const directory = await company.addDirectory();
  const id = await directory.push(user(company));
  if (changed !== undefined) {
    await directory.patch(id, changed(company));
  }
  return { company, directory, id };
}

async function expectShut(company: Company, leaver: Leaver): Promise<void> {
  const before = await company.members();
  expect(refused(await leaver.signIn(company)).status).toBe(403);
  expect(await company.members()).toHaveLength(before.length);
  expect(await company.lastRecord()).toContain("membership_suspended");
  expect(await company.liveSessions()).toBe(0);
}

describe.each(leavers)("a leaver who comes %s", (_how, leaver) => {
  it.each(endings)("before any sign-in, %s, does not get in", async (_what, end) => {
    const { company, directory, id } = await pushed(leaver);
    await end(directory, id, company);
    await expectShut(company, leaver);
  });

  it("who was pushed as inactive at once does not get in", async () => {
    const company = await people.addCompany(leaver.options);
    const directory = await company.addDirectory();
    const id = await directory.push({ ...leaver.user(company), active: false });
    if (leaver.changed !== undefined) {
      await directory.patch(id, leaver.changed(company));
    }
    await expectShut(company, leaver);
  });

  it("after a sign-in, deactivated, gets in neither way, until they are active again", async () => {
    const { company, directory, id } = await pushed(leaver);
    const jo = letIn(await leaver.signIn(company));
    expect(await company.liveSessions()).toBe(1);
    await directory.patch(id, { active: false });
    await expectShut(company, leaver);
    await directory.patch(id, { active: true });
    expect(letIn(await leaver.signIn(company)).sub).toBe(jo.sub);
  });

  it("after a sign-in before the push, deleted, does not get in", async () => {
    const company = await people.addCompany(leaver.options);
    letIn(await leaver.signIn(company));
    const directory = await company.addDirectory();
    const id = await directory.push(leaver.user(company));
    if (leaver.changed !== undefined) {
      await directory.patch(id, leaver.changed(company));
    }
    await directory.remove(id);
    await expectShut(company, leaver);
  });
});

const JO = { user: byUserName, signIn: byAddress("jo", true) };

describe("a leaver", () => {
  it("is out of what is open: session, access token, and every request of the application's", async () => {
    const { company, directory, id } = await pushed(JO);
    const { accessToken } = await JO.signIn(company);
    const asked = () =>
      fetch(`${people.site.gateway.url}/oauth2/userinfo`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
    expect((await asked()).status).toBe(200);
    await directory.patch(id, { active: false });
    expect((await asked()).status).toBe(401);
  });

  it("who was added by hand, too, does not get in, though the membership stays", async () => {
    const { company, directory, id } = await pushed(JO);
    const anna = await company.api("POST", "/members", 201, { email: company.at("anna") });
    const annaId = await directory.push({ userName: company.at("anna") });
    letIn(await company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true }));
    await directory.patch(annaId, { active: false });
    const again = await company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true });
    expect(refused(again).status).toBe(403);
    const { userId } = anna as { userId: string };
    expect(await company.member(userId)).toMatchObject({
      source: "manual",
      status: "active",
      directory: "ended",
    });
    expect(letIn(await JO.signIn(company)).org_id).toBe(company.organizationId);
    await directory.remove(id);
  });

  it("of one directory stays in by the other", async () => {
    const { company, directory, id } = await pushed(JO);
    const jo = letIn(await JO.signIn(company));
    const other = await company.addDirectory();
    const otherId = await other.push(JO.user(company));
    await directory.patch(id, { active: false });
    expect(letIn(await JO.signIn(company)).sub).toBe(jo.sub);
    await other.remove(otherId);
    await expectShut(company, JO);
  });

  it("who comes back as another user of the directory is who they were", async () => {
    const { company, directory, id } = await pushed(JO);
    const jo = letIn(await JO.signIn(company));
    await directory.remove(id);
    await expectShut(company, JO);
    await directory.push(JO.user(company));
    expect(letIn(await JO.signIn(company)).sub).toBe(jo.sub);
  });

  it.each([true, false])(
    "whom an administrator takes over gets in (signed in before: %s)",
    async (before) => {
      const { company, directory, id } = await pushed(JO);
      if (before) {
        letIn(await JO.signIn(company));
      }
      await directory.patch(id, { active: false });
      await expectShut(company, JO);
      const [member] = await company.members();
      await company.api("PATCH", `/members/${member?.id}`, 200, { takeOver: true, status: "active" });
      expect(letIn(await JO.signIn(company)).sub).toBe(member?.userId);
    },
  );

  it("who only ever asserted to be the leaver gets in once an administrator takes them over", async () => {
    const company = await people.addCompany({ domains: [] });
    const login = () => company.signIn({ sub: "jo", email: "jo@nowhere.test" });
    const jo = letIn(await login());
    const directory = await company.addDirectory();
    const id = await directory.push({ userName: "jo@nowhere.test" });
    await directory.remove(id);
    expect(refused(await login()).status).toBe(403);
    const { id: memberId } = await company.member(jo.sub);
    await company.api("PATCH", `/members/${memberId}`, 200, { takeOver: true });
    expect(letIn(await login()).sub).toBe(jo.sub);
  });

  it("whom an administrator adds anew, and takes over, gets in", async () => {
    const company = await people.addCompany({ domains: [] });
    const directory = await company.addDirectory();
    await directory.remove(await directory.push({ userName: "jo.doe", externalId: "00u1" }));
    const added = await company.api("POST", "/members", 201, { email: "jo@nowhere.test" });
    const { id: memberId, userId } = added as { id: string; userId: string };
    await company.api("POST", "/domains", 201, { name: "nowhere.test" });
    const login = () => company.signIn({ sub: "00u1", email: "jo@nowhere.test" });
    expect(refused(await login()).status).toBe(403);
    await company.api("PATCH", `/members/${memberId}`, 200, { takeOver: true });
    expect(letIn(await login()).sub).toBe(userId);
  });

  it("whose address a colleague adds to theirs does not get in as that one", async () => {
    const { company, directory, id } = await pushed(JO);
    const anna = await directory.push({ userName: company.at("anna") });
    await directory.patch(id, { active: false });
    await directory.patch(anna, emails(company.at("anna"), company.at("jo")));
    expect(refused(await JO.signIn(company)).status).toBe(403);
    const colleague = await company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true });
    expect(letIn(colleague).roles).toEqual(["member"]);
    expect(await company.members()).toHaveLength(2);
  });

  it("keeps nobody else out: neither a namesake of another company nor a colleague", async () => {
    const { company, directory, id } = await pushed(JO);
    await directory.patch(id, { active: false });
    const other = await people.addCompany();
    const email = company.at("jo");
    expect(letIn(await other.signIn({ sub: "someone", email })).email).toBe(email);
    expect(letIn(await byAddress("anna")(company)).email).toBe(company.at("anna"));
  });

  it("whose address is somebody else's now keeps that one not out", async () => {
    const { company, directory, id } = await pushed(JO);
    const jo = letIn(await JO.signIn(company));
    await directory.patch(id, { active: false });
    await directory.patch(id, { userName: "left-1" });
    const next = await directory.push({ userName: company.at("jo"), externalId: "00u2" });
    expect(next).not.toBe(id);
    const successor = await company.signIn({
      sub: "the next",
      email: company.at("jo"),
      email_verified: true,
    });
    letIn(successor);
    expect(jo.sub).toBeDefined();
  });
});

describe("races", () => {
  it("of a deactivation beside a login leave no session open", async () => {
    const { company, directory, id } = await pushed(JO);
    letIn(await JO.signIn(company));
    for (let round = 0; round < 5; round++) {
      const body = {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", path: "active", value: false }],
      };
      await Promise.allSettled([directory.send("PATCH", `/Users/${id}`, body), JO.signIn(company)]);
      await company.settled();
      expect(await company.liveSessions()).toBe(0);
      expect(refused(await JO.signIn(company)).status).toBe(403);
      await directory.patch(id, { active: true });
    }
  });

  it("of a first login beside a push make one person, or none who is let in", async () => {
    for (let round = 0; round < 5; round++) {
      const company = await people.addCompany();
      await company.map({ group: "Executives", role: "admin" });
      const directory = await company.addDirectory();
      const user = {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        userName: company.at("jo"),
        active: true,
      };
      const [entry] = await Promise.all([JO.signIn(company), directory.send("POST", "/Users", user)]);
      await company.settled();
      expect(await company.members()).toMatchObject([{ userId: letIn(entry).sub, source: "directory" }]);
      expect(letIn(await JO.signIn(company)).sub).toBe(letIn(entry).sub);
    }
  });

  it("of a first login beside the push of a leaver leave nobody in", async () => {
    for (let round = 0; round < 5; round++) {
      const company = await people.addCompany({ domains: [] });
      const login = () => company.signIn({ sub: "jo", email: "jo@nowhere.test" });
      const directory = await company.addDirectory();
      const user = {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        userName: "jo@nowhere.test",
        active: false,
      };
      await Promise.allSettled([login(), directory.send("POST", "/Users", user)]);
      await company.settled();
      expect(await company.liveSessions()).toBe(0);
      expect(refused(await login()).status).toBe(403);
    }
  });
});
