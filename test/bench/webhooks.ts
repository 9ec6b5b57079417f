/**
 * Webhooks: 1,000 endpoints in 100 organizations, 200 deliveries a second, and what ten receivers that hang cost the
 * others; then how many deliveries a second one worker makes. Prints milliseconds from an event's deliveries to their
 * receipt. Receivers and worker share this machine.
 * Run: npm run bench:webhooks -w test
 */

import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@sallyport/database";
import { createTestDatabase } from "@sallyport/database/testing";
import { type Event, fillOutbox, recordEvents } from "@sallyport/events";
import { createSecretBox } from "@sallyport/secrets";
import { insertEndpoint, type Receiver, startReceiver } from "@sallyport/webhooks/testing";
import setUpPostgres from "../../packages/platform/database/src/testing/postgres-setup.ts";
import { startTestGateway } from "../harness/gateway.ts";

const ORGANIZATIONS = 100;
const ENDPOINTS_EACH = 10;
const HANGING = 10;
const EVENTS_A_SECOND = 20;
const SECONDS = 20;
const BACKLOG = 2_000;
const KEY = Buffer.alloc(32, 7).toString("base64");

const say = (text: string) => void process.stdout.write(`${text}\n`);
const stopPostgres = await setUpPostgres();
const testDatabase = await createTestDatabase({ poolSize: 5 });
const { database } = testDatabase;
const secrets = createSecretBox([KEY]);
const receiver = await startReceiver();
const hanging = await Promise.all(Array.from({ length: HANGING }, () => startReceiver()));
for (const each of hanging) {
  each.answer = "hang";
}

const organizations = Array.from({ length: ORGANIZATIONS }, () => newId());
for (const id of organizations) {
  await database.prisma.organization.create({ data: { id, slug: id.slice(-12), name: id } });
}

const fact = (organizationId: string): Event => {
  const id = newId();
  return {
    organizationId,
    type: "domain.created",
    actor: { type: "system" },
    resource: { type: "domain", id },
    after: { name: id },
  };
};

/** Milliseconds from the making of each delivery to its receipt, of those that were received since. */
async function latencies({ received }: Receiver, from: number): Promise<number[]> {
  const ids = received.slice(from).map(({ headers }) => headers["webhook-id"] ?? "");
  const { rows } = await database.sql.query<{ id: string; created_at: Date }>(
    "SELECT id, created_at FROM webhook_deliveries WHERE id = ANY($1::uuid[])",
    [ids],
  );
  const made = new Map(rows.map(({ id, created_at }) => [id, created_at.getTime()]));
  return received
    .slice(from)
    .map(({ at, headers }) => at - (made.get(headers["webhook-id"] ?? "") ?? at))
    .sort((one, other) => one - other);
}

async function steady(title: string): Promise<void> {
  const from = receiver.received.length;
  const until = performance.now() + SECONDS * 1_000;
  while (performance.now() < until) {
    const events = Array.from({ length: EVENTS_A_SECOND / 10 }, () =>
      fact(organizations[Math.floor(Math.random() * ORGANIZATIONS)] ?? ""),
    );
    await recordEvents(database.sql, events);
    await sleep(100);
  }
  await sleep(2_000);
  const found = await latencies(receiver, from);
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(found.length * share))] ?? 0;
  say(
    `${title}: ${found.length} deliveries, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`,
  );
}

const gateway = await startTestGateway({
  testDatabase,
  roles: ["reconciler"],
  env: { SALLYPORT_ENCRYPTION_KEYS: KEY },
});
try {
  const add = (url: string, organizationId: string) =>
    insertEndpoint(database, secrets, { url, organizationId, types: ["domain.*"] });
  for (const organizationId of organizations) {
    for (let n = 0; n < ENDPOINTS_EACH; n++) {
      await add(`${receiver.url}/${n}`, organizationId);
    }
  }
  await steady(`${ORGANIZATIONS * ENDPOINTS_EACH} endpoints that answer, after a start`);
  await steady(`${ORGANIZATIONS * ENDPOINTS_EACH} endpoints that answer`);
  for (const [n, each] of hanging.entries()) {
    // In place of one of ten organizations' endpoints.
    const [{ id } = { id: "" }] = await database.prisma.webhookEndpoint.findMany({
      where: { organizationId: organizations[n] ?? "" },
      take: 1,
    });
    await database.prisma.webhookEndpoint.update({ where: { id }, data: { url: each.url } });
  }
  await steady(`the same, of which ${HANGING} hang`);
  await steady(`the same once more`);
  say(
    `  the hanging ones were sent ${hanging.reduce((sum, each) => sum + each.received.length, 0)} requests`,
  );

  await gateway.stop();
  const from = receiver.received.length;
  for (let made = 0; made < BACKLOG; made += 200) {
    await recordEvents(
      database.sql,
      Array.from({ length: 200 }, (_, n) => fact(organizations[(made + n) % ORGANIZATIONS] ?? "")),
    );
  }
  await fillOutbox(database);
  const began = performance.now();
  const again = await startTestGateway({
    testDatabase,
    roles: ["reconciler"],
    env: { SALLYPORT_ENCRYPTION_KEYS: KEY },
  });
  const all = BACKLOG * ENDPOINTS_EACH - (BACKLOG / ORGANIZATIONS) * HANGING;
  while (receiver.received.length - from < all) {
    await sleep(20);
  }
  const seconds = (performance.now() - began) / 1_000;
  say(`a backlog of ${all} deliveries: ${Math.round(all / seconds)} a second, with the start of the worker`);
  await again.stop();
} finally {
  await receiver.close();
  await Promise.all(hanging.map((each) => each.close()));
  await testDatabase.drop();
  await stopPostgres();
}
