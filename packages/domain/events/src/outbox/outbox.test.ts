import { type Database, newId, openDatabase, type Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../event.ts";
import { recordedEvent } from "../event.ts";
import { acknowledge, fillOutbox, forgetEvents, readOutbox, readUnread } from "../index.ts";
import { recordEvents } from "../record.ts";
import { FILL } from "./fill.ts";
import { tryLockOutbox } from "./lock.ts";

let test: TestDatabase;
let database: Database;
beforeEach(async () => {
  test = await createTestDatabase({ poolSize: 10 });
  ({ database } = test);
});
afterEach(() => test.drop());

async function organization(): Promise<string> {
  const id = newId();
  await database.prisma.organization.create({ data: { id, slug: id, name: id } });
  return id;
}

/** An event that the tests know by its name. */
function fact(organizationId: string | null, name: string): Event {
  return {
    organizationId,
    type: "organization.deleted",
    actor: { type: "system" },
    resource: { type: "organization", id: name },
    before: { signIn: "justInTime", rolesFrom: "directory", slug: name, name },
  };
}

const record = (organizationId: string | null, ...names: string[]) =>
  recordEvents(
    database.sql,
    names.map((name) => fact(organizationId, name)),
  );

async function delivered(organizationId?: string | null) {
  const entries = await readOutbox(database.sql, { after: 0, limit: 10_000 });
  return entries.filter(
    ({ event }) => organizationId === undefined || event.organizationId === organizationId,
  );
}
const namesOf = (entries: Awaited<ReturnType<typeof delivered>>) =>
  entries.map(({ event }) => event.resource.id);
const sequencesOf = (entries: Awaited<ReturnType<typeof delivered>>) =>
  entries.map(({ event }) => event.sequence);

/** A transaction that stays open until it is told to end. */
async function open() {
  let end: (how: "commit" | "rollback") => void = () => undefined;
  const ended = new Promise<"commit" | "rollback">((resolve) => {
    end = resolve;
  });
  let done: Promise<void> = Promise.resolve();
  const sql = await new Promise<Sql>((resolve) => {
    done = database.transaction(async (inside) => {
      resolve(inside);
      if ((await ended) === "rollback") {
        throw new Error("rolled back");
      }
    });
  });
  return {
    sql,
    record: (organizationId: string | null, ...names: string[]) =>
      recordEvents(
        sql,
        names.map((name) => fact(organizationId, name)),
      ),
    commit: () => {
      end("commit");
      return done;
    },
    rollback: () => {
      end("rollback");
      return expect(done).rejects.toThrow("rolled back");
    },
  };
}

describe("the order", () => {
  it("counts each organization's events from 1, those of none as well, and all of them together", async () => {
    const [acme, bravo] = [await organization(), await organization()];
    await record(acme, "a1", "a2");
    await record(bravo, "b1");
    expect(await fillOutbox(database)).toBe(3);
    await record(null, "n1");
    await record(acme, "a3");
    expect(await fillOutbox(database)).toBe(2);
    expect(await fillOutbox(database)).toBe(0);
    const entries = await delivered();
    expect(entries.map(({ position, event }) => [position, event.resource.id, event.sequence])).toEqual([
      [1, "a1", 1],
      [2, "a2", 2],
      [3, "b1", 1],
      [4, "n1", 1],
      [5, "a3", 3],
    ]);
    for (const { event } of entries) {
      recordedEvent.parse(event);
    }
  });

  it("neither skips nor waits for an event whose transaction commits late", async () => {
    const acme = await organization();
    const late = await open();
    await late.record(acme, "late");
    await record(acme, "prompt");
    await fillOutbox(database);
    expect(namesOf(await delivered(acme))).toEqual(["prompt"]);
    await late.commit();
    await record(acme, "next");
    await fillOutbox(database);
    expect(namesOf(await delivered(acme))).toEqual(["prompt", "late", "next"]);
    expect(sequencesOf(await delivered(acme))).toEqual([1, 2, 3]);
  });

  it("leaves no gap for what was rolled back", async () => {
    const acme = await organization();
    const lost = await open();
    await lost.record(acme, "lost");
    await record(acme, "first");
    await lost.rollback();
    await record(acme, "second");
    await fillOutbox(database);
    expect(namesOf(await delivered(acme))).toEqual(["first", "second"]);
    expect(sequencesOf(await delivered(acme))).toEqual([1, 2]);
  });

  it("has what rests on another's commit behind it, also when its transaction began first", async () => {
    const acme = await organization();
    const early = await open();
    await early.record(acme, "began first");
    const other = await open();
    await other.record(acme, "other");
    await other.commit();
    // Another transaction is still open between them, so that no horizon separates the two.
    const bystander = await open();
    await bystander.record(acme, "bystander");
    await early.record(acme, "saw other");
    await early.commit();
    await fillOutbox(database);
    await bystander.commit();
    await fillOutbox(database);
    expect(namesOf(await delivered(acme))).toEqual(["began first", "other", "saw other", "bystander"]);
  });

  it("lets transactions of one organization record without waiting for each other", async () => {
    const acme = await organization();
    const all = await Promise.all(Array.from({ length: 5 }, open));
    // Each of them is open while the next one records: a lock would never be given.
    for (const [index, one] of all.entries()) {
      await one.record(acme, `${index}`);
    }
    for (const one of all.toReversed()) {
      await one.commit();
      await fillOutbox(database);
    }
    expect(namesOf(await delivered(acme))).toEqual(["4", "3", "2", "1", "0"]);
    expect(sequencesOf(await delivered(acme))).toEqual([1, 2, 3, 4, 5]);
  });

  it("is the same for every reader, however transactions and fillings fall together", async () => {
    const organizations = await Promise.all(Array.from({ length: 3 }, organization));
    const seen: string[] = [];
    let position = 0;
    let writing = true;
    const read = async () => {
      const entries = await readOutbox(database.sql, { after: position, limit: 7 });
      for (const entry of entries) {
        seen.push(entry.event.id);
        expect(entry.position).toBe(position + 1);
        position = entry.position;
      }
      return entries.length;
    };
    const writer = async (mine: number) => {
      for (let n = 0; n < 40; n++) {
        const transaction = await open();
        await transaction.record(organizations[(mine + n) % 3] ?? null, `${mine} ${n}`);
        if (n % 7 === 3) {
          await transaction.rollback();
        } else {
          await transaction.commit();
        }
      }
    };
    const whileWriting = async (work: () => Promise<unknown>) => {
      while (writing) {
        await work();
      }
    };
    const fill = () => fillOutbox(database);
    const others = [whileWriting(fill), whileWriting(fill), whileWriting(read)];
    await Promise.all([0, 1, 2, 3].map(writer));
    writing = false;
    await Promise.all(others);
    await fillOutbox(database);
    while ((await read()) > 0) {}
    expect(new Set(seen).size).toBe(await database.prisma.event.count());
    for (const id of organizations) {
      const entries = await delivered(id);
      expect(sequencesOf(entries)).toEqual(entries.map((_entry, index) => index + 1));
      // What one writer recorded stays in its order: each transaction began after the commit of the one before.
      for (const mine of [0, 1, 2, 3]) {
        const own = namesOf(entries).filter((name) => name.startsWith(`${mine} `));
        const numbers = own.map((name) => Number(name.split(" ")[1]));
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      }
    }
  });
});

describe("filling", () => {
  it("is done by one process at a time; another goes its way", async () => {
    const acme = await organization();
    await record(acme, "a1");
    const busy = await open();
    await busy.sql.query("SELECT pg_advisory_xact_lock(hashtextextended('outbox', 0))::text");
    expect(await fillOutbox(database)).toBe(0);
    await busy.commit();
    expect(await fillOutbox(database)).toBe(1);
  });

  it("happens whole or not at all", async () => {
    const acme = await organization();
    await record(acme, "a1");
    const crashing: Database = {
      ...database,
      transaction: (work) =>
        database.transaction(async (sql) => {
          await work(sql);
          throw new Error("crashed before the commit");
        }),
    };
    await expect(fillOutbox(crashing)).rejects.toThrow("crashed");
    expect(await delivered()).toEqual([]);
    await fillOutbox(database);
    expect(namesOf(await delivered())).toEqual(["a1"]);
  });

  it("goes on in a cluster that a dump was restored to, where transactions have other numbers", async () => {
    const acme = await organization();
    await record(acme, "delivered before");
    await fillOutbox(database);
    await record(acme, "in the dump alone");
    // As if it came from a cluster that is millions of transactions ahead.
    await database.sql.query("UPDATE events SET transaction = '900000000'");
    await database.sql.query("UPDATE outbox_state SET cluster = 1, snapshot = '900000000:900000000:'");
    await record(acme, "recorded here");
    expect(await fillOutbox(database)).toBe(2);
    await record(acme, "later");
    expect(await fillOutbox(database)).toBe(1);
    expect(await fillOutbox(database)).toBe(0);
    const entries = await delivered(acme);
    expect(namesOf(entries)).toEqual(["delivered before", "in the dump alone", "recorded here", "later"]);
    expect(sequencesOf(entries)).toEqual([1, 2, 3, 4]);
  });

  it("goes by the index on transactions, however full the table is", async () => {
    const { rows } = await database.transaction(async (sql) => {
      await tryLockOutbox(sql);
      return sql.query<{ "QUERY PLAN": string }>(`EXPLAIN ${FILL}`);
    });
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("events_transaction_idx");
    expect(plan).not.toContain("Seq Scan on events");
  });
});

describe("a consumer", () => {
  const take = async (limit: number) => namesOf(await readUnread(database.sql, "webhooks", limit));

  it("gets again what it did not acknowledge: at least once, in order", async () => {
    await record(null, "1", "2", "3");
    await fillOutbox(database);
    const [first, second] = await readUnread(database.sql, "webhooks", 2);
    expect([first?.event.resource.id, second?.event.resource.id]).toEqual(["1", "2"]);
    // It dies here, and another process takes over.
    const other = openDatabase({ url: test.url });
    expect(namesOf(await readUnread(other.sql, "webhooks", 2))).toEqual(["1", "2"]);
    await acknowledge(other.sql, "webhooks", first?.position ?? 0);
    await other.close();
    expect(await take(10)).toEqual(["2", "3"]);
    await acknowledge(database.sql, "webhooks", 3);
    expect(await take(10)).toEqual([]);
    await acknowledge(database.sql, "webhooks", 1);
    expect(await take(10)).toEqual([]);
  });

  it("does not hold up another one", async () => {
    await record(null, "1");
    await fillOutbox(database);
    await acknowledge(database.sql, "stream", 1);
    expect(await take(10)).toEqual(["1"]);
    expect(await readUnread(database.sql, "stream", 10)).toEqual([]);
  });
});

it("forgets a deleted organization, and nobody else", async () => {
  const [acme, bravo] = [await organization(), await organization()];
  await record(acme, "a1");
  await record(bravo, "b1");
  await fillOutbox(database);
  await record(acme, "a2");
  await database.transaction(async (sql) => {
    await sql.query("DELETE FROM organizations WHERE id = $1", [acme]);
    await forgetEvents(sql, acme);
  });
  await fillOutbox(database);
  expect(namesOf(await delivered())).toEqual(["b1"]);
  const { rows } = await database.sql.query(
    "SELECT organization_id FROM outbox UNION SELECT organization_id FROM outbox_sequences",
  );
  expect(rows).toEqual([{ organization_id: bravo }]);
});
