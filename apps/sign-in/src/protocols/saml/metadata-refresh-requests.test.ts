import { findConnection } from "@sallyport/connections";
import { createLogger } from "@sallyport/logging";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { loginBySaml } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";
import { createMetadataRefreshRequests } from "./metadata-refresh-requests.ts";

const MINUTE = 60_000;

const idp = createTestIdp();
const rolled = createTestIdp();
let fixture: SignInFixture;
let organizationId: string;
let connectionId: string;
beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme");
});
afterAll(() => fixture.close());
beforeEach(async () => {
  fixture.metadataRequests.count = 0;
  connectionId = await follow();
});

/** A connection whose metadata was looked at long ago, and is due in half an hour. */
async function follow(metadataUrl = "https://idp.example.test/metadata"): Promise<string> {
  const id = await fixture.addSamlConnection(organizationId, idp, { settings: { metadataUrl } });
  const [checkedAt, dueAt] = [-60, 30].map((minutes) => new Date(fixture.now().getTime() + minutes * MINUTE));
  await fixture.database.prisma.connectionMetadata.create({
    data: { connectionId: id, organizationId, checkedAt: checkedAt ?? null, dueAt: dueAt ?? new Date() },
  });
  return id;
}

const minutesLeft = async () => {
  const row = await fixture.database.prisma.connectionMetadata.findUniqueOrThrow({ where: { connectionId } });
  return Math.round((row.dueAt.getTime() - fixture.now().getTime()) / MINUTE);
};

it("has metadata looked at as soon as the IdP signs with a key that is not known", async () => {
  const { visit } = await loginBySaml(fixture, rolled, connectionId);
  expect(visit.status).toBe(400);
  await vi.waitFor(() => expect(fixture.metadataRequests.count).toBe(1));
  expect(await minutesLeft()).toBeCloseTo(0);
});

it("does not for other failures, nor for a connection that follows no metadata", async () => {
  await loginBySaml(fixture, idp, connectionId, { audience: "https://somebody.else.test" });
  await loginBySaml(fixture, idp, connectionId, { sign: "none" });
  const byHand = await fixture.addSamlConnection(organizationId, idp);
  await loginBySaml(fixture, rolled, byHand);
  await loginBySaml(fixture, idp, connectionId); // whatever was asked for is in the database by now
  expect([fixture.metadataRequests.count, await minutesLeft()]).toEqual([0, 30]);
});

it("asks again only after a while, however many forgeries come", async () => {
  const queries: string[] = [];
  const sql = {
    query: (text: string, values?: readonly unknown[]) => {
      queries.push(text);
      return fixture.database.sql.query(text, values);
    },
  } as typeof fixture.database.sql;
  let ahead = 0;
  const looks = createMetadataRefreshRequests({
    database: { sql },
    log: createLogger({ level: "silent" }),
    now: () => new Date(fixture.now().getTime() + ahead),
    requestMetadata: () => undefined,
  });
  const connection = await findConnection(fixture.database.sql, "saml", connectionId);
  if (connection === null) {
    throw new Error("The connection is gone");
  }
  for (let n = 0; n < 1_000; n++) {
    looks.request(connection);
  }
  expect(queries).toHaveLength(1);
  ahead = 11_000;
  looks.request(connection);
  expect(queries).toHaveLength(2);
});

it("says so when it could not ask, and nothing else", async () => {
  const logged: string[] = [];
  const looks = createMetadataRefreshRequests({
    database: { sql: { query: () => Promise.reject(new Error("the database is gone")) } },
    log: createLogger({ destination: { write: (line) => void logged.push(line) } }),
    now: () => new Date(),
    requestMetadata: () => undefined,
  });
  const connection = await findConnection(fixture.database.sql, "saml", connectionId);
  if (connection === null) {
    throw new Error("The connection is gone");
  }
  looks.request(connection);
  await vi.waitFor(() => expect(logged.join()).toContain("the database is gone"));
});
