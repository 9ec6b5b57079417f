import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { afterEach, beforeEach, expect, it } from "vitest";
import { STREAM_EVENT_TYPES } from "../event-types.ts";
import { failTurn } from "../push/finish.ts";
import { addSignals } from "../sets/add.ts";
import { readDeliveries } from "../sets/deliveries.ts";
import { readPending, settleSignals } from "../sets/pending.ts";
import { readStreamHealth, type StreamHealth } from "./health.ts";
import { type NewStatus, setStatus } from "./status.ts";
import type { Stream } from "./stream.ts";
import { requestVerification } from "./verify.ts";
import { createStream, type Delivery } from "./write.ts";

let test: TestDatabase;
let applicationId: string;
let clock: number;
const secrets = createSecretBox([newEncryptionKey()]);
const ORIGIN = { actor: { type: "system" } } as const;
const OPERATOR = { actor: { type: "apiKey", id: newId() } } as const;
const PUSH = { method: "push", endpointUrl: "https://app.example", authorization: "Bearer secret" } as const;
const POLL = { method: "poll" } as const;
const now = () => new Date(clock);
const deps = () => ({ database: test.database, secrets, now });
const HOUR_MS = 3_600_000;

beforeEach(async () => {
  test = await createTestDatabase();
  clock = Date.UTC(2026, 10, 29);
  applicationId = await application("Wiki");
});
afterEach(() => test.drop());

async function application(name: string): Promise<string> {
  const id = newId();
  await test.database.prisma.application.create({ data: { id, clientId: name, name } });
  return id;
}

async function add(delivery: Delivery, owner = applicationId): Promise<Stream> {
  const settings = { delivery, eventsRequested: [], subjectFormat: "complex", description: null } as const;
  const stream = await createStream(deps(), owner, settings, ORIGIN);
  clock += 1_000;
  if (stream === null) {
    throw new Error("No stream");
  }
  return stream;
}

const event = (streamId: string, n = 1) =>
  addSignals(
    test.database.sql,
    Array.from({ length: n }, () => ({ streamId, type: "urn:x", subject: {}, event: {} })),
    now(),
  );
const health = async ({ id }: Pick<Stream, "id">): Promise<StreamHealth | undefined> =>
  (await readStreamHealth(test.database.sql, { applicationId, id }, { limit: 10, now: now() }))[0];
const jtisOf = async (stream: Pick<Stream, "id">) =>
  (await readPending(test.database.sql, { id: stream.id, status: "enabled" }, 100)).map(({ jti }) => jti);
const set = (stream: Stream, next: NewStatus, by: "receiver" | "operator") =>
  setStatus(deps(), stream, next, { by, origin: by === "operator" ? OPERATOR : ORIGIN });

it("tells how a stream gets on, and nothing that authorizes its pushes", async () => {
  const stream = await add(PUSH);
  expect(await health(stream)).toEqual({
    ...stream,
    application: { id: applicationId, name: "Wiki" },
    state: "delivering",
    needsAttention: false,
    excludedSubjects: 0,
    waiting: { events: 0, since: null },
    lastDeliveredAt: null,
    lastError: null,
    failedAttempts: 0,
    nextAttemptAt: null,
    verificationRequestedAt: null,
    createdAt: new Date(clock - 1_000),
  });
  const since = now();
  await event(stream.id, 2);
  const failure = { error: "It answered with status 503.", status: 503, now: now() };
  await failTurn(test.database, stream, failure);
  await failTurn(test.database, stream, failure);
  expect(await health(stream)).toMatchObject({
    state: "failing",
    needsAttention: true,
    waiting: { events: 2, since },
    failedAttempts: 2,
    lastError: { at: now(), message: "It answered with status 503.", status: 503 },
    nextAttemptAt: new Date(clock + 30_000),
  });
});

it("keeps the last error when the receiver takes events again, and a refusal as an error", async () => {
  const stream = await add(PUSH);
  await event(stream.id, 3);
  const [first = "", second = ""] = await jtisOf(stream);
  await failTurn(test.database, stream, { error: "Nobody answered.", status: null, now: now() });
  const failedAt = now();
  clock += 5_000;
  await settleSignals(test.database, stream, { acknowledged: [first], refused: [], tries: 2 }, now());
  expect(await health(stream)).toMatchObject({
    state: "delivering",
    failedAttempts: 0,
    nextAttemptAt: null,
    lastDeliveredAt: now(),
    lastError: { at: failedAt, message: "Nobody answered.", status: null },
  });
  const delivered = now();
  clock += 5_000;
  const refused = [{ jti: second, error: "invalid_request", description: "Ann is not ours" }];
  await settleSignals(test.database, stream, { acknowledged: [], refused, tries: 1 }, now());
  expect(await health(stream)).toMatchObject({
    lastDeliveredAt: delivered,
    lastError: { at: now(), message: "It refused an event (invalid_request): Ann is not ours", status: 400 },
  });
  const shown = await readDeliveries(test.database.sql, stream);
  expect(shown).toMatchObject([
    { state: "waiting", tries: 0, error: null },
    { jti: second, type: "urn:x", state: "refused", tries: 1, at: now(), error: "invalid_request" },
    { jti: first, type: "urn:x", state: "delivered", tries: 2, at: delivered, error: null },
  ]);
  expect(JSON.stringify(shown)).not.toContain("Ann");
});

it("shows the last ten that were settled and the next ten, of a polled stream without tries", async () => {
  const stream = await add(POLL);
  await event(stream.id, 25);
  const jtis = await jtisOf(stream);
  for (const jti of jtis.slice(0, 12)) {
    await settleSignals(test.database, stream, { acknowledged: [jti], refused: [] }, now());
  }
  const shown = await readDeliveries(test.database.sql, stream);
  expect(shown.map(({ jti }) => jti)).toEqual([
    ...jtis.slice(12, 22).toReversed(),
    ...jtis.slice(2, 12).toReversed(),
  ]);
  expect(new Set(shown.map(({ tries }) => tries))).toEqual(new Set([null]));
  // Others' ids, and what was acknowledged before, leave nothing.
  await settleSignals(test.database, stream, { acknowledged: [jtis[0] ?? "", newId()], refused: [] }, now());
  expect(await readDeliveries(test.database.sql, stream)).toEqual(shown);
});

it("calls a stream stalled that nobody polls for an hour", async () => {
  const stream = await add(POLL);
  await event(stream.id);
  clock += HOUR_MS;
  expect(await health(stream)).toMatchObject({ state: "delivering", needsAttention: false });
  clock += 1;
  expect(await health(stream)).toMatchObject({ state: "stalled", needsAttention: true });
});

it("lists those that need attention first, page by page", async () => {
  const crm = await application("CRM");
  const [fine, failing, pausedByOperator, failingToo] = [
    await add(PUSH),
    await add(PUSH),
    await add(PUSH, crm),
    await add(PUSH, crm),
  ];
  for (const stream of [failing, failingToo]) {
    await failTurn(test.database, stream, { error: "x", status: 500, now: now() });
  }
  await set(pausedByOperator, { status: "paused", reason: null }, "operator");
  const read = async (limit: number) => {
    const found: StreamHealth[] = [];
    for (;;) {
      const after = found.at(-1);
      const page = await readStreamHealth(test.database.sql, {}, { after, limit, now: now() });
      found.push(...page);
      if (page.length < limit) {
        return found.map(({ id }) => id);
      }
    }
  };
  const all = [failing.id, failingToo.id, fine.id, pausedByOperator.id];
  expect(await read(10)).toEqual(all);
  expect(await read(1)).toEqual(all);
  expect(await read(3)).toEqual(all);
});

it("an operator's word on the status holds against the receiver's, until it is enabled again", async () => {
  const stream = await add(PUSH);
  await set(stream, { status: "paused", reason: "Maintenance" }, "operator");
  expect(await readPending(test.database.sql, { id: stream.id, status: "paused" }, 10)).toMatchObject([
    { type: STREAM_EVENT_TYPES.streamUpdated, event: { status: "paused", reason: "Maintenance" } },
  ]);
  for (const status of ["enabled", "disabled"] as const) {
    expect(await set(stream, { status, reason: null }, "receiver")).toEqual({ is: "kept" });
  }
  expect(await health(stream)).toMatchObject({
    state: "paused",
    statusReason: "Maintenance",
    statusBy: "operator",
    needsAttention: false,
  });
  expect(await set(stream, { status: "enabled", reason: null }, "operator")).toMatchObject({ is: "done" });
  // The receiver is told of each, in order.
  expect(await readPending(test.database.sql, { id: stream.id, status: "enabled" }, 10)).toMatchObject([
    { event: { status: "paused" } },
    { event: { status: "enabled" } },
  ]);
  expect(await set(stream, { status: "paused", reason: null }, "receiver")).toMatchObject({ is: "done" });
  expect(await set(stream, { status: "enabled", reason: null }, "receiver")).toMatchObject({ is: "done" });
  const events = await test.database.prisma.event.findMany({
    where: { type: "signal_stream.status_changed" },
    orderBy: { id: "asc" },
  });
  expect(events.map(({ actorType, data }) => [actorType, data])).toMatchObject([
    ["apiKey", { by: "operator", reason: "Maintenance" }],
    ["apiKey", { by: "operator", reason: null }],
    ["system", { by: "receiver" }],
    ["system", { by: "receiver" }],
  ]);
});

it("has what is said twice told once, and tries a failing receiver anew at once", async () => {
  const stream = await add(PUSH);
  await event(stream.id);
  await failTurn(test.database, stream, { error: "x", status: 500, now: now() });
  await set(stream, { status: "enabled", reason: null }, "operator");
  expect(await health(stream)).toMatchObject({ failedAttempts: 0, waiting: { events: 1 } });
  expect(await test.database.prisma.event.count({ where: { type: "signal_stream.status_changed" } })).toBe(0);
});

it("records who had a verification sent, where it was not the receiver", async () => {
  const stream = await add(POLL);
  expect(await requestVerification(deps(), stream, { state: "abc" })).toEqual({ is: "asked" });
  clock += 10_000;
  expect(await requestVerification(deps(), stream, { operator: OPERATOR })).toEqual({ is: "asked" });
  expect(await readPending(test.database.sql, stream, 10)).toMatchObject([
    { type: STREAM_EVENT_TYPES.verification, event: { state: "abc" } },
    { type: STREAM_EVENT_TYPES.verification, event: {} },
  ]);
  expect(
    await test.database.prisma.event.findMany({ where: { type: "signal_stream.verification_requested" } }),
  ).toMatchObject([{ actorType: "apiKey", actorId: OPERATOR.actor.id, data: { applicationId } }]);
  expect(await health(stream)).toMatchObject({ verificationRequestedAt: now() });
});
