import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { afterEach, beforeEach, expect, it } from "vitest";
import { STREAM_EVENT_TYPES } from "../event-types.ts";
import { failTurn } from "../push/finish.ts";
import { dueStreams, takeStreams } from "../push/take.ts";
import { addSignals } from "../sets/add.ts";
import { readPending } from "../sets/pending.ts";
import { boundBacklogs } from "./backlog.ts";
import { setStatus } from "./status.ts";
import { findStream, type Stream } from "./stream.ts";
import { createStream, type Delivery } from "./write.ts";

let test: TestDatabase;
let applicationId: string;
let clock: number;
const secrets = createSecretBox([newEncryptionKey()]);
const ORIGIN = { actor: { type: "system" } } as const;
const now = () => new Date(clock);
const deps = () => ({ database: test.database, secrets, now });

beforeEach(async () => {
  test = await createTestDatabase();
  clock = Date.UTC(2026, 10, 29);
  applicationId = newId();
  await test.database.prisma.application.create({
    data: { id: applicationId, clientId: "wiki", name: "Wiki", redirectUris: [], postLogoutRedirectUris: [] },
  });
});
afterEach(() => test.drop());

async function add(delivery: Delivery): Promise<Stream> {
  const settings = { delivery, eventsRequested: [], subjectFormat: "complex", description: null } as const;
  const stream = await createStream(deps(), applicationId, settings, ORIGIN);
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
const statusOf = async ({ id }: Stream) => (await findStream(test.database.sql, applicationId, id))?.status;

it("disables a stream that holds too much or for too long, and tells it so as the one thing left", async () => {
  const [many, old, fine] = [
    await add({ method: "poll" }),
    await add({ method: "poll" }),
    await add({ method: "poll" }),
  ];
  await event(old.id);
  clock += 1_001;
  await event(many.id, 4);
  await event(fine.id, 3);
  expect(await boundBacklogs(test.database, now(), { events: 3, ageMs: 1_000 })).toBe(2);
  expect([await statusOf(many), await statusOf(old), await statusOf(fine)]).toEqual([
    "disabled",
    "disabled",
    "enabled",
  ]);
  const left = await readPending(test.database.sql, { id: many.id, status: "disabled" }, 10);
  expect(left).toMatchObject([
    {
      type: STREAM_EVENT_TYPES.streamUpdated,
      subject: { format: "opaque", id: many.id },
      event: { status: "disabled", reason: expect.stringContaining("lost") },
    },
  ]);
  expect(await boundBacklogs(test.database, now(), { events: 3, ageMs: 1_000 })).toBe(0);
});

it("pauses a stream whose receiver is dead for hours, holds what comes, and goes on when it is enabled again", async () => {
  const stream = await add({
    method: "push",
    endpointUrl: "https://dead.example",
    authorization: "Bearer x",
  });
  await event(stream.id, 2);
  let attempts = 0;
  for (let paused = false; !paused; attempts += 1) {
    const [due] = await dueStreams(test.database.sql, now());
    expect(due).toEqual({ id: stream.id, failing: attempts > 0 });
    const leaseUntil = new Date(clock + 60_000);
    const [taken] = await takeStreams(test.database.sql, secrets, {
      ids: [stream.id],
      now: now(),
      leaseUntil,
    });
    expect(taken).toMatchObject({ authorization: "Bearer x", audience: "wiki" });
    // Nobody else takes it meanwhile.
    expect(await dueStreams(test.database.sql, now())).toEqual([]);
    paused = await failTurn(test.database, stream, { error: "It did not answer.", status: null, now: now() });
    clock += 3_600_001;
  }
  expect(attempts).toBe(9);
  expect(await statusOf(stream)).toBe("paused");
  await event(stream.id);
  // What tells of the pause goes out as soon as the receiver lives; the rest is held.
  expect(await readPending(test.database.sql, { id: stream.id, status: "paused" }, 10)).toMatchObject([
    { type: STREAM_EVENT_TYPES.streamUpdated, event: { status: "paused" } },
  ]);
  await setStatus(deps(), stream, { status: "enabled", reason: null }, { by: "receiver", origin: ORIGIN });
  expect(await dueStreams(test.database.sql, now())).toEqual([{ id: stream.id, failing: false }]);
  expect(await readPending(test.database.sql, { id: stream.id, status: "enabled" }, 10)).toHaveLength(4);
});

it("gives an application ten streams", async () => {
  for (let n = 0; n < 10; n += 1) {
    await add({ method: "poll" });
  }
  await expect(add({ method: "poll" })).rejects.toThrow("No stream");
});
