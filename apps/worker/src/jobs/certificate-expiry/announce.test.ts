import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createEventReader } from "@sallyport/events/testing";
import { readCertificate, selfSignedCertificate } from "@sallyport/saml";
import { newRsaKey } from "@sallyport/saml/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import { announceExpiry } from "./announce.ts";

const DAY = 24 * 3_600_000;
const END = new Date("2030-06-01T00:00:00Z");
const before = (days: number) => new Date(END.getTime() - days * DAY);
const privateKey = newRsaKey();

const ending = (notAfter = END, commonName = "idp") =>
  selfSignedCertificate({ privateKey, commonName, notBefore: new Date(0), notAfter });

let test: TestDatabase;
let acme: Tenant;
beforeEach(async () => {
  test = await createTestDatabase();
  acme = await createTenant(test.database.sql, "acme");
});
afterEach(() => test.drop());

async function addConnection(certificates: readonly string[], organizationId = acme.id): Promise<string> {
  const id = newId();
  await test.database.sql.query(
    `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
     VALUES ($1, $2, 'saml', 'IdP', $3, now())`,
    [id, organizationId, JSON.stringify({ certificates })],
  );
  return id;
}

async function addKey(connectionId: string, certificate: string, retired = false): Promise<void> {
  await test.database.sql.query(
    `INSERT INTO connection_keys (id, organization_id, connection_id, certificate, private_key, retired_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [newId(), acme.id, connectionId, certificate, retired ? null : "sealed", retired ? new Date() : null],
  );
}

interface Announcement {
  type: string;
  organization_id: string;
  resource_id: string;
  data: Record<string, unknown>;
}

async function announcements(): Promise<Announcement[]> {
  const { rows } = await test.database.sql.query<Announcement>(
    "SELECT type, organization_id, resource_id, data FROM events ORDER BY id",
  );
  await createEventReader(test.database.sql).next(); // each as the catalogue has it
  return rows;
}

const daysLeft = async () => (await announcements()).map(({ data }) => data.daysLeft);

describe("a certificate that nears its end", () => {
  it("is announced once at each of its marks, and when it has ended", async () => {
    const pem = ending();
    const connectionId = await addConnection([pem]);
    for (const days of [100, 61, 60, 59, 31, 30, 29, 8, 7, 6, 1, 0, -1, -100]) {
      await announceExpiry(test.database, before(days));
      await announceExpiry(test.database, before(days));
    }
    const result = readCertificate(pem);
    const fingerprint = result.ok ? result.certificate.fingerprint : "";
    const event = (type: string, days: number) => ({
      type,
      organization_id: acme.id,
      resource_id: connectionId,
      data: {
        side: "idp",
        fingerprint,
        subject: "CN=idp",
        notAfter: END.toISOString(),
        daysLeft: days,
      },
    });
    expect(await announcements()).toEqual([
      event("connection.certificate_expiring", 60),
      event("connection.certificate_expiring", 30),
      event("connection.certificate_expiring", 7),
      event("connection.certificate_expired", 0),
    ]);
  });

  it("is announced at the nearest mark alone, where it passed others before it was known", async () => {
    await addConnection([ending()]);
    await announceExpiry(test.database, before(5));
    await announceExpiry(test.database, before(4));
    expect(await daysLeft()).toEqual([5]);
    await announceExpiry(test.database, before(-1));
    expect(await daysLeft()).toEqual([5, -1]);
  });

  it("is announced once by many processes at once", async () => {
    for (let n = 0; n < 5; n++) {
      await addConnection([ending()]);
    }
    for (const days of [60, 30]) {
      const announced = await Promise.all(
        Array.from({ length: 5 }, () => announceExpiry(test.database, before(days))),
      );
      expect(announced.reduce((sum, count) => sum + count, 0)).toBe(5);
    }
    expect(await announcements()).toHaveLength(10);
  });

  it("is announced for each connection that has it, though a connection names it twice", async () => {
    const bravo = await createTenant(test.database.sql, "bravo");
    const pem = ending();
    const one = await addConnection([pem, pem, ending(before(-1_000), "young")]);
    const other = await addConnection([pem], bravo.id);
    await announceExpiry(test.database, before(20));
    const announced = (await announcements()).map((event) => [event.organization_id, event.resource_id]);
    expect(announced.sort()).toEqual(
      [
        [acme.id, one],
        [bravo.id, other],
      ].sort(),
    );
  });
});

it("announces our own certificates, too, but for retired ones", async () => {
  const connectionId = await addConnection([ending(before(-1_000))]);
  await addKey(connectionId, ending(END, "live"));
  await addKey(connectionId, ending(END, "retired"), true);
  await announceExpiry(test.database, before(7));
  expect(await announcements()).toMatchObject([{ data: { side: "sp", subject: "CN=live", daysLeft: 7 } }]);
});

it("leaves other connections alone, and looks at more than one page of them", async () => {
  await test.database.sql.query(
    `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
     VALUES ($1, $2, 'oidc', 'IdP', '{}', now())`,
    [newId(), acme.id],
  );
  await test.database.sql.query(
    `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
     SELECT gen_random_uuid(), $1, 'saml', 'IdP', $2, now() FROM generate_series(1, 450)`,
    [acme.id, JSON.stringify({ certificates: [ending()] })],
  );
  expect(await announceExpiry(test.database, before(7))).toBe(450);
  expect(await announceExpiry(test.database, before(7))).toBe(0);
});
