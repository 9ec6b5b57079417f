import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { acknowledge, fillOutbox, noteDeletedOrganization, recordEvents } from "@sallyport/events";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { SIGNALS_CONSUMER } from "@sallyport/shared-signals";
import { WEBHOOKS_CONSUMER } from "@sallyport/webhooks";
import { insertDelivery, insertEndpoint } from "@sallyport/webhooks/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addApplication } from "../../testing/sessions.ts";
import { forgetDeletedOrganizations } from "./forget.ts";

const DAY_MS = 86_400_000;
const secrets = createSecretBox([newEncryptionKey()]);

let test: TestDatabase;
let acme: string;
let bravo: string;
let deletedAt: Date;

beforeEach(async () => {
  test = await createTestDatabase();
  acme = newId();
  bravo = newId();
  deletedAt = new Date();
  await record(acme, "a1");
  await record(bravo, "b1");
  await record(acme, "a2");
  await fillOutbox(test.database);
  await test.database.transaction((sql) => noteDeletedOrganization(sql, { id: acme, deletedAt }));
});
afterEach(() => test.drop());

const record = (organizationId: string, name: string) =>
  recordEvents(test.database.sql, [
    {
      organizationId,
      type: "role.deleted",
      actor: { type: "system" },
      resource: { type: "role", id: name },
      before: { key: name, name, permissions: [] },
    },
  ]);

async function tellAll(position = 3): Promise<void> {
  await acknowledge(test.database.sql, WEBHOOKS_CONSUMER, position);
  await acknowledge(test.database.sql, SIGNALS_CONSUMER, position);
}

const run = (now = deletedAt) => forgetDeletedOrganizations(test.database, now);

/** Whose events there are, in the outbox and in the table itself. */
async function left(): Promise<string[]> {
  const { rows } = await test.database.sql.query<{ name: string }>(
    `SELECT e.resource_id AS name FROM events e LEFT JOIN outbox o ON o.event_id = e.id
     WHERE e.organization_id IS NOT NULL ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

describe("the events of a deleted organization", () => {
  it("go when everybody was told of them, and nobody else's", async () => {
    await tellAll();
    expect(await run()).toBe(1);
    expect(await left()).toEqual(["b1"]);
    const { rows } = await test.database.sql.query("SELECT organization_id FROM outbox_sequences");
    expect(rows).toEqual([{ organization_id: bravo }]);
    expect(await run()).toBe(0);
  });

  const waits: readonly [what: string, hold: () => Promise<() => Promise<unknown>>][] = [
    [
      "webhooks have not come so far",
      async () => {
        await acknowledge(test.database.sql, SIGNALS_CONSUMER, 3);
        await acknowledge(test.database.sql, WEBHOOKS_CONSUMER, 2);
        return () => acknowledge(test.database.sql, WEBHOOKS_CONSUMER, 3);
      },
    ],
    [
      "signals have never looked",
      async () => {
        await acknowledge(test.database.sql, WEBHOOKS_CONSUMER, 3);
        return () => acknowledge(test.database.sql, SIGNALS_CONSUMER, 3);
      },
    ],
    [
      "one is not numbered yet",
      async () => {
        await record(acme, "a3");
        await tellAll(4);
        return () => fillOutbox(test.database);
      },
    ],
    [
      "a delivery is pending",
      async () => {
        await tellAll();
        const { id: endpointId } = await insertEndpoint(test.database, secrets, {
          url: "https://hooks.example.com/",
        });
        const id = await insertDelivery(test.database, { endpointId, organizationId: acme });
        const become = (status: string) =>
          test.database.prisma.webhookDelivery.update({ where: { id }, data: { status } });
        await become("pending");
        return () => become("delivered");
      },
    ],
    [
      "an audit stream of all organizations lags",
      async () => {
        await tellAll();
        const id = newId();
        await test.database.prisma.auditStream.create({
          data: {
            id,
            name: "SIEM",
            destination: { type: "http", url: "https://siem.example.com" },
            position: 2,
          },
        });
        return () => test.database.prisma.auditStream.update({ where: { id }, data: { position: 3 } });
      },
    ],
    [
      "an application is to be told of a session's end",
      async () => {
        await tellAll();
        const applicationId = await addApplication(test.database.sql, "app", "https://app.example.com/out");
        await test.database.prisma.logoutNotice.create({
          data: {
            sessionId: newId(),
            applicationId,
            organizationId: acme,
            userId: newId(),
            dueAt: deletedAt,
          },
        });
        return () => test.database.prisma.logoutNotice.deleteMany({});
      },
    ],
  ];
  it.each(waits)("stay while %s", async (_what, hold) => {
    const end = await hold();
    const before = await left();
    expect(await run()).toBe(0);
    expect(await left()).toEqual(before);
    await end();
    expect(await run()).toBe(1);
    expect(await left()).toEqual(["b1"]);
  });

  it("do not wait for a stream that is disabled, or for an organization's own", async () => {
    await tellAll();
    const destination = { type: "http", url: "https://siem.example.com" };
    await test.database.prisma.organization.create({ data: { id: bravo, slug: "bravo", name: "Bravo" } });
    await test.database.prisma.auditStream.createMany({
      data: [
        { id: newId(), name: "SIEM", destination, position: 0, enabled: false },
        { id: newId(), name: "Own", destination, position: 0, organizationId: bravo },
      ],
    });
    expect(await run()).toBe(1);
  });

  it("wait for seven days at most", async () => {
    expect(await run(new Date(deletedAt.getTime() + 7 * DAY_MS - 1))).toBe(0);
    expect(await run(new Date(deletedAt.getTime() + 7 * DAY_MS))).toBe(1);
    expect(await left()).toEqual(["b1"]);
    expect(await test.database.prisma.deletedOrganization.count()).toBe(0);
  });

  it("go also where a slow transaction recorded them behind the deletion", async () => {
    await tellAll();
    await run();
    await record(acme, "late");
    await fillOutbox(test.database);
    expect(await run()).toBe(0);
    await tellAll(4);
    expect(await run()).toBe(1);
    expect(await left()).toEqual(["b1"]);
  });
});
