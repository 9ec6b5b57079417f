import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startCollector } from "@sallyport/audit-streams/testing";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { newEncryptionKey, newToken } from "@sallyport/secrets";
import { startReceiver } from "@sallyport/webhooks/testing";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import {
  PUSH,
  SESSION_REVOKED,
  type SignalApp,
  type SignalSite,
  startPushReceiver,
  startSignalSite,
} from "../harness/signals.ts";

// An organization is deleted while no worker runs: nothing was told yet of what happened before, and when one comes the
// organization, its people and their sessions are gone. Everybody hears of all of it even so.

const PATIENCE = { timeout: 20_000, interval: 50 };

let testDatabase: TestDatabase;
let site: SignalSite;
let running: (() => Promise<unknown>)[];
const env = {
  OUTBOUND_ALLOW: "127.0.0.0/8,::1/128",
  SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey(),
  SALLYPORT_ROOT_KEY: newToken("sp_root"),
};

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  site = await startSignalSite({ testDatabase, env, roles: ["broker", "admin"] });
  running = [() => site.stop()];
});
afterEach(async () => {
  for (const stop of running.toReversed()) {
    await stop();
  }
  await testDatabase.drop();
});

async function startWorker(): Promise<TestGateway> {
  // Under the issuer's name: it signs what the applications are told.
  const worker = await startTestGateway({
    testDatabase,
    env: { ...env, PUBLIC_URL: site.gateway.url },
    roles: ["reconciler"],
  });
  running.push(() => worker.stop());
  return worker;
}

/** An application's back-channel logout URI: the session ids that it was told of. */
async function startLogoutReceiver() {
  const sids: unknown[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const token = new URLSearchParams(Buffer.concat(chunks).toString("utf8")).get("logout_token");
      sids.push(decodeJwt(token ?? "").sid);
      res.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.push(() => new Promise((resolve) => server.close(resolve)));
  return { sids, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout` };
}

async function revocationsOf(app: SignalApp): Promise<string[]> {
  const credentials = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64");
  const response = await fetch(`${site.gateway.url}/session/revocations`, {
    headers: { authorization: `Basic ${credentials}` },
  });
  const { items } = (await response.json()) as { items: { sid: string }[] };
  return items.map(({ sid }) => sid);
}

async function api(method: string, path: string, body?: unknown) {
  const answer = await site.gateway.api(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

it("tells everybody of what is gone by then", async () => {
  const [webhooks, collector, pushes, logouts] = await Promise.all([
    startReceiver(),
    startCollector(() => [200]),
    startPushReceiver(),
    startLogoutReceiver(),
  ]);
  running.push(webhooks.close, collector.close, pushes.close);
  const app = await site.addApp("app");
  await api("PATCH", `/applications/${app.id}`, { backchannelLogoutUri: logouts.url });
  const stranger = await site.addApp("stranger");
  const polled = await app.createStream();
  await app.createStream({ delivery: { method: PUSH, endpoint_url: pushes.url } });
  const strange = await stranger.createStream();
  await api("POST", "/webhook-endpoints", { url: webhooks.url, organization: null });
  await api("POST", "/audit-streams", {
    name: "SIEM",
    destination: { type: "http", url: collector.url },
  });

  const person = await site.addPerson();
  const { organizationId } = person;
  const [early, late] = [await person.signIn(app.id), await person.signIn(app.id)];
  await site.endSession(organizationId, early);
  await api("POST", `/organizations/${organizationId}/roles`, { key: "editor", name: "Editor" });
  await api("DELETE", `/organizations/${organizationId}`);
  expect((await site.gateway.api("GET", `/organizations/${organizationId}`)).status).toBe(404);
  expect(await testDatabase.database.prisma.session.count()).toBe(0);
  expect((await revocationsOf(app)).toSorted()).toEqual([early, late].toSorted());

  await startWorker();
  const sessionOf = (set: string) => {
    const { sub_id: subject, events } = decodeJwt(set) as {
      sub_id: { session: { id: string }; user: { sub: string }; tenant: { id: string } };
      events: Record<string, { reason_admin: { en: string } }>;
    };
    expect(subject).toMatchObject({ user: { sub: person.userId }, tenant: { id: organizationId } });
    return [subject.session.id, events[SESSION_REVOKED]?.reason_admin.en];
  };
  const ends = [
    [early, "An administrator ended the session"],
    [late, "The organization was deleted"],
  ];
  await vi.waitFor(() => expect(pushes.received.map(({ set }) => sessionOf(set))).toEqual(ends), PATIENCE);
  const { body } = await app.poll(polled.stream_id);
  expect(Object.values(body.sets as Record<string, string>).map(sessionOf)).toEqual(ends);
  expect((await stranger.poll(strange.stream_id)).body.sets).toEqual({});
  await vi.waitFor(() => expect(logouts.sids.toSorted()).toEqual([early, late].toSorted()), PATIENCE);

  interface Told {
    readonly type: string;
    readonly organizationId: string | null;
    readonly resource: { readonly id: string };
  }
  const about = (events: readonly Told[]) =>
    events
      .filter((event) => event.organizationId === organizationId || event.type === "organization.deleted")
      .filter(({ type }) => !type.startsWith("application."))
      .map(({ type, resource }) => (type === "role.created" ? type : `${type} ${resource.id}`));
  const ofStream = () =>
    about(
      collector.taken.flatMap(({ body }) => body.trim().split("\n")).map((line) => JSON.parse(line) as Told),
    );
  const ofWebhooks = () => about(webhooks.received.map(({ message }) => message.data));
  const told = [
    `session.revoked ${early}`,
    "role.created",
    `session.revoked ${late}`,
    `organization.deleted ${organizationId}`,
  ];
  await vi.waitFor(() => expect(ofStream()).toEqual(told), PATIENCE);
  await vi.waitFor(() => expect(ofWebhooks().toSorted()).toEqual(told.toSorted()), PATIENCE);
});
