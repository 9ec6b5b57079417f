import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertSession, type World } from "../../testing/world.ts";

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());

const list = async (query: Record<string, string>) => {
  const { body } = await api.call("listSessions", { params: { org: "acme" }, query });
  return (body as { items: { id: string }[] }).items.map((session) => session.id);
};
const end = (sessionId: string) => api.call("endSession", { params: { org: "acme", sessionId } });

describe("endSession", () => {
  it("ends it, tells its applications, and records who did", async () => {
    const sessionId = await insertSession(api, acme);
    const { prisma } = api.deps.database;
    const { id: applicationId } = await prisma.application.update({
      where: { id: acme.applicationId },
      data: { backchannelLogoutUri: "https://app.example.com/logout" },
    });
    await prisma.sessionApplication.create({ data: { sessionId, applicationId } });
    const logouts = api.logouts.count;
    const reply = await api.call("endSession", { params: { org: "acme", sessionId }, key: acme.key });
    expect(reply.status).toBe(204);
    const shown = await api.call("getSession", { params: { org: "acme", sessionId } });
    expect(shown.body).toMatchObject({ live: false, revokedReason: "revoked_by_operator" });
    expect(await prisma.logoutNotice.findFirst({ where: { sessionId } })).toMatchObject({
      dueAt: api.clock.now,
    });
    expect(api.logouts.count).toBe(logouts + 1);
    expect(await prisma.event.findFirst({ where: { resourceId: sessionId } })).toMatchObject({
      type: "session.revoked",
      actorType: "apiKey",
      actorId: acme.keyId,
      organizationId: acme.organizationId,
    });
  });

  it("may be repeated, and changes nothing then", async () => {
    const sessionId = await insertSession(api, acme);
    await end(sessionId);
    const logouts = api.logouts.count;
    expect((await end(sessionId)).status).toBe(204);
    expect(api.logouts.count).toBe(logouts);
    expect(await api.deps.database.prisma.event.count({ where: { resourceId: sessionId } })).toBe(1);
  });

  it("does not end another organization's", async () => {
    expect((await end(bravo.sessionId)).outcome).toEqual([404, "session_not_found"]);
    const shown = await api.call("getSession", { params: { org: "bravo", sessionId: bravo.sessionId } });
    expect(shown.body).toMatchObject({ live: true });
  });
});

describe("listSessions", () => {
  it("filters by user and by whether they hold, the newest first", async () => {
    const older = await insertSession(api, acme);
    const newer = await insertSession(api, acme);
    await end(older);
    const live = await list({ live: "true", userId: acme.userId });
    expect(live).toContain(newer);
    expect(live).not.toContain(older);
    expect(await list({ live: "false" })).toContain(older);
    const all = await list({});
    expect(all.indexOf(newer)).toBeLessThan(all.indexOf(older));
    expect(await list({ userId: bravo.userId })).toEqual([]);
  });

  it("filters by connection", async () => {
    const sessionId = await insertSession(api, acme);
    expect(await list({ connectionId: acme.connectionId })).toContain(sessionId);
    expect(await list({ connectionId: bravo.connectionId })).toEqual([]);
  });

  it("counts an expired session among those that ended", async () => {
    const sessionId = await insertSession(api, acme);
    const start = api.clock.now;
    api.clock.now = new Date(start.getTime() + 3_600_000);
    expect(await list({ live: "true" })).not.toContain(sessionId);
    expect(await list({ live: "false" })).toContain(sessionId);
    api.clock.now = start;
  });

  it.each([{ userId: "x" }, { live: "yes" }])("refuses %j", async (query) => {
    const reply = await api.call("listSessions", { params: { org: "acme" }, query: { ...query } });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
  });
});
