import type { Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findLiveSession, noteSessionUse, readFeed, revokeSessions, revokeToken } from "../index.ts";
import { addApplication, addPerson, type TestPerson } from "../testing/person.ts";
import type { FeedPosition } from "./feed.ts";
import { endsSince, presentSnapshot, type SessionEnd } from "./log.ts";

let test: TestDatabase;
let ann: TestPerson;
let wiki: string;
let session: string;
let snapshot: string;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  ann = await addPerson(test.database);
  wiki = await addApplication(test.database);
  session = await ann.signIn(wiki);
  snapshot = await presentSnapshot(test.database.sql);
});

const cause = () => ({ reason: "test", actor: { type: "system" }, now: new Date() }) as const;
const revoke = (id: string, sql: Sql = test.database.sql) =>
  revokeSessions(sql, ann.organizationId, { sessionIds: [id] }, cause());

/** What is new since the last look. */
async function look(): Promise<readonly SessionEnd[]> {
  const since = await endsSince(test.database.sql, snapshot);
  snapshot = since.snapshot;
  return since.ends;
}
const live = async () => (await findLiveSession(test.database.sql, session, new Date())) !== null;

const feed = (position: FeedPosition | null, limit = 10, now = new Date()) =>
  readFeed(test.database.sql, wiki, position, { limit, now });

/** A transaction that stays open until it is told to commit. */
async function open(work: (sql: Sql) => Promise<unknown>): Promise<() => Promise<void>> {
  let commit: () => void = () => undefined;
  const committing = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let done: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    done = test.database.transaction(async (sql) => {
      await work(sql).then(() => resolve(), reject);
      await committing;
    });
  });
  return () => {
    commit();
    return done;
  };
}

describe("whatever ends a session is in the log, in the same transaction", () => {
  // Every condition of `findLiveSession`, undone by statements of nobody's code.
  it.each<[string, string, (person: TestPerson) => string]>([
    ["it is revoked", "UPDATE sessions SET revoked_at = now() WHERE id = $1", () => session],
    ["it is deleted", "DELETE FROM sessions WHERE id = $1", () => session],
    ["its user is deleted", "DELETE FROM users WHERE id = $1", ({ userId }) => userId],
    ["its organization is deleted", "DELETE FROM organizations WHERE id = $1", (of) => of.organizationId],
    ["its membership is deleted", "DELETE FROM memberships WHERE id = $1", (of) => of.membershipId],
    [
      "its membership is suspended",
      "UPDATE memberships SET status = 'suspended' WHERE id = $1",
      (of) => of.membershipId,
    ],
    [
      "a directory ends its member",
      "UPDATE memberships SET directory = 'ended' WHERE id = $1",
      (of) => of.membershipId,
    ],
    [
      "its connection is disabled",
      "UPDATE connections SET status = 'disabled' WHERE id = $1",
      (of) => of.connectionId,
    ],
    [
      "its connection is deleted",
      "DELETE FROM connections WHERE id = $1",
      ({ connectionId }) => connectionId,
    ],
  ])("%s", async (_, statement, value) => {
    const commit = await open((sql) => sql.query(statement, [value(ann)]));
    expect([await look(), await live()]).toEqual([[], true]);
    await commit();
    const ends = await look();
    expect([ends.map(({ sessionId }) => sessionId), await live()]).toEqual([
      expect.arrayContaining([session]),
      false,
    ]);
    expect(ends.every(({ applicationId }) => applicationId === wiki || applicationId === null)).toBe(true);
  });

  it("once, where whoever ends a membership also revokes its sessions", async () => {
    await test.database.transaction(async (sql) => {
      await sql.query("UPDATE memberships SET status = 'suspended' WHERE id = $1", [ann.membershipId]);
      await revokeSessions(sql, ann.organizationId, { userIds: [ann.userId] }, cause());
    });
    expect(await look()).toEqual([{ sessionId: session, applicationId: wiki }]);
  });

  it("and a single token or a role that was lost, which are told to no application", async () => {
    await test.database.transaction((sql) => revokeToken(sql, session, "grant", cause()));
    expect(await look()).toEqual([{ sessionId: session, applicationId: null }]);
    await test.database.sql.query("DELETE FROM role_bindings WHERE membership_id = $1", [ann.membershipId]);
    expect(await look()).toEqual([{ sessionId: session, applicationId: null }]);
    expect(await feed(null)).toMatchObject({ items: [] });
  });

  it("and nothing else is: an expired session, a name that changed, a rollback", async () => {
    const { sql } = test.database;
    await sql.query("UPDATE users SET name = 'Ann' WHERE id = $1", [ann.userId]);
    await sql.query("UPDATE sessions SET groups = '{x}' WHERE id = $1", [session]);
    await sql.query("UPDATE connections SET name = 'Other' WHERE id = $1", [ann.connectionId]);
    const failed = test.database.transaction(async (inside) => {
      await revoke(session, inside);
      throw new Error("rolled back");
    });
    await expect(failed).rejects.toThrow("rolled back");
    await sql.query("UPDATE sessions SET expires_at = now() - interval '1 day' WHERE id = $1", [session]);
    await sql.query("DELETE FROM sessions WHERE id = $1", [session]);
    expect(await look()).toEqual([]);
  });

  it("for an application that is given tokens at that moment, whichever commits first", async () => {
    const { sql } = test.database;
    const [blog, shop] = [await addApplication(test.database), await addApplication(test.database)];
    const give = await open((inside) => inside.query(noteSessionUse("$1", "$2"), [session, blog]));
    const revoked = revoke(session); // waits for the note
    await give();
    await revoked;
    await sql.query(noteSessionUse("$1", "$2"), [session, shop]);
    const told = (await look()).map(({ applicationId }) => applicationId);
    expect(told.toSorted()).toEqual([wiki, blog, shop].toSorted());
  });
});

describe("a reader", () => {
  it("neither skips nor waits for what commits late", async () => {
    const [late, prompt] = [await ann.signIn(wiki), await ann.signIn(wiki)];
    snapshot = await presentSnapshot(test.database.sql);
    const first = await feed(null);
    const commit = await open((sql) => revoke(late, sql));
    await revoke(prompt);
    expect((await look()).map(({ sessionId }) => sessionId)).toEqual([prompt]);
    const second = await feed(first?.next ?? null);
    expect(second?.items.map(({ sessionId }) => sessionId)).toEqual([prompt]);
    await commit();
    expect((await look()).map(({ sessionId }) => sessionId)).toEqual([late]);
    const third = await feed(second?.next ?? null);
    expect(third?.items.map(({ sessionId }) => sessionId)).toEqual([late]);
  });

  it("of the feed gets each once, page by page, while others go on ending and commit out of order", async () => {
    const ended = new Set<string>();
    const end = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const id = await ann.signIn(wiki);
        ended.add(id);
        await revoke(id);
      }
    };
    const seen: string[] = [];
    let position: FeedPosition | null = null;
    const read = async () => {
      const page = await feed(position, 3);
      position = page?.next ?? null;
      seen.push(...(page?.items ?? []).map(({ sessionId }) => sessionId));
      return page?.more === true;
    };
    await end(7);
    const late = await ann.signIn(wiki);
    ended.add(late);
    const commit = await open((sql) => revoke(late, sql));
    await end(2);
    await read();
    await end(4); // after the list was begun: of the next one
    await read();
    await commit();
    while (await read()) {}
    while (await read()) {}
    expect(seen.toSorted()).toEqual([...ended].toSorted());
  });

  it("is told when its position is too old, or of another cluster, instead of a list with a gap", async () => {
    const { next } = (await feed(null)) ?? {};
    if (next === undefined) {
      throw new Error("no page");
    }
    const later = (ms: number) => new Date(next.at + ms);
    const day = 24 * 3_600_000;
    expect(await feed({ ...next, cluster: "1" })).toBeNull();
    expect(await feed(next, 10, later(day + 1))).toBeNull();
    expect(await feed(next, 10, later(day))).not.toBeNull();
  });
});
