import { newId } from "@sallyport/database";
import { type Event, fillOutbox, forgetEvents, recordEvents } from "@sallyport/events";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";

interface Feed {
  readonly items: readonly {
    readonly type: string;
    readonly organizationId: string | null;
    readonly sequence: number;
    readonly resource: { readonly id: string };
  }[];
  readonly nextCursor: string;
  readonly more: boolean;
}

const DAY_MS = 24 * 3_600_000;

let api: TestApi;
let acme: World;
let organizations = 0;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  acme = await createWorld(api, `acme-${++organizations}`);
  await fillOutbox(api.deps.database);
});

const fact = (organizationId: string | null, name: string): Event => ({
  organizationId,
  type: "organization.deleted",
  actor: { type: "system" },
  resource: { type: "organization", id: name },
  before: { signIn: "justInTime", rolesFrom: "directory", slug: name, name },
});

async function record(organizationId: string | null, ...names: string[]): Promise<void> {
  await recordEvents(
    api.deps.database.sql,
    names.map((name) => fact(organizationId, name)),
  );
  await fillOutbox(api.deps.database);
}

const ask = (query: Record<string, string> = {}, { of = acme, key = api.rootKey } = {}) =>
  api.call("readEvents", { params: { org: of.org }, query, key });
const read = async (query: Record<string, string> = {}) => (await ask(query)).body as Feed;
const readAll = async (query: Record<string, string> = {}) =>
  (await api.call("readAllEvents", { query })).body as Feed;
const names = ({ items }: Feed) => items.map(({ resource }) => resource.id);

/** Everything there is from a cursor on, page by page. */
async function drain(query: Record<string, string>, page = read) {
  const all: Feed["items"][number][] = [];
  let feed = await page(query);
  all.push(...feed.items);
  while (feed.more) {
    feed = await page({ ...query, cursor: feed.nextCursor });
    all.push(...feed.items);
  }
  return { items: all, nextCursor: feed.nextCursor, more: false };
}

describe("an organization's feed", () => {
  it("has its events in order, without a gap, and goes on where it ended", async () => {
    const first = await drain({ limit: "4" });
    expect(first.items.map(({ sequence }) => sequence)).toEqual(first.items.map((_item, index) => index + 1));
    expect(first.items[0]?.type).toBe("organization.created");
    const nothing = await read({ cursor: first.nextCursor });
    expect(nothing).toEqual({ items: [], nextCursor: first.nextCursor, more: false });
    await record(acme.organizationId, "one", "two");
    await record(null, "of nobody");
    expect(names(await read({ cursor: nothing.nextCursor }))).toEqual(["one", "two"]);
  });

  it("passes over other types, and tells where it has come to", async () => {
    const start = (await drain({})).nextCursor;
    await record(acme.organizationId, ...Array.from({ length: 2_100 }, (_, n) => `${n}`));
    const passed = await read({ cursor: start, types: "role.created" });
    expect([passed.items, passed.more]).toEqual([[], true]);
    const rest = await drain({ cursor: passed.nextCursor, types: "role.*, organization.deleted" });
    expect(rest.items).toHaveLength(100);
    expect((await read({ cursor: rest.nextCursor })).items).toEqual([]);
  });

  it("begins at a time, at most a minute before it", async () => {
    await record(acme.organizationId, "old", "recent");
    await api.deps.database.sql.query(
      "UPDATE events SET created_at = now() - interval '5 days' WHERE organization_id = $1::uuid AND resource_id <> 'recent'",
      [acme.organizationId],
    );
    const since = new Date(Date.now() - DAY_MS).toISOString();
    expect(names(await read({ since }))).toEqual(["recent"]);
    expect((await read({ since: new Date(Date.now() + DAY_MS).toISOString() })).items).toEqual([]);
    expect((await drain({})).items.length).toBeGreaterThan(10);
  });

  it("serves 30 days, and tells a reader that was away for longer", async () => {
    const before = (await read({ limit: "2" })).nextCursor;
    const end = (await drain({})).nextCursor;
    await api.deps.database.sql.query(
      "UPDATE events SET created_at = now() - interval '31 days' WHERE organization_id = $1::uuid",
      [acme.organizationId],
    );
    expect((await read()).items).toEqual([]);
    expect((await ask({ cursor: before })).outcome).toEqual([410, "cursor_expired"]);
    // Nothing was missed by who had read all of them.
    expect((await ask({ cursor: end })).status).toBe(200);
    await record(acme.organizationId, "new");
    expect(names(await read())).toEqual(["new"]);
    expect(names(await read({ cursor: end }))).toEqual(["new"]);
    // Others of this file read the events of all organizations, whose times follow each other.
    await api.deps.database.sql.query(
      "UPDATE events SET created_at = now() WHERE organization_id = $1::uuid",
      [acme.organizationId],
    );
  });

  it("tells a reader that is ahead of a database that was restored from a backup", async () => {
    const ahead = Buffer.from(`${acme.organizationId} 999999`).toString("base64url");
    expect((await ask({ cursor: ahead })).outcome).toEqual([410, "cursor_expired"]);
  });

  it("refuses what is no cursor of it, and types that there are not", async () => {
    const other = await createWorld(api, `other-${organizations}`);
    await fillOutbox(api.deps.database);
    const foreign = ((await ask({}, { of: other })).body as Feed).nextCursor;
    const all = (await readAll()).nextCursor;
    const made = (text: string) => Buffer.from(text).toString("base64url");
    const others = [`${acme.organizationId} -1`, `${acme.organizationId} 1e3`, `${newId()} 1`, "all 1", "x"];
    for (const cursor of [foreign, all, "x", ...others.map(made)]) {
      expect((await ask({ cursor })).outcome).toEqual([400, "cursor_invalid"]);
    }
    for (const types of ["nothing.happened", "role.", "*", ".*", "role.*x", "role.created,"]) {
      expect((await ask({ types })).outcome).toEqual([400, "input_invalid"]);
    }
  });

  it("is closed to another organization's key", async () => {
    const other = await createWorld(api, `closed-${organizations}`);
    expect((await ask({}, { key: other.key })).outcome).toEqual([404, "organization_not_found"]);
  });
});

describe("waiting", () => {
  it("answers as soon as there is an event", async () => {
    const { nextCursor } = await drain({});
    const answer = read({ cursor: nextCursor, wait: "30" });
    await record(acme.organizationId, "late");
    expect(names(await answer)).toEqual(["late"]);
  });

  it("goes on waiting while only others happen, and answers when its time is up", async () => {
    const { nextCursor } = await drain({});
    const answer = read({ cursor: nextCursor, wait: "2", types: "role.created" });
    await record(acme.organizationId, "of another type");
    const feed = await answer;
    expect(feed.items).toEqual([]);
    expect(names(await read({ cursor: feed.nextCursor }))).toEqual([]);
  });

  it("is done by ten of an organization at most; one that gives up makes room", async () => {
    const { nextCursor } = await drain({});
    const waiting = new AbortController();
    const refused: number[] = [];
    const url = `${api.url}/v1/organizations/${acme.org}/events?wait=30&cursor=${nextCursor}`;
    const wait = async () => {
      const headers = { authorization: `Bearer ${api.rootKey}` };
      const response = await fetch(url, { headers, signal: waiting.signal }).catch(() => null);
      if (response !== null) {
        refused.push(response.status);
      }
    };
    const twelve = Array.from({ length: 12 }, wait);
    await expect.poll(() => refused, { timeout: 10_000 }).toEqual([429, 429]);
    expect((await ask({ cursor: nextCursor, wait: "1" })).outcome).toEqual([429, "streams_too_many"]);
    expect((await ask({ cursor: nextCursor })).status).toBe(200);
    waiting.abort();
    await Promise.all(twelve);
    const again = async () => (await ask({ cursor: nextCursor, wait: "1" })).status;
    await expect.poll(again, { timeout: 10_000 }).toBe(200);
  });
});

describe("the feed of all organizations", () => {
  it("has them in one order, with those of none", async () => {
    const start = (await drain({}, readAll)).nextCursor;
    const other = await createWorld(api, `more-${organizations}`);
    await fillOutbox(api.deps.database);
    await record(acme.organizationId, "acme's");
    await record(null, "nobody's");
    const { items } = await drain({ cursor: start, limit: "3" }, readAll);
    expect(items.slice(-2).map(({ resource, organizationId }) => [resource.id, organizationId])).toEqual([
      ["acme's", acme.organizationId],
      ["nobody's", null],
    ]);
    expect(items.some(({ organizationId }) => organizationId === other.organizationId)).toBe(true);
  });

  it("is read by callers without an organization alone, who may read both kinds of events", async () => {
    expect((await api.call("readAllEvents", { key: acme.key })).outcome).toEqual([
      403,
      "key_scope_insufficient",
    ]);
    const body = { name: "half", permissions: ["gateway_audit_events.read"] };
    const { key } = (await api.call("createApiKey", { body })).body as { key: string };
    expect((await api.call("readAllEvents", { key })).outcome).toEqual([403, "permission_missing"]);
  });

  it("goes on where the next events are gone with their organization", async () => {
    const gone = await createWorld(api, `gone-${organizations}`);
    await fillOutbox(api.deps.database);
    await record(null, "before");
    const start = (await drain({}, readAll)).nextCursor;
    await record(gone.organizationId, "its own");
    const last = (await drain({}, readAll)).nextCursor;
    await api.call("deleteOrganization", { params: { org: gone.org } });
    expect(names((await api.call("readAllEvents", { query: { cursor: start } })).body as Feed)).toEqual([
      "its own",
    ]);
    await api.deps.database.transaction((sql) => forgetEvents(sql, gone.organizationId));
    for (const cursor of [start, last]) {
      expect((await api.call("readAllEvents", { query: { cursor } })).body).toMatchObject({ items: [] });
    }
    await record(null, "after");
    for (const cursor of [start, last]) {
      expect(names(await readAll({ cursor }))).toEqual([gone.organizationId, "after"]);
    }
  });
});
