import { Resolver } from "node:dns/promises";
import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { challengeRecord, claimDue, type ResolveTxt } from "@sallyport/domains";
import { startDnsServer, type TestDnsServer } from "@sallyport/domains/testing";
import { createLogger } from "@sallyport/logging";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import { checkDueDomains } from "./check-due.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let test: TestDatabase;
let dns: TestDnsServer;
let resolver: Resolver;
let acme: Tenant;
let clock: Date;
let reconciled: string[];
beforeEach(async () => {
  test = await createTestDatabase();
  dns = await startDnsServer();
  resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([dns.address]);
  acme = await createTenant(test.database.sql, "acme");
  clock = new Date();
  reconciled = [];
});
afterEach(async () => {
  resolver.cancel();
  await dns.close();
  await test.drop();
});

const ask: ResolveTxt = (name) => resolver.resolveTxt(name);
const checkDue = (resolveTxt = ask, signal = new AbortController().signal) =>
  checkDueDomains(
    {
      ...{ database: test.database, resolveTxt, now: () => clock },
      requestReconcile: (id) => void reconciled.push(id),
      log: createLogger({ level: "silent" }),
    },
    signal,
  );

/** A domain that an organization claims, due now. */
const claim = (name: string, organizationId = acme.id) =>
  test.database.prisma.domain.create({
    data: { id: newId(), organizationId, name, createdAt: clock, nextCheckAt: clock },
  });
const read = (id: string) => test.database.prisma.domain.findUniqueOrThrow({ where: { id } });

it("has a domain count once its record is there, tells who did it, and asks no more", async () => {
  const domain = await claim("acme.com");
  const record = challengeRecord(domain);
  await checkDue();
  const waiting = await read(domain.id);
  expect(waiting).toMatchObject({ verifiedName: null, checkOutcome: "missing", checkedAt: clock });
  expect(waiting.nextCheckAt).toEqual(new Date(clock.getTime() + MINUTE_MS));

  await checkDue(); // nothing is due
  expect(dns.asked).toEqual([record.name]);

  clock = new Date(clock.getTime() + MINUTE_MS);
  const { value } = record;
  dns.records.set(record.name, [["v=spf1 -all"], [value.slice(0, 9), value.slice(9)]]);
  await checkDue();
  expect(await read(domain.id)).toMatchObject({
    ...{ verifiedName: "acme.com", verifiedAt: clock },
    ...{ checkedAt: null, checkOutcome: null, nextCheckAt: null },
  });
  expect(reconciled).toEqual([acme.id]);
  const events = await test.database.prisma.event.findMany({ where: { resourceId: domain.id } });
  expect(events).toMatchObject([
    { type: "domain.verified", actorType: "system", organizationId: acme.id, after: { name: "acme.com" } },
  ]);

  clock = new Date(clock.getTime() + DAY_MS);
  await checkDue();
  expect(dns.asked).toHaveLength(2);
});

it("looks less and less often, and after a week no more", async () => {
  const { id } = await claim("nobody.example");
  const end = clock.getTime() + 30 * DAY_MS;
  for (let due = await read(id); due.nextCheckAt !== null; due = await read(id)) {
    clock = due.nextCheckAt;
    expect(clock.getTime()).toBeLessThan(end);
    await checkDue();
  }
  expect(dns.asked.length).toBeGreaterThan(30);
  expect(dns.asked.length).toBeLessThan(70);
  expect(await read(id)).toMatchObject({ checkOutcome: "missing", nextCheckAt: null });
});

it("asks for each domain once, however many processes look at once", async () => {
  const domains = await Promise.all(Array.from({ length: 40 }, (_, number) => claim(`n${number}.example`)));
  for (const domain of domains) {
    const { name, value } = challengeRecord(domain);
    dns.records.set(name, [[value]]);
  }
  await Promise.all([checkDue(), checkDue(), checkDue()]);
  expect(dns.asked.toSorted()).toEqual(domains.map((domain) => challengeRecord(domain).name).toSorted());
  expect(await test.database.prisma.event.count({ where: { type: "domain.verified" } })).toBe(40);
});

it("lets no two processes claim the same, also where they ask at the very same time", async () => {
  await Promise.all(Array.from({ length: 40 }, (_, number) => claim(`n${number}.example`)));
  const { sql } = test.database;
  for (let round = 0; round < 10; round++) {
    const claimed = (await Promise.all(Array.from({ length: 8 }, () => claimDue(sql, clock, 16)))).flat();
    const ids = claimed.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    clock = new Date(clock.getTime() + 2 * MINUTE_MS); // their leases have ended
  }
});

it("gives a domain to one organization only, and says no more to the other than that", async () => {
  const bravo = await createTenant(test.database.sql, "bravo");
  const [mine, theirs] = [await claim("contested.example"), await claim("contested.example", bravo.id)];
  const { name } = challengeRecord(mine);
  dns.records.set(name, [[challengeRecord(mine).value], [challengeRecord(theirs).value]]);
  await Promise.all([checkDue(), checkDue()]);
  const both = [await read(mine.id), await read(theirs.id)];
  expect(both.map(({ verifiedName }) => verifiedName).toSorted()).toEqual(["contested.example", null]);
  const loser = both.find(({ verifiedName }) => verifiedName === null);
  expect(loser).toMatchObject({ checkOutcome: "taken" });
  expect(loser?.nextCheckAt?.getTime()).toBeGreaterThan(clock.getTime()); // it may be freed
  expect(await test.database.prisma.event.count({ where: { type: "domain.verified" } })).toBe(1);
});

it("comes back to a domain whose DNS fails, or whose process died, and holds no other up", async () => {
  const broken = await claim("broken.example");
  const orphan = await claim("orphan.example");
  const other = await claim("other.example");
  dns.broken.add(challengeRecord(broken).name);
  const record = challengeRecord(other);
  dns.records.set(record.name, [[record.value]]);
  const dying = checkDue((name) =>
    name.includes("orphan")
      ? Promise.reject(Object.assign(new Error("cut"), { code: "ECANCELLED" }))
      : ask(name),
  );
  await dying;
  expect(await read(other.id)).toMatchObject({ verifiedName: "other.example" });
  expect(await read(broken.id)).toMatchObject({ checkOutcome: "unavailable", verifiedName: null });

  await test.database.prisma.domain.update({
    where: { id: orphan.id },
    data: { nextCheckAt: new Date(clock.getTime() + 2 * MINUTE_MS) }, // as a claim leaves it
  });
  const again = challengeRecord(orphan);
  dns.records.set(again.name, [[again.value]]);
  clock = new Date(clock.getTime() + 2 * MINUTE_MS);
  await checkDue();
  expect(await read(orphan.id)).toMatchObject({ verifiedName: "orphan.example" });
});

it("ends when it is told to, with what is under way", async () => {
  await Promise.all(Array.from({ length: 40 }, (_, number) => claim(`n${number}.example`)));
  const stopping = new AbortController();
  stopping.abort();
  await checkDue(ask, stopping.signal);
  expect(dns.asked).toHaveLength(16);
});

it("leaves alone what is removed while its DNS is asked", async () => {
  const domain = await claim("gone.example");
  const { value } = challengeRecord(domain);
  await checkDue(async () => {
    await test.database.prisma.domain.delete({ where: { id: domain.id } });
    return [[value]];
  });
  expect(reconciled).toEqual([]);
  expect(await test.database.prisma.event.count({ where: { type: "domain.verified" } })).toBe(0);
});
