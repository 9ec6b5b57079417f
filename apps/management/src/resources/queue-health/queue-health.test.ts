import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { queueHealth } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const read = async () => (await api.call("getQueueHealth")).as(queueHealth);

it("tells what waits, what failed, and how far behind the reconciler is", async () => {
  const { organizationId, directoryId } = acme;
  expect((await read()).reconciler).toEqual({ pending: 0, lagSeconds: 0 });
  await api.deps.database.prisma.dirtyDirectoryUser.create({
    data: {
      organizationId,
      directoryUserId: directoryId,
      markedAt: new Date(api.clock.now.getTime() - 5_000),
    },
  });
  const failure = {
    queue: "reconcile",
    job: "reconcile",
    data: { organizationId },
    attempts: 3,
    reason: "full",
  };
  api.failedJobs.push({ ...failure, failedAt: api.clock.now });
  expect(await read()).toEqual({
    queues: [{ name: "reconcile", waiting: 1, active: 0, delayed: 2, failed: 1 }],
    failures: [{ ...failure, failedAt: api.clock.now.toISOString() }],
    reconciler: { pending: 1, lagSeconds: 5 },
  });
});

it("has failed jobs done again, of a queue that there is", async () => {
  const retry = (queue: string) => api.call("retryQueue", { body: { queue } });
  expect((await retry("reconcile")).body).toEqual({ jobs: 1 });
  expect((await read()).failures).toEqual([]);
  expect((await retry("reconcile")).body).toEqual({ jobs: 0 });
  for (const queue of ["none", "constructor", "__proto__"]) {
    expect((await retry(queue)).outcome).toEqual([400, "queue_unknown"]);
  }
});
