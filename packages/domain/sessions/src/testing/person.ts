import { type Database, newId } from "@sallyport/database";
import { createSession } from "./index.ts";

/** Somebody with one role, of an organization and a connection of their own. */
export interface TestPerson {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly membershipId: string;
  /** Signs in, and has these applications given tokens. Returns the session's id. */
  signIn(...applicationIds: string[]): Promise<string>;
}

export async function addPerson(database: Database): Promise<TestPerson> {
  const { prisma, sql } = database;
  const [organizationId, connectionId, userId, membershipId, roleId] = [
    newId(),
    newId(),
    newId(),
    newId(),
    newId(),
  ];
  await prisma.organization.create({
    data: { id: organizationId, slug: organizationId, name: "An organization" },
  });
  await prisma.connection.create({
    data: { id: connectionId, organizationId, type: "oidc", provider: "entra", name: "Entra", settings: {} },
  });
  await prisma.user.create({ data: { id: userId, organizationId, email: "ann@example.com" } });
  await prisma.membership.create({ data: { id: membershipId, organizationId, userId, source: "jit" } });
  await prisma.role.create({
    data: { id: roleId, organizationId, key: "admin", name: "Admin", permissions: [] },
  });
  await prisma.roleBinding.create({
    data: { id: newId(), organizationId, roleId, membershipId, source: "manual" },
  });
  return {
    organizationId,
    connectionId,
    userId,
    membershipId,
    async signIn(...applicationIds) {
      const id = await createSession(sql, {
        organizationId,
        userId,
        connectionId,
        identityId: newId(),
        amr: [],
        acr: null,
        groups: [],
        idpSession: null,
        authTime: null,
        expiresAt: new Date(Date.now() + 3_600_000),
      });
      if (id === null) {
        throw new Error("No session was created");
      }
      await prisma.sessionApplication.createMany({
        data: applicationIds.map((applicationId) => ({ sessionId: id, applicationId })),
      });
      return id;
    },
  };
}

/** Returns its id. */
export async function addApplication(database: Database): Promise<string> {
  const id = newId();
  await database.prisma.application.create({
    data: { id, clientId: id, name: "The App", redirectUris: [], postLogoutRedirectUris: [] },
  });
  return id;
}
