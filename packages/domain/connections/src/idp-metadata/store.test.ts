import { defined } from "@sallyport/defined";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimDue, type FollowedConnection, requestRefresh } from "./store.ts";
import { createFollowingFixture, type FollowingFixture } from "./testing/following-fixture.ts";

const MINUTE = 60_000;
const NOW = new Date("2027-03-01T12:00:00Z");
const at = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);

let fixture: FollowingFixture;
beforeAll(async () => {
  fixture = await createFollowingFixture(createTestIdp());
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.database.prisma.connectionMetadata.deleteMany();
});

describe("what is due", () => {
  const take = (now: Date, limit = 10) => claimDue(fixture.database.sql, { now, limit, leaseMs: 2 * MINUTE });

  it("is taken longest due first, and by one of many that take at once", async () => {
    const made: FollowedConnection[] = [];
    for (const minutes of [-1, -3, -2, 1]) {
      made.push(await fixture.follow({ dueAt: at(minutes) }));
    }
    const [last, first, second] = made;
    expect((await take(NOW, 2)).map(({ connectionId }) => connectionId).sort()).toEqual(
      [first?.connectionId, second?.connectionId].sort(),
    );
    expect(await take(NOW)).toEqual([{ ...last, active: true }]);
    const all = (await Promise.all(Array.from({ length: 8 }, () => take(at(1), 1)))).flat();
    expect(all).toEqual([{ ...made[3], active: true }]);
  });

  it("comes back when whoever took it was never heard of again, and counts as looked at", async () => {
    const connection = await fixture.follow({ dueAt: at(0) });
    await take(NOW);
    expect(await fixture.stateOf(connection)).toMatchObject({ checkedAt: NOW, dueAt: at(2) });
    expect(await take(at(1))).toEqual([]);
    expect(await take(at(2))).toHaveLength(1);
  });

  it("is told apart from what a disabled connection leaves due", async () => {
    const connection = await fixture.follow({ dueAt: at(0), status: "disabled" });
    expect(await take(NOW)).toEqual([{ ...connection, active: false }]);
    expect(await fixture.stateOf(connection)).toMatchObject({ checkedAt: null });
  });
});

describe("a requested refresh", () => {
  const ask = (connection: FollowedConnection, now = NOW) =>
    requestRefresh(fixture.database.sql, connection, now);
  const dueAt = async (connection: FollowedConnection) => (await fixture.stateOf(connection)).dueAt;

  it("comes at once, where the last one is long ago or there was none", async () => {
    for (const checkedAt of [undefined, at(-5)]) {
      const connection = await fixture.follow({
        dueAt: at(30),
        ...defined({ checkedAt }),
      });
      expect(await ask(connection)).toBe(true);
      expect(await dueAt(connection)).toEqual(NOW);
      expect(await ask(connection, at(1))).toBe(false); // it is due already
      expect(await dueAt(connection)).toEqual(NOW);
    }
  });

  it("comes half a minute after a refresh of the schedule at the soonest: an IdP may take a new key right after it", async () => {
    const justNow = await fixture.follow({ dueAt: at(30), checkedAt: at(-0.1) });
    expect([await ask(justNow), await dueAt(justNow)]).toEqual([false, at(0.4)]);
    const before = await fixture.follow({ dueAt: at(30), checkedAt: at(-0.5) });
    expect([await ask(before), await dueAt(before)]).toEqual([true, NOW]);
  });

  it("comes five minutes after the last one that was asked for at the soonest, however often it is", async () => {
    const connection = await fixture.follow({ dueAt: at(30), checkedAt: at(-1) });
    const refresh = async (minutes: number) => {
      await claimDue(fixture.database.sql, { now: at(minutes), limit: 1, leaseMs: 30 * MINUTE });
    };
    expect([await ask(connection), await dueAt(connection)]).toEqual([true, NOW]);
    await refresh(0);
    for (const minutes of [1, 2, 3]) {
      expect(await ask(connection, at(minutes))).toBe(false);
      expect(await dueAt(connection)).toEqual(at(5));
    }
    await refresh(5);
    expect([await ask(connection, at(6)), await dueAt(connection)]).toEqual([false, at(10)]);
  });

  it("does not come twice because it is asked for while it is under way", async () => {
    const connection = await fixture.follow({ dueAt: at(0) });
    await claimDue(fixture.database.sql, { now: NOW, limit: 1, leaseMs: 2 * MINUTE });
    expect(await ask(connection)).toBe(false);
    expect(await dueAt(connection)).toEqual(at(2));
  });

  it("never puts off what is due sooner, and reaches no other organization's", async () => {
    const connection = await fixture.follow({ dueAt: at(1), checkedAt: at(-1) });
    const other = await fixture.follow({ dueAt: at(30) });
    expect(await ask(connection)).toBe(false);
    expect(await dueAt(connection)).toEqual(at(1));
    expect(await ask({ ...other, organizationId: connection.organizationId })).toBe(false);
    expect(await dueAt(other)).toEqual(at(30));
  });
});
