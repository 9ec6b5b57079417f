import { createTestDatabase } from "@sallyport/database/testing";
import { connectRedis } from "@sallyport/queue";
import { redisIsInstalled, startTestRedis } from "@sallyport/queue/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Artifact, ArtifactStore } from "./artifact-store.ts";
import { createPostgresStore } from "./postgres-store.ts";
import { createRedisStore } from "./redis-store.ts";

interface TestStore {
  readonly store: ArtifactStore;
  /** All that somebody with a copy of the store would hold. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

async function onPostgres(): Promise<TestStore> {
  const test = await createTestDatabase();
  return {
    store: createPostgresStore(test.database.sql, () => new Date()),
    dump: async () => JSON.stringify(await test.database.prisma.opArtifact.findMany()),
    stop: () => test.drop(),
  };
}

async function onRedis(): Promise<TestStore> {
  const server = await startTestRedis();
  const test = await createTestDatabase();
  const redis = connectRedis(server.url);
  const store = createRedisStore(redis, test.database.sql, () => new Date());
  return {
    store,
    dump: async () => {
      const keys = await redis.keys("*");
      const values = await Promise.all(
        keys.map(async (key) => (key.includes(":grant:") ? redis.smembers(key) : redis.hgetall(key))),
      );
      return JSON.stringify([keys, values]);
    },
    stop: async () => {
      await store.close();
      await server.stop();
      await test.drop();
    },
  };
}

contract("PostgreSQL", onPostgres);
describe.runIf(redisIsInstalled())("where redis-server is installed", () => contract("Redis", onRedis));

function contract(name: string, start: () => Promise<TestStore>): void {
  describe(name, () => {
    let test: TestStore;
    let store: ArtifactStore;
    let count = 0;
    beforeAll(async () => {
      test = await start();
      store = test.store;
    });
    afterAll(() => test.stop());

    const artifact = (more: Partial<Artifact> = {}): Artifact => {
      count += 1;
      const id = `secret-${count}`;
      const expiresAt = new Date(Date.now() + 60_000);
      return {
        kind: "RefreshToken",
        id,
        payload: { n: count, deep: { é: ["✓"] } },
        grantId: null,
        expiresAt,
        ...more,
      };
    };
    async function put(...puts: Artifact[]): Promise<void> {
      await store.write({ put: puts });
    }
    const times = <Result>(work: () => Promise<Result>) => Promise.all(Array.from({ length: 20 }, work));

    it("finds what was put, by kind and id", async () => {
      const one = artifact();
      await put(one);
      expect(await store.find(one)).toEqual({ payload: one.payload, consumedAt: null });
      expect(await store.find({ kind: "Session", id: one.id })).toBeNull();
      expect(await store.find({ kind: one.kind, id: "unknown" })).toBeNull();
    });

    it("puts over what is there", async () => {
      const one = artifact();
      await put(one);
      await put({ ...one, payload: { n: "new" } });
      expect((await store.find(one))?.payload).toEqual({ n: "new" });
    });

    it("adds only what is not there, of many who try, and leaves what was done to it", async () => {
      const one = artifact();
      await times(() => store.write({ add: [one] }));
      await store.consume(one);
      const used = await store.find(one);
      await store.write({ add: [{ ...one, payload: { n: "new" }, expiresAt: new Date(Date.now() - 1) }] });
      expect(await store.find(one)).toEqual(used);
      expect(used).toEqual({ payload: one.payload, consumedAt: expect.any(Date) });
    });

    it("says of a later consumer when the first one was", async () => {
      const one = artifact();
      await put(one);
      await store.consume(one);
      const first = (await store.find(one))?.consumedAt;
      expect(await store.consume(one)).toEqual({ payload: one.payload, consumedAt: first });
      expect((await store.find(one))?.consumedAt).toEqual(first);
    });

    it("writes many, and removes many, at once", async () => {
      const [one, two, three] = [artifact(), artifact(), artifact()];
      await put(one, two);
      await store.write({ put: [three], remove: [one, two, artifact()] });
      expect(await Promise.all([one, two, three].map((key) => store.find(key)))).toEqual([
        null,
        null,
        { payload: three.payload, consumedAt: null },
      ]);
    });

    it("finds nothing that has expired", async () => {
      const soon = artifact({ expiresAt: new Date(Date.now() + 150) });
      const past = artifact({ expiresAt: new Date(Date.now() - 1_000) });
      await put(soon, past);
      expect(await store.find(soon)).not.toBeNull();
      await new Promise((passed) => setTimeout(passed, 200));
      for (const gone of [soon, past]) {
        expect(await store.find(gone)).toBeNull();
        expect(await store.consume(gone)).toBeNull();
        expect(await store.addOnce(gone, "x", 1)).toBeNull();
        expect(await store.take(gone)).toBeNull();
      }
    });

    it("gives it to one of many takers", async () => {
      const one = artifact();
      await put(one);
      const takers = await times(() => store.take(one));
      expect(takers.filter((taken) => taken !== null)).toEqual([one.payload]);
      expect(await store.find(one)).toBeNull();
    });

    it("tells the first of many consumers from the others", async () => {
      const one = artifact();
      await put(one);
      const consumers = await times(() => store.consume(one));
      expect(consumers.filter((found) => found?.consumedAt === null)).toHaveLength(1);
      expect(consumers.filter((found) => found?.consumedAt instanceof Date)).toHaveLength(19);
      expect(await store.find(one)).toEqual({ payload: one.payload, consumedAt: expect.any(Date) });
      expect(await store.consume(artifact())).toBeNull();
    });

    it("adds a member once, of many who try", async () => {
      const one = artifact({ payload: { a: 1 } });
      await put(one);
      let attempt = 0;
      const adders = await times(() => store.addOnce(one, "result", { attempt: ++attempt }));
      const [added, ...more] = adders.filter((payload) => payload !== null);
      expect(more).toEqual([]);
      expect(added).toMatchObject({ a: 1, result: expect.anything() });
      expect(await store.find(one)).toEqual({ payload: added, consumedAt: null });
      expect(await store.addOnce(one, "a", 2)).toBeNull();
      expect(await store.addOnce(artifact(), "a", 2)).toBeNull();
      expect(await store.take(one)).toEqual(added);
    });

    it("removes what an authorization led to, and nothing else", async () => {
      const [one, two, other] = [
        artifact({ grantId: "g1" }),
        artifact({ grantId: "g1", kind: "AuthorizationCode" }),
        artifact({ grantId: "g2" }),
      ];
      await put(one, two, other);
      await store.removeGrant("g1");
      await store.removeGrant("unknown");
      expect(
        await Promise.all([one, two, other].map(async (key) => (await store.find(key)) !== null)),
      ).toEqual([false, false, true]);
    });

    it("keeps no id that could be used", async () => {
      await put(artifact());
      expect(await test.dump()).not.toContain("secret-");
    });
  });
}
