import type { Database } from "@sallyport/database";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSignIn } from "../index.ts";
import { answerSaml, loginBySaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

// What was read of a person is a moment old when the login is written: whatever ended meanwhile takes no login.

const idp = createTestIdp();
let fixture: SignInFixture;
/** Runs once, when the login is about to be written. */
let meanwhile: (() => Promise<unknown>) | undefined;

async function interrupt(): Promise<void> {
  const act = meanwhile;
  meanwhile = undefined;
  await act?.();
}

/** Somebody known is signed in by one statement, everybody else within a transaction. */
function interruptible(database: Database): Database {
  const { sql } = database;
  return {
    ...database,
    sql: {
      ...sql,
      async query(text, values, name) {
        if (name === "sign_in_record") {
          await interrupt();
        }
        return sql.query(text, values, name);
      },
    },
    async transaction(work) {
      await interrupt();
      return database.transaction(work);
    },
  };
}

beforeAll(async () => {
  fixture = await createSignInFixture((deps) =>
    createSignIn({ ...deps, database: interruptible(deps.database) }).routes(deps.interactions),
  );
});
afterAll(() => fixture.close());

let count = 0;
let organizationId: string;
let connectionId: string;
beforeEach(async () => {
  count += 1;
  organizationId = await fixture.addOrganization(`acme-${count}`, [`acme${count}.com`]);
  connectionId = await fixture.addSamlConnection(organizationId, idp);
});

async function login(during: () => Promise<unknown>, groups: readonly string[] = []) {
  const browser = createBrowser();
  const request = await startSaml(fixture, browser, connectionId);
  const attributes = { groups };
  const response = answerSaml(fixture, idp, request, { nameId: `jo@acme${count}.com`, attributes });
  meanwhile = during;
  return postSaml(fixture, browser, request, response);
}

const known = () => loginBySaml(fixture, idp, connectionId, { nameId: `jo@acme${count}.com` });
const sessions = () => fixture.database.prisma.session.count({ where: { organizationId, revokedAt: null } });

const ENDINGS: [name: string, status: number, end: () => Promise<unknown>][] = [
  [
    "the membership is suspended",
    403,
    () =>
      fixture.database.prisma.membership.updateMany({
        where: { organizationId },
        data: { status: "suspended" },
      }),
  ],
  [
    "the connection is deleted",
    404,
    () => fixture.database.prisma.connection.delete({ where: { id: connectionId } }),
  ],
  [
    "the organization is deleted",
    404,
    () => fixture.database.prisma.organization.delete({ where: { id: organizationId } }),
  ],
];

describe("between look-up and login", () => {
  it.each(ENDINGS)("%s: somebody known gets a page and no session", async (_name, status, end) => {
    await known();
    await fixture.database.prisma.session.deleteMany({ where: { organizationId } });
    expect((await login(end)).status).toBe(status);
    expect(await sessions()).toBe(0);
  });

  it.each(ENDINGS.slice(1))("%s: a newcomer gets a page and no session", async (_name, status, end) => {
    expect((await login(end)).status).toBe(status);
    expect(await fixture.database.prisma.user.count({ where: { organizationId } })).toBe(0);
  });

  it("a role is deleted: the login goes on without it", async () => {
    await known();
    const roleId = await fixture.addRole(organizationId, "admin", ["Admins"]);
    const { status } = await login(
      () => fixture.database.prisma.role.delete({ where: { id: roleId } }),
      ["Admins"],
    );
    expect(status).toBe(303);
    expect(await sessions()).toBe(2);
  });
});
