import { newId } from "@sallyport/database";
import { storeIdentifiers } from "@sallyport/people/testing";
import { createTestIdp } from "@sallyport/saml/testing";
import { findLiveSession } from "@sallyport/sessions";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loginBySaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const idp = createTestIdp();
let fixture: SignInFixture;
let count = 0;
let organizationId: string;
let connectionId: string;
let domain: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  count += 1;
  domain = `org${count}.com`;
  organizationId = await fixture.addOrganization(`org${count}`, [domain]);
  connectionId = await fixture.addSamlConnection(organizationId, idp);
});

/** A login by an identity of its own that asserts an email address. */
const login = (subject: string, email: string, groups: string[] = [], connection = connectionId) =>
  loginBySaml(fixture, idp, connection, {
    nameId: subject,
    nameIdFormat: PERSISTENT,
    attributes: { email, groups },
  });

const usersOf = (email: string, organization = organizationId) =>
  fixture.database.prisma.user.findMany({
    where: { organizationId: organization, email },
    include: { identities: true, membership: true },
    orderBy: { id: "asc" },
  });

async function addUser(
  email: string,
  options: {
    status?: "active" | "suspended";
    source?: "directory" | "manual";
    name?: string;
    proof?: null;
  } = {},
): Promise<string> {
  const { status = "active", source = "directory", name = null } = options;
  const userId = newId();
  await fixture.database.prisma.user.create({
    data: {
      id: userId,
      organizationId,
      email,
      emailProof: options.proof === null ? null : "administrator",
      name,
      membership: { create: { id: newId(), organizationId, status, source } },
    },
  });
  return userId;
}

async function addDirectoryUser(email: string, options: { active?: boolean; userId?: string } = {}) {
  const directoryId = newId();
  await fixture.database.prisma.directory.create({
    data: { id: directoryId, organizationId, name: "Directory" },
  });
  const { active = true, userId } = options;
  const directoryUserId = newId();
  await fixture.database.prisma.directoryUser.create({
    data: {
      id: directoryUserId,
      organizationId,
      directoryId,
      userName: email,
      userNameKey: email,
      email,
      active,
      resource: {},
    },
  });
  await storeIdentifiers(fixture.database.sql, {
    organizationId,
    directoryId,
    directoryUserId,
    userName: email,
  });
  if (userId !== undefined) {
    await fixture.database.prisma.directoryUserLink.create({ data: { directoryUserId, userId } });
  }
}

describe("linking by email", () => {
  it("finds the user that a directory pushed, where the organization has verified the domain", async () => {
    const userId = await addUser(`ann@${domain}`, { name: "Ann of the directory" });
    const { sessionId } = await login("subject-1", `Ann@${domain}`);
    const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
    expect(session?.userId).toBe(userId);
    expect(session?.user.name).toBe("Ann of the directory");
  });

  it("joins two identities of one person, from two connections of the organization", async () => {
    const second = await fixture.addSamlConnection(organizationId, idp, { name: "Second" });
    await login("subject-1", `ann@${domain}`);
    await login("subject-2", `ann@${domain}`, [], second);
    const users = await usersOf(`ann@${domain}`);
    expect(users).toHaveLength(1);
    expect(users[0]?.identities).toHaveLength(2);
  });

  it("does not happen for a domain that the organization has not verified", async () => {
    const existing = await addUser("ann@gmail.com", { source: "manual" });
    const { sessionId } = await login("subject-1", "ann@gmail.com");
    const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
    expect(session?.userId).not.toBe(existing);
    expect(session?.user).toMatchObject({ email: "ann@gmail.com", emailVerified: false });
  });

  it("does not happen by an address that was merely asserted: both stay apart, and neither holds it", async () => {
    const stranger = await addUser(`ceo@${domain}`, { source: "manual", proof: null });
    for (const time of ["the first time", "the second time"]) {
      const { sessionId } = await login("subject-1", `ceo@${domain}`);
      const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
      expect(session?.userId, time).not.toBe(stranger);
      expect(session?.user, time).toMatchObject({ email: `ceo@${domain}`, emailVerified: false });
    }
    const conflicts = await fixture.database.prisma.conflict.findMany({ where: { organizationId } });
    expect(conflicts).toMatchObject([{ otherUserId: stranger, claim: `address:ceo@${domain}` }]);
  });

  it("never moves an identity: a changed address stays the same user, and takes over nobody", async () => {
    await login("subject-1", `ann@${domain}`);
    const boss = await addUser(`boss@${domain}`);
    const { sessionId } = await login("subject-1", `boss@${domain}`);
    const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
    expect(session?.userId).not.toBe(boss);
    expect(session?.user.email).toBe(`boss@${domain}`);
  });
});

/** How many statements wait for a lock. */
async function waiting(): Promise<number> {
  const { rows } = await fixture.database.sql.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.length;
}

describe("access that was taken away", () => {
  const refused = async (attempt: ReturnType<typeof login>) => {
    const { visit, sessionId } = await attempt;
    const record = await fixture.database.prisma.loginRecord.findFirst({
      where: { organizationId },
      orderBy: { id: "desc" },
    });
    expect([visit.status, sessionId, record?.errorCode]).toEqual([403, null, "membership_suspended"]);
    expect(visit.body).toContain("suspended");
  };

  it("stays away for a known identity", async () => {
    await login("subject-1", `ann@${domain}`);
    await fixture.database.prisma.membership.updateMany({
      where: { organizationId },
      data: { status: "suspended" },
    });
    await refused(login("subject-1", `ann@${domain}`));
  });

  it("is not given back by a first login with the same address", async () => {
    await addUser(`ann@${domain}`, { status: "suspended" });
    await refused(login("subject-1", `ann@${domain}`));
    await refused(login("subject-1", `Ann@${domain}`));
    expect(await usersOf(`ann@${domain}`)).toHaveLength(1);
  });

  it("is not given back when the directory pushed the person as inactive", async () => {
    await addDirectoryUser(`ann@${domain}`, { active: false });
    await refused(login("subject-1", `ann@${domain}`));
    expect(await usersOf(`ann@${domain}`)).toHaveLength(0);
  });

  it("stays away from a login that was under way when it was taken", async () => {
    await login("subject-1", `ann@${domain}`);
    const attempt = await fixture.database.transaction(async (sql) => {
      await sql.query("UPDATE memberships SET status = 'suspended' WHERE organization_id = $1", [
        organizationId,
      ]);
      const underWay = login("subject-1", `ann@${domain}`);
      await expect.poll(() => waiting(), { timeout: 5_000 }).toBe(1);
      return { underWay };
    });
    await refused(attempt.underWay);
    expect(await fixture.database.prisma.session.count({ where: { organizationId } })).toBe(1);
  });

  it("leaves no session, identity or user behind", async () => {
    await addDirectoryUser(`ann@${domain}`, { active: false });
    await login("subject-1", `ann@${domain}`);
    const where = { organizationId };
    const { prisma } = fixture.database;
    const left = [
      prisma.session.count({ where }),
      prisma.identity.count({ where }),
      prisma.user.count({ where }),
    ];
    expect(await Promise.all(left)).toEqual([0, 0, 0]);
  });
});

it("makes one user of ten first logins at once", async () => {
  const second = await fixture.addSamlConnection(organizationId, idp, { name: "Second" });
  const logins = Array.from({ length: 10 }, (_, index) =>
    login("same-subject", `ann@${domain}`, [], index % 2 === 0 ? connectionId : second),
  );
  const sessions = (await Promise.all(logins)).map(({ sessionId }) => sessionId);
  expect(new Set(sessions).size).toBe(10);
  expect(sessions).not.toContain(null);
  const users = await usersOf(`ann@${domain}`);
  expect(users).toHaveLength(1);
  expect(users[0]?.identities).toHaveLength(2);
});

it("makes one user of ten first logins at once, even without an address to hold them apart", async () => {
  const logins = Array.from({ length: 10 }, () =>
    loginBySaml(fixture, idp, connectionId, { nameId: "no-address", nameIdFormat: PERSISTENT }),
  );
  const sessions = (await Promise.all(logins)).map(({ sessionId }) => sessionId);
  expect(sessions).not.toContain(null);
  expect(await fixture.database.prisma.user.count({ where: { organizationId } })).toBe(1);
});

describe("asserted groups", () => {
  const rolesAfter = async (groups: string[], subject = "subject-1") => {
    const { sessionId } = await login(subject, `ann@${domain}`, groups);
    const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
    return session?.roles;
  };

  it("give the roles that they map to, as long as they are asserted", async () => {
    await fixture.addRole(organizationId, "admin", ["Engineering", "Ops"]);
    await fixture.addRole(organizationId, "viewer", ["everyone"]);
    expect(await rolesAfter(["ENGINEERING", "Everyone", "Unmapped"])).toEqual(["admin", "member", "viewer"]);
    expect(await rolesAfter(["everyone"])).toEqual(["member", "viewer"]);
    expect(await rolesAfter([])).toEqual(["member"]);
    const events = await fixture.database.prisma.event.groupBy({
      by: ["type"],
      where: { organizationId, type: { startsWith: "role_binding" } },
      _count: true,
      orderBy: { type: "asc" },
    });
    expect(events.map((event) => [event.type, event._count])).toEqual([
      ["role_binding.created", 3],
      ["role_binding.deleted", 2],
    ]);
  });

  it("give the roles of mappings that name them by prefix or pattern, but not those of one directory", async () => {
    const map = async (group: string, match: "prefix" | "pattern", pattern: string, directoryId?: string) => {
      const roleId = await fixture.addRole(organizationId, `${match}-${group.length}`);
      const { groupMapping } = fixture.database.prisma;
      const named = { group, groupKey: group.toLowerCase(), match, pattern };
      await groupMapping.create({
        data: { id: newId(), organizationId, roleId, ...named, directoryId: directoryId ?? null },
      });
    };
    await map("App-", "prefix", "app-%");
    await map("*-Admins", "pattern", "%-admins");
    const directory = { id: newId(), organizationId, name: "Entra" };
    await fixture.database.prisma.directory.create({ data: directory });
    await map("a", "prefix", "a%", directory.id);
    expect(await rolesAfter(["APP-eu-admins"])).toEqual(["member", "pattern-8", "prefix-4"]);
    expect(await rolesAfter(["app-users"])).toEqual(["member", "prefix-4"]);
    expect(await rolesAfter(["app"])).toEqual(["member"]);
  });

  it("take no role away where the IdP sends a link in their place: that is not to be in none", async () => {
    await fixture.addRole(organizationId, "admin", ["Engineering"]);
    const entra = await fixture.addSamlConnection(organizationId, idp, { provider: "entra" });
    const GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";
    const LINK = { "http://schemas.microsoft.com/claims/groups.link": "https://graph.windows.net/x" };
    const rolesOf = async (nameId: string, attributes: Record<string, string>) => {
      const login = { nameId, nameIdFormat: PERSISTENT, attributes };
      const { sessionId } = await loginBySaml(fixture, idp, entra, login);
      const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
      return session?.roles;
    };
    expect(await rolesOf("ann", { [GROUPS]: "Engineering" })).toEqual(["admin", "member"]);
    expect(await rolesOf("ann", LINK)).toEqual(["admin", "member"]);
    expect(await rolesOf("ann", {}), "and where it says nothing of groups").toEqual(["admin", "member"]);
    expect(await rolesOf("ann", { [GROUPS]: "" })).toEqual(["member"]);
    expect(await rolesOf("new", LINK), "at the first login, too").toEqual(["member"]);
  });

  it("touch neither manual roles nor those of a directory", async () => {
    const admin = await fixture.addRole(organizationId, "admin");
    await login("subject-1", `ann@${domain}`);
    const [user] = await usersOf(`ann@${domain}`);
    await fixture.database.prisma.roleBinding.create({
      data: {
        id: newId(),
        organizationId,
        roleId: admin,
        membershipId: user?.membership?.id ?? "",
        source: "manual",
      },
    });
    expect(await rolesAfter([])).toEqual(["admin", "member"]);
  });
});

it("takes over a just-in-time profile at each login, but never a directory's", async () => {
  await login("subject-1", `ann@${domain}`);
  await loginBySaml(fixture, idp, connectionId, {
    nameId: "subject-1",
    nameIdFormat: PERSISTENT,
    attributes: { email: `ann@${domain}`, displayName: " Ann New " },
  });
  expect((await usersOf(`ann@${domain}`))[0]?.name).toBe("Ann New");

  const userId = await addUser(`bo@${domain}`, { name: "Bo", source: "manual" });
  await addDirectoryUser(`bo@${domain}`, { userId });
  await loginBySaml(fixture, idp, connectionId, {
    nameId: "subject-2",
    nameIdFormat: PERSISTENT,
    attributes: { email: `bo@${domain}`, displayName: "Somebody else" },
  });
  expect((await usersOf(`bo@${domain}`))[0]?.name).toBe("Bo");
});
