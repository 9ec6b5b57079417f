import { setTimeout as sleep } from "node:timers/promises";
import type { Stop, Stopped } from "@sallyport/database/testing";
import { afterEach, describe, expect, it } from "vitest";
import { startTestGateway } from "../harness/gateway.ts";
import type { Part } from "./installation.ts";
import { DEATHS } from "./steps/receiver.ts";
import { expectEverythingTold } from "./steps/verdict.ts";
import { type StepsWorld, startStepsWorld } from "./steps/world.ts";

// From an event to whoever is told of it, and to its anchor: each process is killed between every two steps of its way. A
// proxy before PostgreSQL sees the statements go by and holds the one that is meant, so nothing in the product knows of it.

const LONG = process.env.FAULTS === "long";
const REACHED_MS = 120_000;
const PATIENCE = { timeout: REACHED_MS, interval: 100 };

const ALL = ["before", "after", "before commit", "after commit"] as const;
const SINGLE = ["before", "after"] as const;
const steps = (statement: string | RegExp, at: readonly Stop["at"][], nth = 1): Stop[] =>
  at.map((each) => ({ statement, at: each, nth }));

const ANCHORED = /INSERT INTO audit_anchors/;

/** The worker's steps, in their order. The ones of the short form are marked by hand below. */
const WORKER_STEPS: readonly Stop[] = [
  ...steps("outbox_fill", ALL),
  ...steps("audit_seal_insert", SINGLE),
  ...steps("audit_trail_head", ["after", "before commit", "after commit"]),
  // The file first, then the webhook: in between, and behind it.
  ...steps(ANCHORED, ["before", "after commit"]),
  ...steps(ANCHORED, ["before", "after commit"], 2),
  ...steps("webhooks_add", ALL),
  ...steps("webhooks_take", SINGLE),
  ...steps("webhooks_settle", ALL),
  ...steps("signals_add", ALL),
  ...steps("signal_streams_take", SINGLE),
  ...steps("signals_settle", ALL),
  ...steps("signal_streams_finish", ALL),
  ...steps("audit_streams_take", SINGLE),
  ...steps("audit_streams_delivered", ALL),
];

/** One of each part of the way, where the answer to the commit is lost or a lease is left behind. */
const SHORT: readonly Stop[] = [
  ...steps("outbox_fill", ["after commit"]),
  ...steps("audit_trail_head", ["after commit"]),
  ...steps(ANCHORED, ["before"]),
  ...steps("webhooks_settle", ["before"]),
  ...steps("signals_settle", ["after commit"]),
  ...steps("audit_streams_delivered", ["before"]),
];

const GATEWAY_STEPS = steps(/INSERT INTO events/, LONG ? ALL : ["before commit", "after commit"]);

let world: StepsWorld;
afterEach(() => world.stop());

const nameOf = ({ statement, at, nth }: Stop) => `${at} ${statement}${nth === 2 ? ", the second" : ""}`;

/** Where a process is held; throws where it does not come by. */
async function reach(part: Part, stop: Stop): Promise<Stopped> {
  const { statements } = part;
  if (statements === undefined) {
    throw new Error("The installation has no steps");
  }
  const stopped = await Promise.race([statements.stopAt(stop), sleep(REACHED_MS)]);
  if (stopped === undefined) {
    throw new Error(`${nameOf(stop)} was not reached; what passed: ${[...statements.names].join(" ")}`);
  }
  return stopped;
}

async function killAndRestart(part: Part, stopped: Stopped): Promise<void> {
  await part.kill();
  stopped.cut();
  await world.endLeases();
  await part.start();
}

function worker(n = 0): Part {
  const part = world.workers[n];
  if (part === undefined) {
    throw new Error(`There is no worker ${n}`);
  }
  return part;
}

/** Anchors are due when a worker starts, and once a minute. */
async function stopWhileAnchoring(stop: Stop): Promise<void> {
  await world.happen();
  await expect.poll(unsealed, PATIENCE).toBe(0);
  await worker().kill();
  const reached = reach(worker(), stop);
  const starting = worker()
    .start()
    .catch(() => undefined); // it may be killed before it is ready
  const stopped = await reached;
  await worker().kill();
  await starting;
  stopped.cut();
  await worker().start();
}

async function unsealed(): Promise<number> {
  const { rows } = await world.installation.database.sql.query<{ left: number }>(
    `SELECT count(*)::int AS left FROM events e WHERE NOT EXISTS (
       SELECT 1 FROM outbox o JOIN audit_trails t
         ON t.organization_id = coalesce(o.organization_id, '00000000-0000-0000-0000-000000000000')
       WHERE o.event_id = e.id AND o.sequence <= t.last_sequence)`,
  );
  return rows[0]?.left ?? -1;
}

async function killWorker(): Promise<void> {
  for (const stop of LONG ? WORKER_STEPS : SHORT) {
    if (stop.statement === ANCHORED) {
      await stopWhileAnchoring(stop);
      continue;
    }
    const reached = reach(worker(), stop);
    await world.happen();
    await killAndRestart(worker(), await reached);
  }
}

async function loseAnswersToCommits(): Promise<void> {
  const commits = WORKER_STEPS.filter(({ at, statement }) => at === "after commit" && statement !== ANCHORED);
  for (const stop of LONG ? commits : commits.slice(0, 2)) {
    const reached = reach(worker(), stop);
    await world.happen();
    (await reached).cut();
    await world.endLeases();
  }
  expect(worker().isRunning()).toBe(true);
}

async function killGateway(): Promise<void> {
  for (const stop of GATEWAY_STEPS) {
    const reached = reach(world.gateway, stop);
    const happening = world.happen();
    await killAndRestart(world.gateway, await reached);
    await happening;
  }
}

async function killReceiver(): Promise<void> {
  for (let round = 0; round < (LONG ? 6 : 1); round++) {
    for (const death of DEATHS) {
      const died = world.receiver.dieAt(death);
      await world.happen();
      await died;
      await world.receiver.start();
      await world.endLeases();
      // Else the leases that ended make hours of failures of it, and the stream of signals is paused, as it should be.
      await expect.poll(() => world.installation.database.prisma.pendingSignal.count(), PATIENCE).toBe(0);
    }
  }
}

const FAULTS = [
  ["the worker is killed", killWorker],
  ["the worker lives, and loses the answer to its commit", loseAnswersToCommits],
  ["the gateway is killed", killGateway],
  ["the receiver is killed", killReceiver],
] as const;
// An installation for each takes its minute to start and to be worked off: the short form has one for all.
const INSTALLATIONS: readonly (readonly [string, readonly (() => Promise<void>)[]])[] = LONG
  ? FAULTS.map(([name, fault]) => [name, [fault]])
  : [["worker, gateway and receiver are killed", FAULTS.map(([, fault]) => fault)]];

describe("between every two steps, everything is told once at least, in order, and the trail holds", () => {
  it.each(INSTALLATIONS)(
    "when %s",
    async (_, faults) => {
      world = await startStepsWorld();
      for (const fault of faults) {
        await fault();
      }
      await expectEverythingTold(world);
    },
    3_600_000,
  );
});

describe("scheduled work", () => {
  const count = async (text: string, values: readonly unknown[] = []) => {
    const { rows } = await world.installation.database.sql.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${text}`,
      values,
    );
    return rows[0]?.count;
  };
  const patience = { timeout: 300_000, interval: 500 };

  it("tells once of a trail that was tampered with, whenever the worker is killed", async () => {
    world = await startStepsWorld();
    const { sql } = world.installation.database;
    await world.happen();
    await expect.poll(unsealed, patience).toBe(0);
    await sql.query(
      "UPDATE events SET resource_type = 'forged' WHERE organization_id = $1 AND type = 'session.revoked'",
      [world.organizationId],
    );
    const verify = /UPDATE audit_verifications SET report/;
    for (const [n, stop] of steps(verify, LONG ? ALL : ["before commit", "after commit"]).entries()) {
      const reached = reach(worker(), stop);
      await world.call("POST", `/organizations/${world.organizationId}/audit-trail/verifications`);
      await killAndRestart(worker(), await reached);
      // As a minute later, when another process takes over.
      await sql.query(
        "UPDATE audit_verifications SET seen_at = now() - interval '2 minutes' WHERE finished_at IS NULL",
      );
      const open = "audit_verifications WHERE finished_at IS NULL AND NOT by_clock";
      await expect.poll(() => count(open), patience).toBe(0);
      expect(
        await count(
          "events WHERE type = 'audit_trail.tampering_found' AND data ->> 'verificationId' IN (SELECT id::text FROM audit_verifications WHERE NOT by_clock)",
        ),
      ).toBe(n + 1);
    }
  }, 3_600_000);
});

// It waits for leases to end by themselves.
describe.runIf(LONG)("workers whose clocks are three minutes apart", () => {
  it("take over each other's leases, and double no entry and break no order", async () => {
    world = await startStepsWorld();
    const { databaseUrl: url, database, encryptionKeys } = world.installation;
    const skewed = await Promise.all(
      [-90_000, 90_000].map((offset) =>
        startTestGateway({
          testDatabase: { url, database, drop: async () => undefined },
          roles: ["reconciler"],
          env: { ...world.env, SALLYPORT_ENCRYPTION_KEYS: encryptionKeys },
          now: () => new Date(Date.now() + offset),
        }),
      ),
    );
    await worker().kill();
    for (let round = 0; round < 30; round++) {
      await world.happen();
    }
    await expectEverythingTold(world);
    await Promise.all(skewed.map((gateway) => gateway.stop()));
  }, 3_600_000);
});

describe("a worker that stalls, and goes on when another one has taken over", () => {
  const OVERTAKEN: readonly Stop[] = [
    ...steps("outbox_fill", ALL),
    ...steps("audit_trail_head", ["after", "before commit", "after commit"]),
    ...steps("webhooks_take", SINGLE),
    ...steps("webhooks_settle", ["before", "after commit"]),
    ...steps("signal_streams_take", SINGLE),
    ...steps("signals_settle", ["before", "after commit"]),
    ...steps("signal_streams_finish", ["before", "after commit"]),
    ...steps("audit_streams_take", SINGLE),
    ...steps("audit_streams_delivered", ["before", "after commit"]),
  ];
  const SOME = [
    ...steps("audit_trail_head", ["before commit"]),
    ...steps("webhooks_take", ["after"]),
    ...steps("audit_streams_delivered", ["before"]),
  ];

  it("doubles no entry and breaks no order", async () => {
    world = await startStepsWorld({ workers: 2 });
    const { sql } = world.installation.database;
    for (const [n, stop] of (LONG ? OVERTAKEN : SOME).entries()) {
      const stalled = worker(n % 2);
      const other = worker((n + 1) % 2);
      // Else the other one may be the one that does it.
      other.pause();
      const reached = reach(stalled, stop);
      await world.happen();
      const stopped = await reached;
      stalled.pause();
      other.goOn();
      // As PostgreSQL ends them by itself after a minute (idle_in_transaction_session_timeout).
      await sql.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'",
      );
      await world.endLeases();
      await world.happen();
      await expect.poll(unsealed, PATIENCE).toBe(0);
      stalled.goOn();
      stopped.resume();
    }
    await expectEverythingTold(world);
  }, 3_600_000);
});
