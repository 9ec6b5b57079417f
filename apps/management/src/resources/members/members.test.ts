import { newId } from "@sallyport/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertDirectoryMember, insertSession, type World } from "../../testing/world.ts";
import { member } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const org = { org: "acme" };
const add = (body: unknown) => api.call("addMember", { params: org, body });
const patch = (memberId: string, body: unknown) =>
  api.call("updateMember", { params: { ...org, memberId }, body });
const remove = (memberId: string) => api.call("removeMember", { params: { ...org, memberId } });
const list = async (query: Record<string, string> = {}) =>
  (await api.call("listMembers", { params: org, query })).body as {
    items: { id: string; email: string }[];
    nextCursor: string | null;
  };

async function isLive(sessionId: string): Promise<boolean> {
  const { body } = await api.call("getSession", { params: { ...org, sessionId } });
  return (body as { live: boolean }).live;
}

describe("addMember", () => {
  it("makes an active member with the roles given by hand and `member`", async () => {
    const reply = await add({ email: "New@Acme.com", name: "New", roles: ["editor", "admin", "editor"] });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      email: "new@acme.com",
      name: "New",
      status: "active",
      source: "manual",
      roles: ["admin", "editor", "member"],
      groups: [],
    });
  });

  it("refuses an email that a member has", async () => {
    await add({ email: "twice@acme.com" });
    const reply = await add({ email: "TWICE@acme.com" });
    expect(reply.outcome).toEqual([409, "member_exists"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "email" }] });
  });

  it("makes one member of ten concurrent requests", async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => add({ email: "race@acme.com" })));
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply.outcome[1] === "member_exists")).toHaveLength(9);
  });

  it("refuses an unknown role by its field, and adds nobody", async () => {
    const reply = await add({ email: "norole@acme.com", roles: ["admin", "pilot"] });
    expect(reply.outcome).toEqual([400, "role_unknown"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "roles.1" }] });
    expect((await list({ email: "norole@acme.com" })).items).toEqual([]);
  });

  it.each([
    { email: "nobody" },
    { email: "" },
    {},
    { email: "a@b.com", roles: "admin" },
    { email: "a@b.com", name: "" },
  ])("refuses %j", async (body) => {
    expect((await add(body)).outcome).toEqual([400, "input_invalid"]);
  });

  it("gives a former member their `sub` back", async () => {
    const first = (await add({ email: "back@acme.com" })).as(member);
    expect((await remove(first.id)).status).toBe(204);
    const second = (await add({ email: "back@acme.com" })).as(member);
    expect(second.userId).toBe(first.userId);
    expect(second.id).not.toBe(first.id);
  });

  it("does not take another organization's person", async () => {
    const bravo = await createWorld(api, "bravo");
    const made = (await add({ email: "ann@bravo.com" })).as(member);
    expect(made.userId).not.toBe(bravo.userId);
  });
});

describe("listMembers", () => {
  it("finds by email and by status", async () => {
    const made = (await add({ email: "findme@acme.com" })).as(member);
    await patch(made.id, { status: "suspended" });
    expect((await list({ email: "FindMe@acme.com" })).items.map(({ id }) => id)).toEqual([made.id]);
    expect((await list({ email: "findme@acme.com", status: "active" })).items).toEqual([]);
    const suspended = await list({ status: "suspended" });
    expect(suspended.items.map(({ id }) => id)).toContain(made.id);
  });

  it("shows the groups that a directory pushed", async () => {
    const { memberId } = await insertDirectoryMember(api, acme, { email: "grouped@acme.com", group: "Ops" });
    expect((await list({ email: "grouped@acme.com" })).items).toMatchObject([
      { id: memberId, source: "directory", groups: ["Ops"], roles: ["member"] },
    ]);
  });

  it("walks all, once each, also when somebody comes meanwhile", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = cursor === null ? { limit: "3" } : { limit: "3", cursor };
      const page = await list(query);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      if (seen.length === 3) {
        await add({ email: "meanwhile@acme.com" });
      }
    } while (cursor !== null);
    const rows = await api.deps.database.prisma.membership.findMany({
      where: { organizationId: acme.organizationId },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    });
    expect(seen).toEqual(rows.map((row) => row.id));
  });

  it.each([{ status: "gone" }, { limit: "0" }, { limit: "201" }, { cursor: "x" }, { email: "a\u0000" }])(
    "refuses %j",
    async (query) => {
      const reply = await api.call("listMembers", { params: org, query: query as Record<string, string> });
      expect(reply.outcome).toEqual([400, "input_invalid"]);
    },
  );
});

describe("updateMember", () => {
  it("sets the roles given by hand, and leaves those that others gave", async () => {
    const made = (await add({ email: "roles@acme.com", roles: ["editor"] })).as(member);
    const { prisma } = api.deps.database;
    const admin = await prisma.role.findFirstOrThrow({
      where: { organizationId: acme.organizationId, key: "admin" },
    });
    await prisma.roleBinding.create({
      data: {
        id: newId(),
        organizationId: acme.organizationId,
        membershipId: made.id,
        roleId: admin.id,
        source: "directory",
      },
    });
    expect((await patch(made.id, { roles: [] })).body).toMatchObject({ roles: ["admin", "member"] });
    expect((await patch(made.id, { roles: ["editor"] })).body).toMatchObject({
      roles: ["admin", "editor", "member"],
    });
  });

  it("ends the sessions of a member that it suspends, and of nobody else", async () => {
    const made = (await add({ email: "suspend@acme.com" })).as(member);
    const sessionId = await insertSession(api, { ...acme, userId: made.userId });
    const logouts = api.logouts.count;
    expect((await patch(made.id, { status: "suspended" })).body).toMatchObject({ status: "suspended" });
    expect(await isLive(sessionId)).toBe(false);
    expect(await isLive(acme.sessionId)).toBe(true);
    expect(api.logouts.count).toBe(logouts + 1);
    expect((await patch(made.id, { status: "active" })).body).toMatchObject({ status: "active" });
    expect(await isLive(sessionId)).toBe(false);
  });

  it("leaves to a directory what it manages, unless it is taken over", async () => {
    const person = { email: "managed@acme.com", group: "Managed" };
    const { memberId, userId } = await insertDirectoryMember(api, acme, person);
    const sessionId = await insertSession(api, { ...acme, userId });
    for (const body of [{ status: "suspended" }, { roles: ["admin"] }, {}, { takeOver: false }]) {
      expect((await patch(memberId, body)).outcome).toEqual([409, "membership_managed_by_directory"]);
    }
    expect((await remove(memberId)).outcome).toEqual([409, "membership_managed_by_directory"]);
    expect(await isLive(sessionId)).toBe(true);

    const taken = await patch(memberId, { takeOver: true, status: "suspended", roles: ["editor"] });
    expect(taken.body).toMatchObject({ source: "manual", status: "suspended", roles: ["editor", "member"] });
    expect(await isLive(sessionId)).toBe(false);
    // The directory no longer grants `member`: the reconciler would take a binding of its own back.
    const bindings = await api.deps.database.prisma.roleBinding.findMany({
      where: { membershipId: memberId },
    });
    expect(bindings.map((binding) => binding.source)).toEqual(["manual", "manual"]);
    expect((await remove(memberId)).status).toBe(204);
  });

  it.each([{ status: "gone" }, { roles: ["x y"] }, { source: "manual" }, { email: "new@acme.com" }])(
    "refuses %j",
    async (body) => {
      expect((await patch(acme.memberId, body)).outcome).toEqual([400, "input_invalid"]);
    },
  );

  it("tells what it did, in audit events", async () => {
    const made = (await add({ email: "audited@acme.com" })).as(member);
    await patch(made.id, { status: "suspended" });
    const events = await api.deps.database.prisma.event.findMany({ where: { resourceId: made.id } });
    expect(events.map((event) => event.type).toSorted()).toEqual([
      "membership.created",
      "membership.suspended",
    ]);
    expect(events.every((event) => event.actorType === "operator" && event.requestId !== null)).toBe(true);
  });
});

describe("removeMember", () => {
  it("ends their sessions, and they are a member no more", async () => {
    const made = (await add({ email: "leaving@acme.com" })).as(member);
    const sessionId = await insertSession(api, { ...acme, userId: made.userId });
    expect((await remove(made.id)).status).toBe(204);
    expect(await isLive(sessionId)).toBe(false);
    expect((await remove(made.id)).outcome).toEqual([404, "member_not_found"]);
  });
});
