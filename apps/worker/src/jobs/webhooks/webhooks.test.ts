import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { type Event, fillOutbox, recordEvents } from "@sallyport/events";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { fanOut, rotateSecret, takeDeliveries } from "@sallyport/webhooks";
import { insertEndpoint, type Receiver, startReceiver } from "@sallyport/webhooks/testing";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningLoop, startLoop } from "../../loop.ts";
import { webhooksLoop } from "./job.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const log = createLogger({ level: "silent" });
const secrets = createSecretBox([newEncryptionKey()]);
const outbound = createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 1_000 });

let test: TestDatabase;
let acme: string;
let clock: Date;
let loops: RunningLoop[];
let receivers: Receiver[];

beforeEach(async () => {
  test = await createTestDatabase();
  loops = [];
  receivers = [];
  clock = new Date();
  acme = await organization("acme");
});
afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  await Promise.all(receivers.map((each) => each.close()));
  await test.drop();
});

async function organization(slug: string): Promise<string> {
  const id = newId();
  await test.database.prisma.organization.create({ data: { id, slug, name: slug } });
  return id;
}

async function receiver(port?: number): Promise<Receiver> {
  const one = await startReceiver(port);
  receivers.push(one);
  return one;
}

const start = () => {
  const services = { database: test.database, secrets, deliveryOutbound: outbound, log, now: () => clock };
  const loop = startLoop({ ...webhooksLoop, everyMs: 5 }, services, log);
  loops.push(loop);
  return loop;
};

/** An event that tests know by its name. */
const fact = (organizationId: string | null, name: string, resource = name): Event => ({
  organizationId,
  type: "domain.created",
  actor: { type: "system" },
  resource: { type: "domain", id: resource },
  after: { name },
});

async function record(...events: Event[]): Promise<void> {
  await recordEvents(test.database.sql, events);
  await fillOutbox(test.database);
}

const add = (url: string, more: { organizationId?: string | null; types?: string[] } = {}) =>
  insertEndpoint(test.database, secrets, { url, organizationId: acme, types: ["domain.*"], ...more });

const nameOf = ({ message }: Receiver["received"][number]) =>
  (message.data as unknown as { after: { name: string } }).after.name;
const namesAt = (one: Receiver) => one.received.map(nameOf);
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 10 });
const statuses = async () =>
  (await test.database.prisma.webhookDelivery.findMany({ orderBy: { position: "asc" } })).map(
    ({ status }) => status,
  );
const endpointOf = (id: string) => test.database.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } });

describe("a message", () => {
  it("is what the convention's own library verifies, and holds the event", async () => {
    const one = await receiver();
    const { secret } = await add(one.url);
    start();
    await record(fact(acme, "a.example"));
    await eventually(() => expect(one.received).toHaveLength(1));
    const [got] = one.received;
    const verified = new Webhook(secret).verify(got?.body ?? "", got?.headers ?? {});
    expect(verified).toMatchObject({
      type: "domain.created",
      timestamp: expect.stringMatching(/Z$/),
      data: {
        id: expect.any(String),
        type: "domain.created",
        organizationId: acme,
        sequence: expect.any(Number),
        actor: { type: "system" },
        resource: { type: "domain", id: "a.example" },
        after: { name: "a.example" },
      },
    });
    expect(() =>
      new Webhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").verify(got?.body ?? "", got?.headers ?? {}),
    ).toThrow();
    await eventually(async () => expect(await statuses()).toEqual(["delivered"]));
  });

  it("is signed by both secrets while a rotation overlaps, and by the new one alone after it", async () => {
    const one = await receiver();
    const { id, secret } = await add(one.url);
    const rotated = await test.database.prisma.$transaction((tx) =>
      rotateSecret(
        { tx, sql: { query: async () => ({ rows: [], rowCount: null }) }, record: () => undefined },
        secrets,
        { id, organizationId: acme },
        new Date(clock.getTime() + 60 * MINUTE_MS),
      ),
    );
    start();
    await record(fact(acme, "during"));
    await eventually(() => expect(one.received).toHaveLength(1));
    clock = new Date(clock.getTime() + 61 * MINUTE_MS);
    await record(fact(acme, "after"));
    await eventually(() => expect(one.received).toHaveLength(2));
    const verifies = (key: string | undefined, at: number) => {
      const got = one.received[at];
      const old = Math.abs(Date.now() / 1_000 - Number(got?.headers["webhook-timestamp"])) > 300;
      try {
        if (old) {
          vi.useFakeTimers({ now: Number(got?.headers["webhook-timestamp"]) * 1_000, toFake: ["Date"] });
        }
        new Webhook(key ?? "").verify(got?.body ?? "", got?.headers ?? {});
        return true;
      } catch {
        return false;
      } finally {
        vi.useRealTimers();
      }
    };
    expect([verifies(secret, 0), verifies(rotated?.secret, 0)]).toEqual([true, true]);
    expect([verifies(secret, 1), verifies(rotated?.secret, 1)]).toEqual([false, true]);
  });
});

describe("who is told", () => {
  it("is the organization's endpoints and the gateway's, by type; of none, the gateway's alone", async () => {
    const bravo = await organization("bravo");
    const [ofAcme, ofBravo, ofAll, ofRoles] = [
      await receiver(),
      await receiver(),
      await receiver(),
      await receiver(),
    ];
    await add(ofAcme.url);
    await add(ofBravo.url, { organizationId: bravo });
    await add(ofAll.url, { organizationId: null, types: [] });
    await add(ofRoles.url, { types: ["role.created", "domain.deleted"] });
    await fillOutbox(test.database);
    start();
    await record(fact(acme, "a"), fact(bravo, "b"), fact(null, "n"));
    await eventually(() => {
      expect(ofAll.received.filter(({ message }) => message.type === "domain.created")).toHaveLength(3);
      expect(ofAcme.received).toHaveLength(1);
      expect(ofBravo.received).toHaveLength(1);
    });
    expect([namesAt(ofAcme), namesAt(ofBravo), ofRoles.received]).toEqual([["a"], ["b"], []]);
  });

  it("is nobody of what was before the first endpoint", async () => {
    await record(fact(acme, "before"));
    start();
    await eventually(async () =>
      expect((await test.database.prisma.outboxConsumer.findFirst())?.position).toBe(1n),
    );
    const one = await receiver();
    await add(one.url);
    await record(fact(acme, "after"));
    await eventually(() => expect(namesAt(one)).toEqual(["after"]));
  });
});

describe("order", () => {
  it("is kept for each resource: a failed one holds those behind it, and nothing else", async () => {
    const one = await receiver();
    await add(one.url);
    let broken = true;
    one.answer = (got) => (nameOf(got) === "x1" && broken ? 500 : 200);
    start();
    await record(fact(acme, "x1", "x"), fact(acme, "x2", "x"), fact(acme, "y1", "y"), fact(acme, "x3", "x"));
    await eventually(() => expect(namesAt(one).toSorted()).toEqual(["x1", "y1"]));
    await eventually(async () =>
      expect(await statuses()).toEqual(["pending", "pending", "delivered", "pending"]),
    );
    broken = false;
    clock = new Date(clock.getTime() + 10_000);
    await eventually(() =>
      expect(namesAt(one).filter((name) => name !== "y1")).toEqual(["x1", "x1", "x2", "x3"]),
    );
  });

  it("holds where many events of few resources come at once, to several workers", async () => {
    const one = await receiver();
    await add(one.url);
    start();
    start();
    const events = Array.from({ length: 200 }, (_, n) => fact(acme, `${n}`, `resource ${n % 7}`));
    for (let at = 0; at < events.length; at += 20) {
      await record(...events.slice(at, at + 20));
    }
    await eventually(() => expect(one.received).toHaveLength(200));
    for (let resource = 0; resource < 7; resource++) {
      const numbers = one.received
        .filter(({ message }) => message.data.resource.id === `resource ${resource}`)
        .map((got) => Number(nameOf(got)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(new Set(one.received.map(({ headers }) => headers["webhook-id"])).size).toBe(200);
  });
});

describe("what fails", () => {
  it("is tried for a day under one id, then given up, and what waits behind it goes out", async () => {
    const one = await receiver();
    await add(one.url);
    one.answer = (got) => (nameOf(got) === "x1" ? 500 : 200);
    start();
    await record(fact(acme, "x1", "x"), fact(acme, "x2", "x"));
    const began = clock.getTime();
    const times: number[] = [];
    for (;;) {
      const attempts = times.length + 1;
      await eventually(async () => {
        const [first] = await test.database.prisma.webhookDelivery.findMany({ orderBy: { position: "asc" } });
        expect(one.received.filter((got) => nameOf(got) === "x1")).toHaveLength(attempts);
        expect(first?.lastStatus === null || first?.attempts !== attempts).toBe(false);
        expect(
          first?.status === "failed" || (first?.dueAt?.getTime() ?? 0) !== clock.getTime() + MINUTE_MS,
        ).toBe(true);
      });
      times.push(clock.getTime() - began);
      const [first] = await test.database.prisma.webhookDelivery.findMany({ orderBy: { position: "asc" } });
      if (first?.status !== "pending") {
        break;
      }
      clock = first.dueAt ?? clock;
    }
    expect(times.length).toBeGreaterThanOrEqual(10);
    expect(times.at(-1)).toBe(DAY_MS);
    expect(
      new Set(one.received.filter((got) => nameOf(got) === "x1").map(({ headers }) => headers["webhook-id"]))
        .size,
    ).toBe(1);
    await eventually(async () => expect(await statuses()).toEqual(["failed", "delivered"]));
  });

  it("is told with the beginning of what was answered, however much that was", async () => {
    const one = await receiver();
    await add(one.url);
    one.answer = (_got, res) => {
      const more = (text: string) => void res.write(text, () => more("x".repeat(65_536)));
      res.writeHead(500);
      more("Broken\u0000!");
      return undefined;
    };
    start();
    await record(fact(acme, "a"));
    await eventually(async () => {
      const [attempt] = await test.database.prisma.webhookAttempt.findMany();
      expect(attempt).toMatchObject({ number: 1, status: 500, error: "The receiver answered 500." });
      expect(attempt?.response).toHaveLength(4_096);
      expect(attempt?.response).toMatch(/^Broken\ufffd!xxx/);
    });
  });

  it("counts as delivered where the answer was a success, though its body never ends", async () => {
    const one = await receiver();
    await add(one.url);
    one.answer = (_got, res) => {
      res.writeHead(200).write("on its way");
      return undefined;
    };
    start();
    await record(fact(acme, "a"));
    await eventually(async () => expect(await statuses()).toEqual(["delivered"]));
    expect(await test.database.prisma.webhookAttempt.findMany()).toMatchObject([
      { status: 200, response: "on its way" },
    ]);
  });

  it("waits as the receiver asks, for all of the endpoint", async () => {
    const one = await receiver();
    const { id } = await add(one.url);
    one.answer = (_got, res) => {
      res.writeHead(429, { "retry-after": "600" }).end();
      return undefined;
    };
    start();
    await record(fact(acme, "a"));
    await eventually(async () =>
      expect((await endpointOf(id)).notBefore?.getTime()).toBe(clock.getTime() + 600_000),
    );
    await record(fact(acme, "b"));
    await eventually(async () => expect(await statuses()).toEqual(["pending", "pending"]));
    clock = new Date(clock.getTime() + 599_000);
    one.answer = 204;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(namesAt(one)).toEqual(["a"]);
    clock = new Date(clock.getTime() + 2_000);
    await eventually(async () => expect(await statuses()).toEqual(["delivered", "delivered"]));
  });
});

describe("an endpoint", () => {
  const lastEvent = () =>
    test.database.prisma.event.findFirst({ where: { type: "webhook_endpoint.disabled" } });

  it("that is gone by its own word is disabled at once", async () => {
    const one = await receiver();
    const { id } = await add(one.url);
    one.answer = 410;
    start();
    await record(fact(acme, "x1", "x"), fact(acme, "x2", "x"));
    await eventually(async () => expect((await endpointOf(id)).status).toBe("gone"));
    expect(await statuses()).toEqual(["failed", "failed"]);
    expect(await lastEvent()).toMatchObject({
      organizationId: acme,
      resourceId: id,
      data: { reason: "gone", failed: 1 },
    });
    await record(fact(acme, "later"));
    await eventually(async () =>
      expect(await test.database.prisma.outboxConsumer.findFirst()).toMatchObject({ position: 5n }),
    );
    expect(namesAt(one)).toEqual(["x1"]);
  });

  it("that took nothing for days is disabled when a delivery is given up, and its event says since when", async () => {
    const one = await receiver();
    const { id } = await add(one.url);
    one.answer = 500;
    start();
    await record(fact(acme, "a"));
    await eventually(async () => expect((await endpointOf(id)).failingSince).not.toBeNull());
    clock = new Date(clock.getTime() + 2 * DAY_MS);
    await eventually(async () => expect(await statuses()).toEqual(["failed"]));
    expect((await endpointOf(id)).status).toBe("enabled");
    clock = new Date(clock.getTime() + 2 * DAY_MS);
    await record(fact(acme, "b"));
    await eventually(async () => expect(one.received.length).toBe(3));
    clock = new Date(clock.getTime() + 2 * DAY_MS);
    await eventually(async () => expect((await endpointOf(id)).status).toBe("unreachable"));
    expect(await lastEvent()).toMatchObject({ data: { reason: "unreachable", failed: 0 } });
  });

  it("whose secret does not open holds up nobody else", async () => {
    const [one, two] = [await receiver(), await receiver()];
    const other = createSecretBox([newEncryptionKey()]);
    await insertEndpoint(test.database, other, { url: one.url, organizationId: acme, types: ["domain.*"] });
    await add(two.url);
    start();
    await record(fact(acme, "a"));
    await eventually(() => expect(namesAt(two)).toEqual(["a"]));
    await eventually(async () => {
      const [attempt] = await test.database.prisma.webhookAttempt.findMany({ where: { status: null } });
      expect(attempt?.error).toContain("encryption key is missing");
    });
    expect(one.received).toEqual([]);
  });

  it("that hangs holds up nobody else", async () => {
    const hanging = await Promise.all(Array.from({ length: 20 }, () => receiver()));
    const [one] = [await receiver()];
    for (const each of hanging) {
      each.answer = "hang";
      await add(each.url);
    }
    await add(one.url);
    start();
    await record(...Array.from({ length: 50 }, (_, n) => fact(acme, `${n}`)));
    const began = performance.now();
    await eventually(() => expect(one.received).toHaveLength(50));
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe("a worker", () => {
  it("that stops gives back what it was sending, untried", async () => {
    const one = await receiver();
    await add(one.url);
    one.answer = "hang";
    const loop = start();
    await record(fact(acme, "a"));
    await eventually(() => expect(one.received).toHaveLength(1));
    await loop.stop();
    expect(await test.database.prisma.webhookDelivery.findMany()).toMatchObject([
      { status: "pending", attempts: 0, triesSince: 0 },
    ]);
    one.answer = 204;
    start();
    await eventually(() => expect(one.received).toHaveLength(2));
  });

  it("takes up again, after the lease, what another one took and never finished", async () => {
    const one = await receiver();
    await add(one.url);
    await fillOutbox(test.database);
    await record(fact(acme, "a"));
    await fanOut(test.database, { now: clock });
    const [{ endpointId } = { endpointId: "" }] = await test.database.prisma.webhookDelivery.findMany();
    const died = await takeDeliveries(test.database.sql, secrets, {
      shares: new Map([[endpointId, 5]]),
      now: clock,
      leaseUntil: new Date(clock.getTime() + MINUTE_MS),
    });
    expect(died).toHaveLength(1);
    start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(one.received).toEqual([]);
    clock = new Date(clock.getTime() + MINUTE_MS);
    await eventually(() => expect(namesAt(one)).toEqual(["a"]));
  });
});
