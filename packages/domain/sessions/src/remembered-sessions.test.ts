import type { Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { revokeSessions, revokeToken, sessionsEndHere } from "./index.ts";
import { REMEMBERED_MS, type RememberedSessions, rememberSessions } from "./remembered-sessions.ts";
import {
  FOLLOWER_BOUND_MS,
  followRevocations,
  type Heard,
  type RevocationFollower,
} from "./revocations/follow.ts";
import { addPerson, type TestPerson } from "./testing/person.ts";

let test: TestDatabase;
let ann: TestPerson;
let session: string;
let statements: number;
let time: number;
let follower: RevocationFollower;
let remembered: RememberedSessions;
let lost: string[];
const ticks = () => time;

beforeEach(async () => {
  test = await createTestDatabase();
  ann = await addPerson(test.database);
  session = await ann.signIn();
  statements = 0;
  time = 0;
  lost = [];
  follower = followRevocations({
    database: test.database,
    onLost: ({ message }) => lost.push(message),
    ticks,
  });
  remembered = rememberSessions({ sql: counted, follower, now: () => new Date(), ticks });
  await heard();
});
afterEach(async () => {
  follower.close();
  remembered.close();
  await test.drop();
});

const counted: Sql = {
  query: (...statement) => {
    statements += 1;
    return test.database.sql.query(...statement);
  },
};
/** What the follower hears next. */
const heard = () =>
  new Promise<Heard>((resolve) => {
    const stop = follower.onHeard((told) => {
      stop();
      resolve(told);
    });
  });
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
/** Its id, or null; and the statements that it took. */
async function find(grant = "grant"): Promise<[string | null, number]> {
  const before = statements;
  const found = await remembered.find(session, grant);
  return [found?.id ?? null, statements - before];
}
const cause = { reason: "test", actor: { type: "system" }, now: new Date() } as const;
const revoke = (sql: Sql = test.database.sql) =>
  revokeSessions(sql, ann.organizationId, { sessionIds: [session] }, cause);
const elsewhere = (text: string, ...values: unknown[]) => test.database.sql.query(text, values);

describe("a session that is remembered", () => {
  it("costs no statement, by each authorization", async () => {
    expect([await find(), await find(), await find("other"), await find("other")]).toEqual([
      [session, 1],
      [session, 0],
      [session, 1],
      [session, 0],
    ]);
  });

  it("is asked for once by all who ask at the same time", async () => {
    await Promise.all([find(), find(), find()]);
    expect(statements).toBe(1);
  });

  it("is asked for anew when it may have changed, and when it has expired", async () => {
    await find();
    time = REMEMBERED_MS;
    await follower.look();
    await elsewhere("UPDATE sessions SET expires_at = now() WHERE id = $1", session);
    expect(await find()).toEqual([null, 1]);
  });

  it("is dead in the process that ends it, before the commit is told to anybody", async () => {
    await find();
    let during: [string | null, number] | undefined;
    await test.database.transaction(async (sql) => {
      await revoke(sql);
      during = await find(); // it holds still, and nothing of that is kept
    });
    expect([during, await find()]).toEqual([
      [session, 1],
      [null, 1],
    ]);
  });

  it("goes on where the end was rolled back", async () => {
    const failed = test.database.transaction(async (sql) => {
      await revoke(sql);
      throw new Error("rolled back");
    });
    await expect(failed).rejects.toThrow();
    expect((await find())[0]).toBe(session);
  });

  it("is dead in others with the notification of the commit", async () => {
    await find();
    const told = heard();
    await elsewhere("UPDATE sessions SET revoked_at = now() WHERE id = $1", session);
    expect(await told).toEqual([{ sessionId: session, applicationId: null }]);
    expect(await find()).toEqual([null, 1]);
  });

  it("is asked for anew when its authorization was revoked, or a role was lost", async () => {
    await find();
    await test.database.transaction((sql) => revokeToken(sql, session, "grant", cause));
    expect([await find(), (await find("other"))[0]]).toEqual([[null, 1], session]);
    const other = await addPerson(test.database);
    session = await other.signIn();
    await find("other");
    const told = heard();
    await elsewhere("DELETE FROM role_bindings WHERE membership_id = $1", other.membershipId);
    await told;
    expect((await remembered.find(session, "other"))?.roles).toEqual([]);
  });

  it("is not kept where it ended while it was being read", async () => {
    const [read, release] = [gate(), gate()];
    const slow: Sql = {
      query: async (...statement) => {
        const result = await counted.query(...statement);
        read.open();
        await release.opened;
        return result as never;
      },
    };
    const sessions = rememberSessions({ sql: slow, follower, now: () => new Date(), ticks });
    const found = sessions.find(session, "grant");
    await read.opened;
    const told = heard();
    await elsewhere("UPDATE sessions SET revoked_at = now() WHERE id = $1", session);
    await told;
    release.open();
    expect([(await found)?.id, await sessions.find(session, "grant")]).toEqual([session, null]);
    sessions.close();
  });

  it("is none for a while after an organization was deleted here", async () => {
    await find();
    sessionsEndHere("all");
    expect([await find(), await find()]).toEqual([
      [session, 1],
      [session, 1],
    ]);
    time = 60_000;
    await follower.look();
    await find();
    expect(await find()).toEqual([session, 0]);
  });
});

describe("where the log is not followed", () => {
  it("PostgreSQL is asked each time, as soon as the connection is gone, until it is back", async () => {
    await find();
    const told = heard();
    await elsewhere(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_current_snapshot%'`,
    );
    expect(await told).toBe("unknown");
    expect([follower.isCurrent(), await find(), await find()]).toEqual([false, [session, 1], [session, 1]]);
    expect(lost).toHaveLength(1);
    // What ended meanwhile is known when it is back.
    await elsewhere("UPDATE sessions SET revoked_at = now() WHERE id = $1", session);
    await follower.look();
    expect([follower.isCurrent(), (await find())[0]]).toEqual([true, null]);
  });

  it("PostgreSQL is asked each time once the last look is too long ago", async () => {
    await find();
    time = FOLLOWER_BOUND_MS - 1;
    expect(await find()).toEqual([session, 0]);
    time = FOLLOWER_BOUND_MS;
    expect([follower.isCurrent(), await find()]).toEqual([false, [session, 1]]);
    await follower.look();
    expect([follower.isCurrent(), await find()]).toEqual([true, [session, 0]]);
  });

  it("nor behind a proxy that gives another connection for each transaction: it does not listen there", async () => {
    const deaf = followRevocations({
      database: {
        listen: async (channel, handlers) => {
          const listening = await test.database.listen(channel, handlers);
          await listening.sql.query("UNLISTEN *");
          return listening;
        },
      },
      onLost: ({ message }) => lost.push(message),
    });
    await deaf.look();
    expect([deaf.isCurrent(), lost.join()]).toEqual([
      false,
      expect.stringContaining("transaction-pooling proxy"),
    ]);
    deaf.close();
  });
});
