import { setTimeout as sleep } from "node:timers/promises";
import { readUnread } from "@sallyport/events";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { startTestGateway } from "../harness/gateway.ts";
import { canFillDisks, fillDisk } from "./full-disk.ts";
import { type Installation, type InstallationOptions, type Part, startInstallation } from "./installation.ts";
import { type Push, startPush } from "./push.ts";
import { expectNothingLost } from "./verdict.ts";

// `npm test` takes the short form; `npm run test:faults` sets FAULTS=long.
const LONG = process.env.FAULTS === "long";
const USERS = LONG ? 5_000 : 100;
const ROUNDS = LONG ? 20 : 2;
const AWAY_MS = LONG ? 20_000 : 1_000;
const BACKENDS = [
  { backend: "PostgreSQL", redis: false },
  { backend: "Redis", redis: true },
] as const;

let installation: Installation;
afterEach(() => installation.stop());

interface Pushed extends Installation {
  readonly push: Push;
}

async function startPushing(options: InstallationOptions = {}): Promise<Pushed> {
  installation = await startInstallation(options);
  const urls = installation.gateways.map(({ url }) => url);
  return { ...installation, push: await startPush(urls, installation.rootKey, USERS) };
}

/** When the push has gone on by so much; at once where it is done. */
async function progress(push: Push, requests: number): Promise<void> {
  const until = push.answered() + requests;
  let done = false;
  void push.done.then(() => {
    done = true;
  });
  while (push.answered() < until && !done) {
    await sleep(5);
  }
}

/** Ends the push, waits until all of it is worked off, prints how long that took, and looks at what is left. */
async function judge({ push, database }: Pushed, fault: string): Promise<void> {
  await push.done;
  const since = performance.now();
  await expectNothingLost(database.sql, push);
  process.stdout.write(
    `${fault}: ${push.answered()} requests answered, all worked off ${Math.round(performance.now() - since)} ms after the last\n`,
  );
}

/** Kills a part in the middle of a push and starts it again, each time somewhere else. */
async function killAndRestart(part: Part | undefined, push: Push): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await progress(push, 10 + ((round * 37) % 50));
    await part?.kill();
    await part?.start();
  }
}

describe.each(BACKENDS)("with the queue in $backend", ({ backend, redis }) => {
  it("loses nothing when the worker is killed, again and again", async () => {
    const pushed = await startPushing({ redis });
    await killAndRestart(pushed.workers[0], pushed.push);
    await judge(pushed, `worker killed ${ROUNDS} times (${backend})`);
  });

  it("loses nothing when the gateway is killed in the middle of a push", async () => {
    const pushed = await startPushing({ redis });
    await killAndRestart(pushed.gateways[0], pushed.push);
    await judge(pushed, `gateway killed ${ROUNDS} times (${backend})`);
  });
});

describe("an installation", () => {
  it("loses nothing when PostgreSQL restarts", async () => {
    const pushed = await startPushing();
    for (let round = 0; round < (LONG ? 5 : 1); round++) {
      await progress(pushed.push, 40);
      await pushed.postgres.stop();
      await pushed.postgres.start();
    }
    await judge(pushed, "PostgreSQL restarted");
    expect(pushed.workers.concat(pushed.gateways).every((part) => part.isRunning())).toBe(true);
  });

  it("loses nothing when Redis forgets everything, and then is away", async () => {
    const pushed = await startPushing({ redis: true });
    await progress(pushed.push, 40);
    const redis = new Redis(pushed.redis?.url ?? "");
    await redis.flushall();
    redis.disconnect();
    await progress(pushed.push, 40);
    await pushed.redis?.stop();
    await sleep(AWAY_MS);
    await pushed.restartRedis();
    await judge(pushed, `Redis flushed, and away for ${AWAY_MS} ms`);
  });

  it("does everything once where two gateways and two workers run, one of each killed", async () => {
    const pushed = await startPushing({ gateways: 2, workers: 2 });
    await progress(pushed.push, 60);
    await Promise.all([pushed.gateways[1]?.kill(), pushed.workers[0]?.kill()]);
    await progress(pushed.push, 20);
    await Promise.all([pushed.gateways[1]?.start(), pushed.workers[0]?.start()]);
    await judge(pushed, "two gateways and two workers");
  });

  it("loses nothing when its connections to PostgreSQL are cut, also in the middle of a commit", async () => {
    const pushed = await startPushing();
    const cutter = new Client({ connectionString: pushed.databaseUrl });
    await cutter.connect();
    for (let round = 0; round < ROUNDS * 10; round++) {
      await cutter.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle' LIMIT 2`,
      );
      await progress(pushed.push, 2);
    }
    await cutter.end();
    await judge(pushed, "connections cut");
  });

  it("loses nothing when answers to commits are lost on their way", async () => {
    const pushed = await startPushing({ network: true });
    for (let round = 0; round < ROUNDS * 5; round++) {
      await progress(pushed.push, 5);
      // What is on its way to PostgreSQL arrives, and is done.
      pushed.network?.loseAnswers();
      await sleep(20 + ((round * 13) % 50));
      pushed.network?.keepAnswers();
    }
    await judge(pushed, `answers of PostgreSQL lost ${ROUNDS * 5} times`);
  });

  it.skipIf(!canFillDisks)("loses nothing when the disk of PostgreSQL is full", async () => {
    const pushed = await startPushing();
    await progress(pushed.push, 40);
    await fillDisk(pushed.postgres);
    await sleep(AWAY_MS);
    // Somebody has made room, and started it where it had ended itself.
    await pushed.postgres.stop();
    await pushed.postgres.start();
    await judge(pushed, `disk full for ${AWAY_MS} ms`);
    expect(pushed.workers.concat(pushed.gateways).every((part) => part.isRunning())).toBe(true);
  });

  it("loses nothing while PostgreSQL takes no writes", async () => {
    const pushed = await startPushing();
    const admin = new Client({ connectionString: pushed.databaseUrl });
    await admin.connect();
    const readOnly = async (value: "on" | "off") => {
      await admin.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
      await admin.query("SELECT pg_reload_conf()");
    };
    await progress(pushed.push, 40);
    await admin.query("SET default_transaction_read_only = off");
    await readOnly("on");
    await sleep(AWAY_MS);
    await readOnly("off");
    await admin.end();
    await judge(pushed, `read-only for ${AWAY_MS} ms`);
  });

  it("works with a worker whose clock is 90 seconds off", async () => {
    const pushed = await startPushing();
    const skewed = await Promise.all(
      [-90_000, 90_000].map((offset) =>
        startTestGateway({
          testDatabase: { url: pushed.databaseUrl, database: pushed.database, drop: async () => undefined },
          roles: ["reconciler"],
          now: () => new Date(Date.now() + offset),
        }),
      ),
    );
    await pushed.workers[0]?.kill();
    await judge(pushed, "clocks 90 s off");
    await Promise.all(skewed.map((gateway) => gateway.stop()));
  });

  it("delivers again what a reader of the outbox did not acknowledge before it died", async () => {
    const pushed = await startPushing();
    await judge(pushed, "outbox read");
    const { sql } = pushed.database;
    const first = await readUnread(sql, "dies", 50);
    const again = await readUnread(sql, "dies", 50);
    expect(first.length).toBe(50);
    expect(again).toEqual(first);
  });
});
