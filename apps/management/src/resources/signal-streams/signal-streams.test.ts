import { newId } from "@sallyport/database";
import { readPending, SUPPORTED, settleSignals } from "@sallyport/shared-signals";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { insertSignalStream } from "../../testing/world.ts";
import { createdApplication } from "../applications/schema.ts";
import { signalStream, signalStreamDetails } from "./schema.ts";

const STREAM_UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";
const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";
const SECRET = "Bearer what the receiver knows";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

async function newApplication(name = "Wiki"): Promise<string> {
  const body = { name, redirectUris: ["https://app.example.com/callback"] };
  return (await api.call("createApplication", { body })).as(createdApplication).id;
}

/** A pushed stream of an application of its own. */
async function newStream() {
  const applicationId = await newApplication();
  const delivery = {
    method: "push",
    endpointUrl: "https://app.example.com/events",
    authorization: SECRET,
  } as const;
  const signalStreamId = await insertSignalStream(api, applicationId, {
    delivery,
    description: "The wiki's",
  });
  return { applicationId, signalStreamId };
}

type Params = Awaited<ReturnType<typeof newStream>>;

const get = async (params: Params) => (await api.call("getSignalStream", { params })).as(signalStreamDetails);
const setStatus = (params: Params, body: unknown) => api.call("setSignalStreamStatus", { params, body });
const pending = ({ signalStreamId: id }: Params) =>
  readPending(api.deps.database.sql, { id, status: "enabled" }, 10);

describe("a stream", () => {
  it("is shown as it is, without what authorizes its pushes", async () => {
    const params = await newStream();
    const reply = await api.call("getSignalStream", { params });
    expect(reply.as(signalStreamDetails)).toEqual({
      id: params.signalStreamId,
      application: { id: params.applicationId, name: "Wiki" },
      description: "The wiki's",
      delivery: { method: "push", endpointUrl: "https://app.example.com/events" },
      eventsRequested: SUPPORTED,
      eventsDelivered: SUPPORTED,
      subjectFormat: "complex",
      excludedSubjects: 0,
      status: "enabled",
      statusReason: null,
      statusBy: "receiver",
      state: "delivering",
      needsAttention: false,
      waiting: { events: 0, since: null },
      lastDeliveredAt: null,
      lastError: null,
      failedAttempts: 0,
      nextAttemptAt: null,
      verificationRequestedAt: null,
      createdAt: expect.any(String),
      deliveries: [],
    });
    const list = await api.call("listApplicationSignalStreams", { params });
    const { deliveries: _, ...listed } = await get(params);
    expect(list.body).toEqual({ items: [listed], nextCursor: null });
    expect(JSON.stringify([reply.body, list.body])).not.toContain("Bearer");
  });

  it("is paused and enabled again, and its receiver is told so", async () => {
    const params = await newStream();
    const paused = await setStatus(params, { status: "paused", reason: "Maintenance" });
    expect(paused.body).toMatchObject({
      ...{ status: "paused", state: "paused", statusReason: "Maintenance", statusBy: "operator" },
      deliveries: [{ types: [STREAM_UPDATED], state: "waiting", tries: 0 }],
    });
    expect((await setStatus(params, { status: "enabled" })).body).toMatchObject({
      ...{ status: "enabled", state: "delivering", statusReason: null },
      waiting: { events: 2 },
    });
    expect(await pending(params)).toMatchObject([
      { type: STREAM_UPDATED, event: { status: "paused", reason: "Maintenance" } },
      { type: STREAM_UPDATED, event: { status: "enabled" } },
    ]);
  });

  it("holds nothing any more once it is disabled, and is not verified", async () => {
    const params = await newStream();
    await api.call("verifySignalStream", { params });
    const disabled = await setStatus(params, { status: "disabled" });
    expect(disabled.body).toMatchObject({ deliveries: [{ types: [STREAM_UPDATED] }] });
    const refused = await api.call("verifySignalStream", { params });
    expect(refused.outcome).toEqual([409, "signal_stream_disabled"]);
  });

  it("is verified, every ten seconds at most, and shows what became of it", async () => {
    const params = await newStream();
    expect((await api.call("verifySignalStream", { params })).status).toBe(204);
    const tooSoon = await api.call("verifySignalStream", { params });
    expect(tooSoon.outcome).toEqual([429, "signal_verification_too_soon"]);
    const [verification, ...more] = await pending(params);
    expect([verification, more]).toMatchObject([{ type: VERIFICATION, event: {} }, []]);
    const stream = { id: params.signalStreamId, applicationId: params.applicationId };
    const acknowledged = [verification?.jti ?? ""];
    const at = api.deps.now();
    await settleSignals(api.deps.database, stream, { acknowledged, refused: [], tries: 1 }, at);
    expect(await get(params)).toMatchObject({
      lastDeliveredAt: at.toISOString(),
      verificationRequestedAt: expect.any(String),
      deliveries: [
        { jti: verification?.jti, types: [VERIFICATION], state: "delivered", tries: 1, error: null },
      ],
    });
  });

  it("is gone once deleted, with what it held", async () => {
    const params = await newStream();
    await api.call("verifySignalStream", { params });
    expect((await api.call("deleteSignalStream", { params })).status).toBe(204);
    expect((await api.call("getSignalStream", { params })).outcome).toEqual([404, "signal_stream_not_found"]);
    expect(await pending(params)).toEqual([]);
  });

  it.each([
    {},
    { status: "stopped" },
    { status: "enabled", reason: "" },
    { status: "enabled", reason: "x".repeat(501) },
    { status: "enabled", reason: "a\u0000b" },
    { status: "enabled", statusBy: "receiver" },
  ])("takes no status but its own: %j", async (body) => {
    const params = await newStream();
    expect((await setStatus(params, body)).outcome).toEqual([400, "input_invalid"]);
  });
});

it("a stream of another application is none of this one", async () => {
  const { signalStreamId } = await newStream();
  const params = { applicationId: await newApplication("CRM"), signalStreamId };
  for (const operationId of [
    "getSignalStream",
    "setSignalStreamStatus",
    "verifySignalStream",
    "deleteSignalStream",
  ]) {
    const body = operationId === "setSignalStreamStatus" ? { status: "disabled" } : undefined;
    const reply = await api.call(operationId, { params, ...(body === undefined ? {} : { body }) });
    expect([operationId, reply.outcome]).toEqual([operationId, [404, "signal_stream_not_found"]]);
  }
  const list = await api.call("listApplicationSignalStreams", { params });
  expect(list.body).toEqual({ items: [], nextCursor: null });
  const unknown = await api.call("listApplicationSignalStreams", { params: { applicationId: newId() } });
  expect(unknown.outcome).toEqual([404, "application_not_found"]);
});

it("all streams are listed page by page, those that need attention first", async () => {
  await newStream();
  const failing = await newStream();
  await api.deps.database.prisma.signalStream.update({
    where: { id: failing.signalStreamId },
    data: {
      attempts: 1,
      lastError: "It answered with status 503.",
      lastErrorStatus: 503,
      lastErrorAt: new Date(),
    },
  });
  const page = pageOf(signalStream);
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: "1", ...(cursor === null ? {} : { cursor }) };
    const reply: { items: { id: string }[]; nextCursor: string | null } = (
      await api.call("listSignalStreams", { query })
    ).as(page);
    ids.push(...reply.items.map(({ id }) => id));
    cursor = reply.nextCursor;
  } while (cursor !== null);
  const whole = (await api.call("listSignalStreams")).as(page);
  expect(ids).toEqual(whole.items.map(({ id }) => id));
  expect(new Set(ids).size).toBe(await api.deps.database.prisma.signalStream.count());
  expect(whole.items[0]).toMatchObject({
    id: failing.signalStreamId,
    state: "failing",
    needsAttention: true,
    lastError: { message: "It answered with status 503.", status: 503 },
  });
  expect(whole.items.slice(1).some(({ needsAttention }) => needsAttention)).toBe(false);
  for (const wrong of ["2.abc", "1.", "", "1.abc"]) {
    const refused = await api.call("listSignalStreams", { query: { cursor: wrong } });
    expect(refused.outcome).toEqual([400, "input_invalid"]);
  }
});
