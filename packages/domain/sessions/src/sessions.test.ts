import { newId, type Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findLiveSession, type NewSession, revokeSessions, revokeToken } from "./index.ts";
import { createSession } from "./testing/index.ts";

const HOUR = 3_600_000;
const now = new Date("2030-01-01T12:00:00Z");
const later = new Date(now.getTime() + HOUR);
const system = { type: "system" } as const;

let test: TestDatabase;
let acme: Organization;
let bravo: Organization;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  acme = await addOrganization();
  bravo = await addOrganization();
});

interface Organization {
  readonly id: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly membershipId: string;
  readonly session: NewSession;
}

async function addOrganization(): Promise<Organization> {
  const { prisma } = test.database;
  const [id, connectionId, userId, membershipId] = [newId(), newId(), newId(), newId()];
  await prisma.organization.create({ data: { id, slug: id, name: "An organization" } });
  await prisma.connection.create({
    data: {
      id: connectionId,
      organizationId: id,
      type: "oidc",
      provider: "entra",
      name: "Entra",
      settings: {},
    },
  });
  await prisma.user.create({ data: { id: userId, organizationId: id, email: "ann@example.com" } });
  await prisma.membership.create({ data: { id: membershipId, organizationId: id, userId, source: "jit" } });
  const session = {
    organizationId: id,
    userId,
    connectionId,
    identityId: newId(),
    amr: ["pwd", "mfa"],
    acr: null,
    groups: ["Zoo", "Asserted"],
    idpSession: { sid: "upstream" },
    authTime: now,
    expiresAt: later,
  };
  return { id, connectionId, userId, membershipId, session };
}

async function signIn(organization: Organization): Promise<string> {
  const id = await createSession(test.database.sql, organization.session);
  if (id === null) {
    throw new Error("No session was created");
  }
  return id;
}

const find = (id: string, at = now, tokenIds: [string?, string?] = []) =>
  findLiveSession(test.database.sql, id, at, tokenIds);

it("reads the membership by its user, also before PostgreSQL knows how large the tables are", async () => {
  const plan: string[] = [];
  const explaining: Sql = {
    async query(text) {
      const { rows } = await test.database.sql.query(`EXPLAIN (GENERIC_PLAN) ${text}`);
      plan.push(JSON.stringify(rows));
      return { rows: [], rowCount: 0 };
    },
  };
  await findLiveSession(explaining, newId(), now);
  expect(plan.join()).toContain("memberships_user_id_key");
  expect(plan.join()).not.toMatch(/memberships_(?:organization_id|active)/);
});

const revoke = (organization: Organization, scope: Parameters<typeof revokeSessions>[2]) =>
  test.database.transaction((sql) =>
    revokeSessions(sql, organization.id, scope, { reason: "test", actor: system, now }),
  );

describe("a session", () => {
  it("is found with the person, the organization and the connection", async () => {
    const id = await signIn(acme);
    expect(await find(id)).toEqual({
      id,
      organizationId: acme.id,
      organizationSlug: acme.id,
      userId: acme.userId,
      connectionId: acme.connectionId,
      connectionType: "oidc",
      provider: "entra",
      amr: ["pwd", "mfa"],
      acr: null,
      authTime: now,
      expiresAt: later,
      user: {
        email: "ann@example.com",
        emailVerified: false,
        name: null,
        givenName: null,
        familyName: null,
        username: null,
      },
      roles: [],
      permissions: [],
      groups: ["Asserted", "Zoo"],
    });
  });

  it("is not made for a suspended membership, for none, or for another organization's user", async () => {
    const { sql, prisma } = test.database;
    expect(await createSession(sql, { ...acme.session, userId: bravo.userId })).toBeNull();
    expect(await createSession(sql, { ...acme.session, userId: newId() })).toBeNull();
    await prisma.membership.update({ where: { id: acme.membershipId }, data: { status: "suspended" } });
    expect(await createSession(sql, acme.session)).toBeNull();
  });

  it("waits for a suspension under way, and is then refused", async () => {
    let made: Promise<string | null> | undefined;
    await test.database.transaction(async (sql) => {
      await sql.query("UPDATE memberships SET status = 'suspended' WHERE id = $1", [acme.membershipId]);
      made = createSession(test.database.sql, acme.session);
      await new Promise((passed) => setTimeout(passed, 100));
    });
    expect(await made).toBeNull();
  });

  it("ends with its time, its revocation and its membership; unknown ids are none", async () => {
    const { prisma } = test.database;
    const id = await signIn(acme);
    expect(await find(id, new Date(later.getTime() - 1))).not.toBeNull();
    expect(await find(id, later)).toBeNull();
    expect(await find(newId())).toBeNull();
    for (const garbage of ["", "x", `${id} `, id.toUpperCase(), "' OR 1=1 --"]) {
      expect(await find(garbage)).toBeNull();
    }
    await prisma.membership.update({ where: { id: acme.membershipId }, data: { status: "suspended" } });
    expect(await find(id)).toBeNull();
    await prisma.membership.update({ where: { id: acme.membershipId }, data: { status: "active" } });
    await revoke(acme, { sessionIds: [id] });
    expect(await find(id)).toBeNull();
  });

  it("carries roles, permissions and groups as they are now, sorted, each once", async () => {
    const { prisma } = test.database;
    const id = await signIn(acme);
    const bind = async (key: string, permissions: string[], sources: ("manual" | "directory")[]) => {
      const roleId = newId();
      await prisma.role.create({
        data: { id: roleId, organizationId: acme.id, key, name: key, permissions },
      });
      for (const source of sources) {
        await prisma.roleBinding.create({
          data: { id: newId(), organizationId: acme.id, roleId, membershipId: acme.membershipId, source },
        });
      }
    };
    await bind("member", [], ["manual"]);
    await bind("admin", ["b:write", "a:read"], ["manual", "directory"]);
    await bind("auditor", ["a:read"], ["directory"]);
    await addDirectoryGroups(["Zoo", "Direct"], ["Deleted"]);
    expect(await find(id)).toMatchObject({
      roles: ["admin", "auditor", "member"],
      permissions: ["a:read", "b:write"],
      groups: ["Asserted", "Direct", "Zoo"],
    });
  });
});

async function addDirectoryGroups(names: string[], deleted: string[]): Promise<void> {
  const { prisma } = test.database;
  const [directoryId, directoryUserId] = [newId(), newId()];
  const common = { organizationId: acme.id, directoryId };
  await prisma.directory.create({ data: { id: directoryId, organizationId: acme.id, name: "Entra" } });
  await prisma.directoryUser.create({
    data: { ...common, id: directoryUserId, userName: "ann", resource: {} },
  });
  await prisma.directoryUserLink.create({ data: { directoryUserId, userId: acme.userId } });
  for (const displayName of [...names, ...deleted]) {
    const groupId = newId();
    const deletedAt = deleted.includes(displayName) ? now : null;
    await prisma.directoryGroup.create({
      data: { ...common, id: groupId, displayName, displayNameKey: displayName, resource: {}, deletedAt },
    });
    await prisma.directoryGroupMember.create({
      data: { organizationId: acme.id, groupId, userId: directoryUserId },
    });
  }
}

describe("a revocation", () => {
  it.each([
    ["ids", (id: string) => ({ sessionIds: [id] })],
    ["users", () => ({ userIds: [acme.userId] })],
    ["the connection", () => ({ connectionId: acme.connectionId })],
  ])("by %s ends sessions of that organization only", async (_name, scope) => {
    const [own, foreign] = [await signIn(acme), await signIn(bravo)];
    expect(await revoke(bravo, scope(own))).toEqual([]);
    expect(await find(own)).not.toBeNull();
    expect(await revoke(acme, scope(own))).toEqual([{ id: own, userId: acme.userId }]);
    expect(await find(own)).toBeNull();
    expect(await find(foreign)).not.toBeNull();
  });

  it("ends each session once, with an audit event each", async () => {
    const ids = [await signIn(acme), await signIn(acme)];
    const ended = await Promise.all([
      revoke(acme, { userIds: [acme.userId] }),
      revoke(acme, { userIds: [acme.userId] }),
    ]);
    expect(
      ended
        .flat()
        .map((session) => session.id)
        .sort(),
    ).toEqual([...ids].sort());
    const events = await test.database.prisma.event.findMany({ where: { organizationId: acme.id } });
    expect(events.map((event) => event.resourceId).sort()).toEqual([...ids].sort());
    expect(await revoke(acme, { sessionIds: [] })).toEqual([]);
  });

  it("leaves a notice for the applications that want to be told", async () => {
    const { prisma } = test.database;
    const sessionId = await signIn(acme);
    for (const backchannelLogoutUri of ["https://app.example.com/logout", null]) {
      const applicationId = newId();
      await prisma.application.create({
        data: { id: applicationId, clientId: applicationId, name: "App", backchannelLogoutUri },
      });
      await prisma.sessionApplication.create({ data: { sessionId, applicationId } });
    }
    await revoke(acme, { sessionIds: [sessionId] });
    const rows = await prisma.logoutNotice.findMany({ where: { sessionId }, include: { application: true } });
    expect(rows).toMatchObject([
      { dueAt: now, application: { backchannelLogoutUri: "https://app.example.com/logout" } },
    ]);
  });
});

describe("a revoked token", () => {
  const revokeOne = (sessionId: string, tokenId: string) =>
    test.database.transaction((sql) =>
      revokeToken(sql, sessionId, tokenId, { reason: "test", actor: system }),
    );

  it("finds its session no more; others do", async () => {
    const id = await signIn(acme);
    expect(await revokeOne(id, "one")).toBe(true);
    expect(await revokeOne(id, "one")).toBe(true);
    expect(await find(id, now, ["one", "grant"])).toBeNull();
    expect(await find(id, now, ["two", "grant"])).not.toBeNull();
    expect(await find(id)).not.toBeNull();
    const event = await test.database.prisma.event.findFirstOrThrow({ where: { resourceId: id } });
    expect(event).toMatchObject({ type: "session.token_revoked", organizationId: acme.id });
  });

  it("is remembered as long as its session can live", async () => {
    const id = await signIn(acme);
    await revokeOne(id, "kept");
    const rows = await test.database.prisma.revokedToken.findMany();
    expect(rows.map((row) => row.expiresAt)).toContainEqual(later);
  });

  it("of an unknown session is nothing", async () => {
    expect(await revokeOne(newId(), "one")).toBe(false);
  });
});
