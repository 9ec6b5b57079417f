import { setTimeout as sleep } from "node:timers/promises";
import { type Receiver, startReceiver } from "@sallyport/webhooks/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Installation, startInstallation } from "./installation.ts";

// A worker is killed between every two steps of a webhook: rows made, request sent, answer written down. Whatever it was
// at comes again, in order for each resource, under the same id, and no row twice.

const LONG = process.env.FAULTS === "long";
const ROUNDS = LONG ? 20 : 2;
const ROLES = 12;
const CHANGES = LONG ? 20 : 2;

let installation: Installation;
let receiver: Receiver;
beforeEach(async () => {
  installation = await startInstallation({ env: { OUTBOUND_ALLOW: "127.0.0.0/8" } });
  receiver = await startReceiver();
});
afterEach(async () => {
  await installation.stop();
  await receiver.close();
});

async function api(method: string, path: string, body: unknown): Promise<{ id: string }> {
  const response = await fetch(`${installation.gateways[0]?.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${installation.rootKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as { id: string };
}

/** What a lease does after a minute: what was under way is due. */
const endLeases = () =>
  installation.database.sql.query("UPDATE webhook_deliveries SET due_at = now() WHERE due_at > now()");

const waiting = () => installation.database.prisma.webhookDelivery.count({ where: { status: "pending" } });

it("tells everything at least once, in order for each resource, whenever the worker is killed", async () => {
  const [worker] = installation.workers;
  await api("POST", "/organizations", { slug: "acme", name: "Acme" });
  const url = receiver.url;
  await api("POST", "/webhook-endpoints", { url, organization: "acme", types: ["role.*"] });
  const roles: string[] = [];
  for (let n = 0; n < ROLES; n++) {
    const { id } = await api("POST", "/organizations/acme/roles", { key: `role-${n}`, name: "0" });
    roles.push(id);
  }
  /** One restart after the other. */
  let restarted: Promise<unknown> = Promise.resolve();
  let restarting = 0;
  const restart = () => {
    restarting += 1;
    restarted = restarted.then(async () => {
      await worker?.kill();
      await endLeases();
      await worker?.start();
      restarting -= 1;
    });
    return restarted;
  };
  // Killed by the very request: before it is answered, so before anything of it can be written down.
  let kills = 0;
  receiver.answer = () => {
    if (kills >= ROUNDS || restarting > 0) {
      return 204;
    }
    kills += 1;
    void restart();
    return "hang";
  };
  for (let change = 1; change <= CHANGES; change++) {
    for (const id of roles) {
      await api("PATCH", `/organizations/acme/roles/${id}`, { name: `${change}` });
    }
    // And once wherever it may be: between the rows and the request, or the answer and its row.
    await restarted;
    await sleep(change * 37);
    await restart();
  }
  await vi.waitFor(
    async () => {
      await endLeases();
      expect(restarting).toBe(0);
      expect(await installation.database.prisma.webhookDelivery.count()).toBe(ROLES * (CHANGES + 1));
      expect(await waiting()).toBe(0);
    },
    { timeout: 90_000, interval: 200 },
  );
  expect(kills).toBe(ROUNDS);

  const events = await installation.database.prisma.event.findMany({
    where: { resourceId: { in: roles } },
    orderBy: { serial: "asc" },
  });
  // What was under way when it was killed came again.
  expect(receiver.received.length).toBeGreaterThanOrEqual(events.length + ROUNDS);
  const told = receiver.received.map(({ message }) => message.data.id);
  expect(new Set(told)).toEqual(new Set(events.map(({ id }) => id)));
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(events.length);
  for (const role of roles) {
    const ofRole = receiver.received.filter(({ message }) => message.data.resource.id === role);
    const sequences = ofRole.map(({ message }) => message.data.sequence);
    // Again, maybe; never one before an earlier one.
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
  }
}, 240_000);
