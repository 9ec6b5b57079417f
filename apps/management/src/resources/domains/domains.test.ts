import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { expectToWaitForReconciler } from "../../testing/people-lock.ts";
import { createWorld, insertDirectoryMember, type World } from "../../testing/world.ts";
import { domain } from "./schema.ts";

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());

const add = (name: string, world: World, key = api.rootKey) =>
  api.call("addDomain", { params: { org: world.org }, body: { name }, key });

describe("addDomain", () => {
  it("verifies what an operator adds", async () => {
    expect((await add("Eu.Acme.Com", acme)).body).toMatchObject({ name: "eu.acme.com", verified: true });
  });

  it("leaves unverified what an organization's own key adds, until an operator adds it", async () => {
    expect((await add("own.example", acme, acme.key)).body).toMatchObject({
      verified: false,
      verifiedAt: null,
    });
    expect((await add("own.example", acme, acme.key)).outcome).toEqual([409, "domain_exists"]);
    expect((await add("own.example", acme)).body).toMatchObject({ verified: true });
    expect((await add("own.example", acme)).outcome).toEqual([409, "domain_exists"]);
  });

  it("lets two organizations claim a domain, and one have it", async () => {
    await add("claimed.example", acme, acme.key);
    await add("claimed.example", bravo, bravo.key);
    expect((await add("claimed.example", bravo)).status).toBe(201);
    const reply = await add("claimed.example", acme);
    expect(reply.outcome).toEqual([409, "domain_taken"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "name" }] });
    expect(JSON.stringify(reply.body)).not.toMatch(/bravo/i);
  });

  it("bounds how many an organization has looked for", async () => {
    const many = await createWorld(api, "many");
    for (let number = 0; number < 100; number++) {
      expect((await add(`n${number}.example`, many, many.key)).status).toBe(201);
    }
    expect((await add("more.example", many, many.key)).outcome).toEqual([409, "domains_too_many"]);
    expect((await add("n1.example", many)).status).toBe(201);
    expect((await add("more.example", many, many.key)).status).toBe(201);
  });

  it.each([
    "com",
    "co.uk",
    "github.io",
    "localhost",
    "gmail.com",
    "Outlook.com",
    "127.0.0.1",
    "::1",
    "acme",
    "acme..com",
    ".acme.com",
    "acme.com.",
    "-acme.com",
    "ac me.com",
    "user@acme.com",
    "https://acme.com",
    "acme.com/x",
    "acme.com#x",
    "acme.com?x",
    "acme.com\\x",
    "acme.com\n",
    "acm%65.com",
    "a\u0000.com",
    `${"a".repeat(64)}.com`,
    `${"a.".repeat(130)}com`,
  ])("refuses %j", async (name) => {
    expect((await add(name, acme)).outcome).toEqual([400, "input_invalid"]);
  });
});

describe("verifyDomain", () => {
  const verify = (domainId: string, world = acme, key = world.key) =>
    api.call("verifyDomain", { params: { org: world.org, domainId }, key });

  it("takes the record that the domain's DNS shows, in one string or several", async () => {
    const { id, record } = (await add("proof.example", acme, acme.key)).as(domain);
    expect(record).toMatchObject({ type: "TXT", name: "_sallyport-challenge.proof.example" });
    expect((await verify(id)).outcome).toEqual([409, "domain_record_missing"]);
    const list = (await api.call("listDomains", { params: { org: acme.org }, key: acme.key })).body;
    expect(list).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          ...{ id, lastCheck: { at: api.clock.now.toISOString(), outcome: "missing" } },
          nextCheckAt: new Date(api.clock.now.getTime() + 60_000).toISOString(),
        }),
      ]),
    });

    api.dns.set(record.name, [["something else"]]);
    const other = await verify(id);
    expect(other.outcome).toEqual([409, "domain_record_missing"]);
    expect(other.body).toMatchObject({ detail: expect.stringContaining("Found: something else") });

    api.dns.set(record.name, [["v=spf1 -all"], [record.value.slice(0, 9), record.value.slice(9)]]);
    expect((await verify(id)).body).toMatchObject({
      ...{ name: "proof.example", verified: true, lastCheck: null, nextCheckAt: null },
    });
    expect(
      await api.deps.database.prisma.event.count({ where: { type: "domain.verified", resourceId: id } }),
    ).toBe(1);
    expect(api.reconciled).toContain(acme.organizationId);

    api.dns.delete(record.name);
    expect((await verify(id)).body).toMatchObject({ verified: true });
  });

  it("takes neither another organization's record nor one at the domain itself", async () => {
    const mine = (await add("contested.example", acme, acme.key)).as(domain);
    const theirs = (await add("contested.example", bravo, bravo.key)).as(domain);
    expect(mine.record.value).not.toBe(theirs.record.value);
    api.dns.set(mine.record.name, [[theirs.record.value]]);
    api.dns.set("contested.example", [[mine.record.value]]);
    expect((await verify(mine.id)).outcome).toEqual([409, "domain_record_missing"]);

    expect((await verify(theirs.id, bravo)).body).toMatchObject({ verified: true });
    api.dns.set(mine.record.name, [[theirs.record.value], [mine.record.value]]);
    expect((await verify(mine.id)).outcome).toEqual([409, "domain_taken"]);
  });

  it("says so where the DNS does not answer, and reaches no other organization's domain", async () => {
    const { id, record } = (await add("slow.example", acme, acme.key)).as(domain);
    api.dns.set(record.name, Object.assign(new Error("timeout"), { code: "ETIMEOUT" }));
    expect((await verify(id)).outcome).toEqual([503, "domain_unavailable"]);
    expect((await verify(id, bravo)).outcome).toEqual([404, "domain_not_found"]);
  });
});

it("frees a domain that is removed", async () => {
  const { id } = (await add("moving.example", acme)).as(domain);
  const removed = await api.call("removeDomain", { params: { org: acme.org, domainId: id } });
  expect(removed.status).toBe(204);
  expect((await add("moving.example", bravo)).status).toBe(201);
  const list = await api.call("listDomains", { params: { org: acme.org } });
  expect(JSON.stringify(list.body)).not.toContain("moving.example");
});

it("has the reconciler look again at a domain's addresses once it counts, and unverifies them once it does not", async () => {
  const { prisma } = api.deps.database;
  const person = await insertDirectoryMember(api, acme, { email: "vera@verify.example", group: "Verified" });
  const { directoryUserId } = person;
  const marks = () => prisma.dirtyDirectoryUser.count({ where: { directoryUserId } });
  expect(await marks()).toBe(0);
  const added = (await add("verify.example", acme)).as(domain);
  expect(await marks()).toBe(1);
  expect(api.reconciled).toContain(acme.organizationId);

  await prisma.user.update({ where: { id: person.userId }, data: { emailVerified: true } });
  await api.call("removeDomain", { params: { org: acme.org, domainId: added.id } });
  expect(await marks()).toBe(2);
  expect((await prisma.user.findUniqueOrThrow({ where: { id: person.userId } })).emailVerified).toBe(false);
});

it("waits for the reconciler's batch, so that neither passes the other over", async () => {
  let id = "";
  await expectToWaitForReconciler(api, acme.organizationId, async () => {
    const reply = await add("waits.example", acme);
    id = reply.as(domain).id;
    return reply;
  });
  await expectToWaitForReconciler(api, acme.organizationId, () =>
    api.call("removeDomain", { params: { org: acme.org, domainId: id } }),
  );
});
