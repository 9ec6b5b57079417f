import { loadAuditKeys, verifyTrail } from "@sallyport/audit-trail";
import { contentDigest } from "@sallyport/events";
import { redisIsInstalled, startTestRedis } from "@sallyport/queue/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { everyKey, everyRow, secondsLeft, traceOf } from "./everything.ts";
import { BOB, entraUser, oktaUser, type UnusualPerson, ZOE } from "./person.ts";
import { createWorld, type Populated, type World } from "./world.ts";

// Somebody with values that nobody else has is put into everything, and erased: then every column of every table, every key
// of the queue's store and every line of the log is searched for each of them, in whatever way it may be written.

interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly serial: string;
  readonly created_at: Date;
  readonly actor_id: string | null;
  readonly resource_id: string;
  readonly request_id: string | null;
  readonly ip: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
  readonly salt: string | null;
  readonly erased_at: Date | null;
  readonly digest: Buffer | null;
}

const stores = redisIsInstalled() ? ["PostgreSQL", "Redis"] : ["PostgreSQL"];

describe.each(stores)("an erasure, with the queue in %s", (store) => {
  let world: World;
  let stopRedis = async () => undefined as unknown;
  let redisUrl: string | undefined;
  let zoe: Populated;
  let bob: Populated;
  let eventsBefore: EventRow[];
  let bobBefore: string[];
  let answer: unknown;

  const events = async () =>
    (
      await world.site.gateway.database.sql.query<EventRow>(
        "SELECT *, salt::text AS salt FROM events WHERE organization_id = $1 ORDER BY serial",
        [world.organizationId],
      )
    ).rows;
  const stored = async () => [
    ...(await everyRow(world.site.gateway.database)),
    ...(redisUrl === undefined ? [] : await everyKey(redisUrl)),
  ];
  const traces = async (person: UnusualPerson) => traceOf({ ...person }, await stored());
  const introspect = async (token: string) =>
    (
      await fetch(`${world.site.gateway.url}/session/verify?audience=${world.site.application.clientId}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;

  beforeAll(async () => {
    if (store === "Redis") {
      const redis = await startTestRedis();
      redisUrl = redis.url;
      stopRedis = () => redis.stop();
    }
    world = await createWorld(redisUrl);
    bob = await world.populate(BOB);
    zoe = await world.populate(ZOE);
    // Requests that change nothing are logged shortly after their answer.
    const isLook = (trace: string) => /scim_requests/.test(trace) && /\nGET\n/.test(trace);
    await vi.waitFor(async () => expect((await traces(ZOE)).filter(isLook).length).toBeGreaterThan(3), {
      timeout: 30_000,
      interval: 200,
    });
    eventsBefore = await events();
    bobBefore = placesOf(await traces(BOB));
    expect(await introspect(zoe.accessToken)).toBe(200);
    answer = await world.api("POST", `/organizations/acme/members/${zoe.memberId}/erase`);
  }, 240_000);
  afterAll(async () => {
    await world.stop();
    await stopRedis();
  });

  /** Of traces, where and of what they are. Requests that went on are kept for ten seconds. */
  const placesOf = (found: readonly string[]) =>
    found
      .filter((trace) => !trace.startsWith("redis sallyport:op:ResumedRequest:"))
      .map((trace) => trace.split(": ", 2).join(": "))
      .toSorted();

  it("finds the person in everything before: else it would prove nothing", () => {
    for (const table of [
      ...["users", "identities", "directory_users", "directory_identifiers", "sessions", "conflicts"],
      ...["directory_pending_members", ...(store === "Redis" ? [] : ["op_artifacts"])],
      ...["events", "scim_requests", "login_records", "test_logins", "setup_links", "api_keys"],
      ...["webhook_endpoints", "webhook_attempts", "audit_streams", "application_checks"],
      ...["pending_signals", "signal_stream_exclusions"],
    ]) {
      expect(
        bobBefore.some((trace) => trace.startsWith(`public.${table}:`)),
        table,
      ).toBe(true);
    }
    expect(new Set(bobBefore.map((trace) => trace.split(": ")[1]))).toEqual(new Set(Object.keys(BOB)));
  });

  it("answers that it is done, and ends all access with that answer", async () => {
    expect(answer).toMatchObject({ userId: zoe.userId, status: "erased", elsewhere: [] });
    expect(await introspect(zoe.accessToken)).toBe(401);
    expect(await introspect(bob.accessToken)).toBe(200);
  });

  it("leaves nothing of the person: in no table, in no key, in no line of the log", async () => {
    // What waits for a sign-in in Redis goes by its own time, half an hour at most.
    const waiting = /^redis (sallyport:op:(?:Interaction|ResumedRequest|PushedAuthorizationRequest):[\w-]+):/;
    const left = await traces(ZOE);
    expect(left.filter((trace) => !waiting.test(trace))).toEqual([]);
    for (const trace of left) {
      const seconds = await secondsLeft(redisUrl ?? "", waiting.exec(trace)?.[1] ?? "");
      expect(seconds).toBeGreaterThanOrEqual(-2); // -2: it has gone meanwhile
      expect(seconds).not.toBe(-1);
      expect(seconds).toBeLessThanOrEqual(1_800);
    }
    const lines = world.site.gateway.logLines.map((text) => ({ place: "log", text }));
    expect(traceOf({ ...ZOE }, lines)).toEqual([]);
  });

  it("leaves all of everybody else", async () => {
    expect(placesOf(await traces(BOB))).toEqual(bobBefore);
  });

  it("keeps every event, its order, its type, its time and its ids", async () => {
    const after = await events();
    const bare = ({ id, type, serial, created_at, actor_id, resource_id }: EventRow) => [
      ...[id, type, serial, created_at, actor_id, resource_id],
    ];
    expect(after.slice(0, eventsBefore.length).map(bare)).toEqual(eventsBefore.map(bare));
    expect(after.slice(eventsBefore.length).map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "session.revoked",
        "member.erasure_requested",
        "membership.deleted",
        "member.erased",
      ]),
    );
    expect(after.at(-1)).toMatchObject({ type: "member.erased", resource_id: zoe.userId });
  });

  it("leaves of what was erased the digest of what was recorded, and nothing to find it out by", async () => {
    const before = new Map(eventsBefore.map((event) => [event.id, event]));
    const erased = (await events()).filter(({ erased_at }) => erased_at !== null);
    expect(erased.length).toBeGreaterThan(5);
    for (const { id, digest, salt } of erased) {
      const was = before.get(id);
      expect(salt).toBeNull();
      expect(was === undefined ? null : contentDigest(was)).toEqual(digest);
    }
    for (const event of (await events()).filter(({ erased_at }) => erased_at === null)) {
      expect([event.digest, event.salt === null]).toEqual([null, false]);
    }
  });

  it("leaves a trail that verifies, and in which nobody else erases anything", async () => {
    const { database } = world.site.gateway;
    const keys = await loadAuditKeys(database.sql);
    const verify = () => verifyTrail(world.organizationId, { sql: database.sql, keys });
    const erased = (await events()).filter(({ erased_at }) => erased_at !== null).length;
    await vi.waitFor(async () => expect((await verify()).unsealed).toBe(0), {
      timeout: 30_000,
      interval: 100,
    });
    expect(await verify()).toMatchObject({ intact: true, erased, problems: [] });
    // Somebody with the database, who knows how the gateway erases, but has not its key.
    const victim = (await events()).findLast(({ erased_at, after }) => erased_at === null && after !== null);
    const original = victim === undefined ? null : { ...victim };
    const forge = (digest: Buffer | null) =>
      database.sql.query(
        "UPDATE events SET after = '{}', salt = NULL, erased_at = now(), digest = $2 WHERE id = $1",
        [original?.id, digest],
      );
    await forge(original === null ? null : contentDigest(original));
    expect((await verify()).problems).toMatchObject([
      { code: "event_erased_by_others", eventId: original?.id },
    ]);
    await forge(Buffer.alloc(32));
    expect((await verify()).problems).toMatchObject([{ code: "event_changed", eventId: original?.id }]);
    await database.sql.query(
      "UPDATE events SET after = $2, salt = $3, erased_at = NULL, digest = NULL WHERE id = $1",
      [original?.id, JSON.stringify(original?.after), original?.salt],
    );
    expect(await verify()).toMatchObject({ intact: true });
  });

  it("answers the same when asked again, and changes nothing", async () => {
    const count = (await events()).length;
    for (const id of [zoe.memberId, zoe.userId]) {
      const again = await world.api("POST", `/organizations/acme/members/${id}/erase`);
      expect(again).toMatchObject({ userId: zoe.userId, status: "erased" });
    }
    expect((await events()).length).toBe(count);
    expect(await world.api("GET", `/organizations/acme/members/${zoe.userId}/erasure`)).toMatchObject({
      status: "erased",
      sessions: 0,
    });
  });

  it("has forgotten the directory's user, and takes the person for a new one when they are pushed again", async () => {
    const { okta, entra, scim, settle, memberOf } = world;
    expect((await scim(okta, "GET", `/Users/${zoe.oktaId}`)).status).toBe(404);
    expect((await scim(okta, "POST", "/Users", oktaUser(ZOE))).status).toBe(201);
    expect((await scim(entra, "POST", "/Users", entraUser(ZOE))).status).toBe(201);
    await settle();
    const member = await memberOf(ZOE.formerAddress);
    expect(member?.userId).toBeDefined();
    expect(member?.userId).not.toBe(zoe.userId);
  });
});
